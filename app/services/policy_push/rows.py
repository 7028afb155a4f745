"""Rounds and packages as the casework finds them, and the words in which forms and messages tell of a policy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.lights import chinese_date
from app.duties.policy_push import DUTY
from app.models.policy import PackageLine, Policy, PolicyPackage, PolicyRound, PolicyRoundLine, ServiceResource
from app.services.assignment import present_unit
from app.services.cases import Case

ROUND, ENTERPRISE = DUTY.processes
DONE = "policy_packages_done"


def round_key_of(case: Case) -> str:
    """2022-3, of the business key policy_push:2022-3."""
    return case.instance.business_key.partition(":")[2]


def round_of(case: Case) -> PolicyRound:
    found = case.session.get(PolicyRound, round_key_of(case))
    assert found is not None
    return found


def lines_of(case: Case, unit_id: str | None = None) -> Sequence[PolicyRoundLine]:
    """The policies of the round in the order of the library, or those of one department and whom it took over from."""
    wanted = select(PolicyRoundLine).where(PolicyRoundLine.round_key == round_key_of(case))
    lines = case.session.scalars(wanted.order_by(PolicyRoundLine.policy_id)).all()
    return lines if unit_id is None else [line for line in lines if owner_of(case, line.policy) == unit_id]


def owner_of(case: Case, policy: Policy) -> str:
    """The department that keeps the policy, or whoever followed it."""
    return present_unit(case.connection, policy.owner_id)


def package_of(case: Case) -> PolicyPackage:
    return case.session.scalars(select(PolicyPackage).where(PolicyPackage.key == case.instance.business_key)).one()


def package_lines(session: Session, package: PolicyPackage) -> Sequence[PackageLine]:
    wanted = select(PackageLine).where(PackageLine.package_id == package.id)
    return session.scalars(wanted.order_by(PackageLine.position)).all()


def kept_lines(session: Session, package: PolicyPackage) -> list[PackageLine]:
    return [line for line in package_lines(session, package) if not line.drop_reason]


def tool_rows(session: Session, ids: Collection[int]) -> list[dict[str, Any]]:
    """The services of a toolbox for a form."""
    wanted = select(ServiceResource).where(ServiceResource.id.in_(ids), ServiceResource.ended_on.is_(None))
    found = session.scalars(wanted.order_by(ServiceResource.id))
    return [
        {"no": number, "title": row.title, "provider": row.provider, "contact": row.contact}
        for number, row in enumerate(found, 1)
    ]


def policy_words(line: PackageLine) -> dict[str, Any]:
    """A policy of a package as its forms and its paper show it."""
    policy = line.policy
    return {
        "no": line.position,
        "title": f"{policy.title}（{policy.number}）" if policy.number else policy.title,
        "benefit": policy.benefit,
        "closes": chinese_date(line.closes_on) if line.closes_on else "长期",
        "how": "\n".join(text for text in (policy.how, policy.contact, policy.link) if text),
        "why": "\n".join(line.why) or "面向全体企业",
    }


def window_words(policy: Policy, today: date) -> str:
    """When one may apply: in the present window, else the next one, else at any time or no more."""
    if not policy.windows:
        return "随时申报"
    windows = sorted((date.fromisoformat(row["from_on"]), date.fromisoformat(row["to_on"])) for row in policy.windows)
    coming = next((window for window in windows if window[1] >= today), None)
    if coming is None:
        return "申报期已结束"
    return f"{chinese_date(coming[0])}至{chinese_date(coming[1])}"
