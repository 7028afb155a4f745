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
CATEGORIES = {"funds": "资金", "tax": "税费", "finance": "资金", "talent": "人才", "land": "用地", "technology": "技术",
              "market": "市场"}  # fmt: skip
OTHER = "其他"


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
    titles = "、".join(f"《{line.policy.title}》" for line in lines)
    return {
        "enterprise_id": package.enterprise_id,
        "category": _category(lines),
        "title": f"申报{titles}需要帮助"[:40],
        "text": "\n".join(f"{line.policy.title}：{line.text}" for line in lines)[:1000],
        "raised_by": "enterprise",
        "source": "policy_push",
    }


def _category(lines: list[PackageLine]) -> str:
    kinds = {PolicyKind(line.policy.kind).value for line in lines}
    return CATEGORIES.get(kinds.pop(), OTHER) if len(kinds) == 1 else OTHER


ACTIONS: Mapping[str, Action] = {
    "policy_push_enterprise.send_package": send_package,
    "policy_push_enterprise.withdraw_package": withdraw_package,
    "policy_push_enterprise.store_package": store_package,
}
