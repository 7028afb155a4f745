"""The service tasks of one enterprise's package: sent, withdrawn, registered; and what its demand says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.models.policy import PackageLine
from app.queries.actor import enterprise_inbox
from app.services.cases import Action, Case, Data
from app.services.policy_push.rows import kept_lines, package_lines, package_of
from app.services.telling import tell
from app.terms import PolicyKind

DEMAND = "demand_raised"
INTRODUCTION = "阅读政策包后需要帮助："
CATEGORIES = {"funds": "finance"}  # where the kind of a policy is no category of demands by the same name
SAME = ("tax", "finance", "talent", "land", "technology", "market")
OTHER = "other"


def send_package(case: Case, data: Data) -> None:
    """One message with one link; what no specialist looked at in time goes as it was computed, and says so."""
    package = package_of(case)
    package.state, package.sent_at = "sent", case.at
    package.is_unconfirmed = bool(data.get("specialist_present")) and not package.specialist
    count = len(kept_lines(case.session, package))
    mark = "（未经专员确认）" if package.is_unconfirmed else ""
    text = f"共{count}项政策符合贵企业条件，每项均列明依据。请在“待办”中阅读，并反馈使用情况。"
    tell(case, [enterprise_inbox(package.enterprise_id)], f"政策包已送达{mark}", text, "sent")


def withdraw_package(case: Case, data: Data) -> None:
    package = package_of(case)
    if package.state in ("sent", "read"):
        text = "所列政策已失效或不再适用，政策包已撤回，请勿据此申报。"
        tell(case, [enterprise_inbox(package.enterprise_id)], "政策包已撤回", text, "withdrawn")
    package.state = "withdrawn"


def store_package(case: Case, data: Data) -> None:
    package = package_of(case)
    if package.state == "sent":
        package.state = "unread"
    elif package.state == "prepared":
        package.state = "none"


def demand_key(case: Case) -> str:
    return f"package:{case.instance.business_key.partition(':')[2]}"


def demand_told(case: Case) -> dict[str, Any]:
    """The demand of an enterprise that asked for help: one for the whole package, each policy with its text."""
    package = package_of(case)
    package.demand_key = demand_key(case)
    lines = [line for line in package_lines(case.session, package) if line.use == "help"]
    texts = "\n".join(f"{line.policy.title}：{line.text}" for line in lines)
    titles = "、".join(f"《{line.policy.title}》" for line in lines)
    return {
        "enterprise_id": package.enterprise_id,
        "category": _category(lines),
        "title": f"申报{titles}需要帮助"[:40],
        "text": f"{INTRODUCTION}\n{texts}"[:1000],
        "channel": "portal",
    }


def _category(lines: list[PackageLine]) -> str:
    kinds = {PolicyKind(line.policy.kind).value for line in lines}
    kind = kinds.pop() if len(kinds) == 1 else OTHER
    return kind if kind in SAME else CATEGORIES.get(kind, OTHER)


ACTIONS: Mapping[str, Action] = {
    "policy_push_enterprise.send_package": send_package,
    "policy_push_enterprise.withdraw_package": withdraw_package,
    "policy_push_enterprise.store_package": store_package,
}
