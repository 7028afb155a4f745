"""请假代理: who stands in for an absent person, from a day to a day. She sees and does what the absent one would."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, NotPermitted, RuleViolation
from app.models.person import Person, Substitution
from app.queries.actor import Actor
from app.services.accounts import STANDS_ALONE
from app.services.administration import record
from app.terms import Act, Role

LONGEST = timedelta(days=92)


def may_be_absent(actor: Actor) -> bool:
    """Whether somebody may stand in for such a person at all."""
    return STANDS_ALONE.isdisjoint(actor.roles)


def check_substitution(session: Session, actor: Actor, substitute_id: int, from_on: date, until_on: date) -> Person:
    """The substitute, if she may be one; raises RuleViolation("substitute_id" | "from_on" | "until_on").

    Both days count. She is of the same unit: what lies in a unit's inbox is not for another one's eyes.
    """
    _check_span(from_on, until_on)
    if actor.has(Role.EXPERT):
        raise RuleViolation("substitute_id", "评审由本人进行，不能设置代理；不能参加的，请在评审表中申请回避。")
    person = session.get(Person, substitute_id)
    if person is None or person.id == actor.person_id or not _may_stand_in(actor, person):
        raise RuleViolation("substitute_id", "请选择本单位的另一名在岗人员。")
    overlapping = (
        Substitution.absent_id == actor.person_id,
        Substitution.from_on <= until_on,
        Substitution.until_on >= from_on,
    )
    if session.scalar(select(Substitution.id).where(*overlapping)) is not None:
        raise RuleViolation("from_on", "这段时间已设置代理，请先取消原来的。")
    return person


def set_substitution(session: Session, actor: Actor, substitute_id: int, from_on: date, until_on: date) -> Substitution:
    """Have somebody stand in for the actor herself. Raises as check_substitution does."""
    if actor.person_id is None or not may_be_absent(actor):
        raise NotPermitted("管理员和审计的职责不能由他人代理。")
    person = check_substitution(session, actor, substitute_id, from_on, until_on)
    row = Substitution(absent_id=actor.person_id, substitute_id=person.id, from_on=from_on, until_on=until_on)
    session.add(row)
    record(session, actor.login, Act.SUBSTITUTION_SET, substitute=person.login, before=None, after=_span(row))
    return row


def remove_substitution(session: Session, actor: Actor, substitution_id: int) -> None:
    """End one's own substitution at once; what the substitute did stays done."""
    row = session.get(Substitution, substitution_id)
    if row is None or row.absent_id != actor.person_id:
        raise NotFound
    told = {"substitute": row.substitute.login, "before": _span(row), "after": None}
    session.delete(row)
    record(session, actor.login, Act.SUBSTITUTION_REMOVED, **told)


def _check_span(from_on: date, until_on: date) -> None:
    if from_on < clock.today():
        raise RuleViolation("from_on", "开始日期不能早于今天。")
    if until_on < from_on:
        raise RuleViolation("until_on", "结束日期不能早于开始日期。")
    if until_on - from_on > LONGEST:
        raise RuleViolation("until_on", f"一次最长 {LONGEST.days} 天，更长的请由管理员调整角色。")


def _may_stand_in(actor: Actor, person: Person) -> bool:
    """An enterprise's account stands in for none of the locality's people, nor the other way round."""
    is_apart = not STANDS_ALONE.isdisjoint(role.role for role in person.roles)
    is_near = person.unit_id == actor.home_unit_id and person.enterprise_id == actor.enterprise_id
    return person.is_active and is_near and not is_apart


def _span(row: Substitution) -> dict[str, str]:
    return {"from_on": row.from_on.isoformat(), "until_on": row.until_on.isoformat()}
