"""The register of units: renamed they keep their id, merged they name a successor."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleViolation
from app.models.organization import Unit
from app.models.process import ProcessInstance, Subscription
from app.queries.actor import Actor
from app.services.administration import record, require
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.plans import pinyin_of
from app.terms import Act, Role

UNIT_ENDED = "unit_ended"


def rename_unit(session: Session, actor: Actor, unit_id: str, name: str, short_name: str) -> Unit:
    """New names from today on; papers of the past keep the old ones. Raises RuleViolation("name" | "short_name")."""
    require(actor, Role.SYSTEM_ADMIN)
    unit = _standing_unit(session, unit_id)
    before = {"name": unit.name, "short_name": unit.short_name}
    after = {"name": name, "short_name": short_name}
    for field, text, longest in (("name", name, 120), ("short_name", short_name, 40)):
        if not 0 < len(text) <= longest:
            raise RuleViolation(field, f"请填写名称，最多 {longest} 个字。")
    if before == after:
        return unit
    unit.name, unit.short_name, unit.pinyin = name, short_name, pinyin_of(short_name)
    record(session, actor.login, Act.UNIT_RENAMED, unit=unit.id, before=before, after=after)
    return unit


def merge_unit(session: Session, actor: Actor, unit_id: str, successor_id: str) -> Unit:
    """End the unit today in favour of its successor, who gets its new tasks from now on.

    Its yearly report is told while it is with the unit, and asks the office who reports in its place. Figures stay
    where they were earned.
    Raises RuleViolation("successor_id").
    """
    require(actor, Role.SYSTEM_ADMIN)
    unit, successor = check_merger(session, unit_id, successor_id)
    unit.ended_on, unit.successor_id = clock.today(), successor.id
    record(session, actor.login, Act.UNIT_MERGED, unit=unit.id, before=None, after={"successor": successor.id})
    put_effects(session.connection(), _endings(session, unit), clock.now())
    return unit


def check_merger(session: Session, unit_id: str, successor_id: str) -> tuple[Unit, Unit]:
    """The unit and its successor, if they may be such; raises RuleViolation("successor_id")."""
    unit, successor = _standing_unit(session, unit_id), session.get(Unit, successor_id)
    if unit.kind == "body":
        raise RuleViolation("successor_id", "领导小组及其办公室不能撤并。")
    if successor is None or successor.id == unit.id or successor.ended_on is not None or successor.kind == "body":
        raise RuleViolation("successor_id", "请选择另一个在册单位承接。")
    return unit, successor


def _standing_unit(session: Session, unit_id: str) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.ended_on is not None:
        raise NotFound("没有找到这个单位，可能已撤并。")
    return unit


def _endings(session: Session, unit: Unit) -> list[Effect]:
    """One message to each instance of the unit that waits for its end; one that is with others by now does not."""
    waits = (
        select(Subscription.instance_id, Subscription.key)
        .join(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
        .where(Subscription.message == UNIT_ENDED, ProcessInstance.unit_id == unit.id)
        .distinct()
    )
    return [
        Effect(f"{UNIT_ENDED}:{row.instance_id}", "message", {"name": UNIT_ENDED, "key": row.key})
        for row in session.execute(waits)
    ]
