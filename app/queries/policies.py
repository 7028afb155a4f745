"""The policy library: the list with its filters, one policy with its versions and rounds, what is valid on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.policy import PackageLine, Policy, PolicyPackage, PolicyRound, PolicyRoundLine, PolicyVersion

CHECK_MONTHS = 12  # between two yearly checks
SENT = ("sent", "read", "unread")
STATES = ("valid", "coming", "ended", "unchecked")


@dataclass(frozen=True)
class PolicyFilter:
    """state: valid | coming | ended | unchecked, empty for all."""

    q: str = ""
    kind: str = ""
    level: str = ""
    owner_id: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return any((self.q, self.kind, self.level, self.owner_id, self.state))


@dataclass(frozen=True)
class Reach:
    """What came of a policy: to how many it was pushed, who read of it, who applied."""

    pushed: int
    read: int
    applied: int


NOTHING = Reach(0, 0, 0)


def valid_on(today: date) -> ColumnElement[bool]:
    return (
        (Policy.valid_from <= today)
        & (Policy.valid_to.is_(None) | (Policy.valid_to >= today))
        & (Policy.repealed_on.is_(None) | (Policy.repealed_on > today))
    )


def policies_on(session: Session, today: date) -> Sequence[Policy]:
    """Those that are valid on the day."""
    return session.scalars(select(Policy).where(valid_on(today)).order_by(Policy.kind, Policy.id)).all()


def listed(wanted: PolicyFilter, today: date, unchecked_before: date) -> Select[Policy]:
    """The library with its filters; the newest first."""
    found = select(Policy)
    if wanted.q:
        like = f"%{wanted.q}%"
        found = found.where(or_(Policy.title.like(like), Policy.number.like(like), Policy.issuer.like(like)))
    for column, value in ((Policy.kind, wanted.kind), (Policy.level, wanted.level), (Policy.owner_id, wanted.owner_id)):
        if value:
            found = found.where(column == value)
    if wanted.state == "coming":
        found = found.where(Policy.valid_from > today)
    elif wanted.state == "ended":
        found = found.where(~valid_on(today), Policy.valid_from <= today)
    elif wanted.state in ("valid", "unchecked"):
        found = found.where(valid_on(today))
    if wanted.state == "unchecked":
        found = found.where(Policy.checked_on.is_(None) | (Policy.checked_on < unchecked_before))
    return found


def policy(session: Session, policy_id: int) -> Policy:
    """Raises NotFound."""
    found = session.get(Policy, policy_id)
    if found is None:
        raise NotFound
    return found


def versions(session: Session, policy_id: int) -> Sequence[PolicyVersion]:
    """The newest first."""
    wanted = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id)
    return session.scalars(wanted.order_by(PolicyVersion.version.desc())).all()


def rounds_of(session: Session, policy_id: int) -> Sequence[tuple[PolicyRoundLine, PolicyRound]]:
    """In which rounds the policy was chosen, and how many it fitted there; the newest first."""
    wanted = (
        select(PolicyRoundLine, PolicyRound)
        .join(PolicyRound, PolicyRound.key == PolicyRoundLine.round_key)
        .where(PolicyRoundLine.policy_id == policy_id)
        .order_by(PolicyRound.opened_on.desc(), PolicyRound.key.desc())
    )
    return [(line, found) for line, found in session.execute(wanted)]


def lines_of_round(session: Session, round_key: str) -> Sequence[PolicyRoundLine]:
    wanted = select(PolicyRoundLine).where(PolicyRoundLine.round_key == round_key)
    return session.scalars(wanted.order_by(PolicyRoundLine.policy_id)).all()


def reach_of(session: Session, policy_id: int) -> Reach:
    return _reach(session, PackageLine.policy_id == policy_id)


def reach_of_round(session: Session, round_key: str) -> dict[int, Reach]:
    """By policy."""
    return {
        policy_id: Reach(pushed, read or 0, applied or 0)
        for policy_id, pushed, read, applied in session.execute(
            _counted(PolicyPackage.round_key == round_key).add_columns(*_sums()).group_by(PackageLine.policy_id)
        )
    }


def _counted(where: ColumnElement[bool]) -> Select[int]:
    return (
        select(PackageLine.policy_id)
        .join(PolicyPackage, PolicyPackage.id == PackageLine.package_id)
        .where(where, PolicyPackage.state.in_(SENT), PackageLine.drop_reason == "")
    )


def _sums() -> tuple[ColumnElement[int], ColumnElement[int], ColumnElement[int]]:
    is_read, is_used = PolicyPackage.state == "read", PackageLine.use == "applied"
    return func.count(), func.sum(case((is_read, 1), else_=0)), func.sum(case((is_used, 1), else_=0))


def _reach(session: Session, where: ColumnElement[bool]) -> Reach:
    pushed, read, applied = session.execute(_counted(where).with_only_columns(*_sums())).one()
    return Reach(pushed, read or 0, applied or 0)
