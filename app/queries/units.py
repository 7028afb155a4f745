"""The register of units."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.organization import Unit, UnitFunction
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.terms import InstanceStatus, TaskStatus


@dataclass(frozen=True)
class Holdings:
    """What hangs on a unit today: people in service, open user tasks, running instances about it."""

    people: int
    tasks: int
    instances: int


def units(session: Session, q: str = "") -> Sequence[Unit]:
    """All, in the plan's order, ended ones last; q: part of a name or of the short name's pinyin."""
    statement = select(Unit).order_by(Unit.ended_on.is_not(None), Unit.position)
    if q:
        text = q.casefold()
        found = (column.icontains(text, autoescape=True) for column in (Unit.name, Unit.short_name, Unit.pinyin))
        statement = statement.where(or_(*found))
    return session.scalars(statement).all()


def short_names(session: Session, unit_ids: Collection[str]) -> dict[str, str]:
    """As screens show them, by id."""
    if not unit_ids:
        return {}
    rows = session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(unit_ids)))
    return {row.id: row.short_name for row in rows}


def standing_units(session: Session) -> Sequence[Unit]:
    return session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position)).all()


def unit(session: Session, unit_id: str) -> Unit:
    """Raises NotFound."""
    found = session.get(Unit, unit_id)
    if found is None:
        raise NotFound("没有找到这个单位。")
    return found


def holdings(session: Session, unit_id: str) -> Holdings:
    open_task = UserTask.status.in_((TaskStatus.OPEN.value, TaskStatus.CLAIMED.value))
    is_running = ProcessInstance.status == InstanceStatus.ACTIVE.value
    return Holdings(
        people=_count(session, Person.unit_id == unit_id, Person.is_active.is_(True)),
        tasks=_count(session, UserTask.unit_id == unit_id, open_task),
        instances=_count(session, ProcessInstance.unit_id == unit_id, is_running),
    )


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0


def functions_of(session: Session, unit_id: str) -> set[str]:
    """What the unit does for the others; see terms.Function."""
    return set(session.scalars(select(UnitFunction.function).where(UnitFunction.unit_id == unit_id)))
