"""Which units have not sent their report in time: for the board, the leader's digest and the list on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.december_report import DecemberReport
from app.models.organization import Unit
from app.models.person import Person, PersonRole
from app.models.user_task import UserTask
from app.terms import Role, TaskStatus

EXCUSED = ("exempted", "transferred")
OPEN = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)
WITH_UNIT = ("draft_report", "sign_report")


def unsent_reports(session: Session, year: int) -> list[tuple[DecemberReport, Unit]]:
    """Reports that no head has signed yet, in the order of the units."""
    rows = session.execute(
        select(DecemberReport, Unit)
        .join(Unit, Unit.id == DecemberReport.unit_id)
        .where(DecemberReport.year == year, DecemberReport.first_submitted_on.is_(None))
        .where(DecemberReport.status.not_in(EXCUSED))
        .order_by(Unit.position)
    )
    return [(report, unit) for report, unit in rows]


def open_steps(session: Session, instance_ids: Sequence[str]) -> dict[str, UserTask]:
    """By instance, the step that lies with the unit."""
    wanted = (UserTask.instance_id.in_(instance_ids), UserTask.element_id.in_(WITH_UNIT), UserTask.status.in_(OPEN))
    return {task.instance_id: task for task in session.scalars(select(UserTask).where(*wanted))}


def contacts_of(session: Session, unit_ids: Sequence[str]) -> dict[str, str]:
    """By unit, the names of its contacts."""
    rows = session.execute(
        select(PersonRole.unit_id, Person.name)
        .join(Person, Person.id == PersonRole.person_id)
        .where(PersonRole.role == Role.CONTACT.value, PersonRole.unit_id.in_(unit_ids), Person.is_active)
        .order_by(Person.id)
    )
    names: dict[str, list[str]] = {}
    for unit_id, name in rows:
        names.setdefault(str(unit_id), []).append(name)
    return {unit_id: "、".join(found) for unit_id, found in names.items()}


def urgings_of(session: Session, instance_id: str) -> tuple[int, date | None]:
    """How often the unit was urged for this report, and when it was last reminded."""
    wanted = (UserTask.instance_id == instance_id, UserTask.element_id.in_(WITH_UNIT))
    rows = session.execute(select(UserTask.urged_count, UserTask.reminded_on).where(*wanted)).all()
    return sum(row.urged_count for row in rows), max((row.reminded_on for row in rows if row.reminded_on), default=None)
