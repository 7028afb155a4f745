"""How the due day of a user task came to be what it is: the first one, and what was asked for and granted since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.supervision_order import DueDateChange, ExtensionRequest, SupervisionOrder

PENDING = ("reviewing", "deciding")
RUNNING = ("issued", "working", "lapsed", "verifying")


@dataclass(frozen=True)
class DueDays:
    """first_on: before the first extension. extended_on: the day granted last; asked_on: the one asked for now.

    answered: position and document number of each answer. order: number of one that supervises the task.
    """

    first_on: date | None = None
    extended_on: date | None = None
    is_assessed_on_first: bool = False
    asked_on: date | None = None
    answered: tuple[tuple[int, str], ...] = ()
    order: str = ""


def due_days(session: Session, task_id: str) -> DueDays:
    rows = session.scalars(
        select(ExtensionRequest).where(ExtensionRequest.task_id == task_id).order_by(ExtensionRequest.position)
    ).all()
    granted = [row for row in rows if row.state == "granted"]
    running = next((row for row in rows if row.state in PENDING), None)
    order = session.scalar(
        select(SupervisionOrder.number)
        .where(SupervisionOrder.task_id == task_id, SupervisionOrder.state.in_(RUNNING))
        .limit(1)
    )
    return DueDays(
        first_on=granted[0].old_due_on if granted else None,
        extended_on=granted[-1].granted_on if granted else None,
        is_assessed_on_first=bool(granted) and not any(row.is_in_time for row in granted),
        asked_on=running.new_due_on if running is not None else None,
        order=order or "",
        answered=tuple((row.position, row.document_no) for row in rows if row.document_no),
    )


def changes(session: Session, task_id: str) -> list[DueDateChange]:
    """Every move, in order."""
    return list(
        session.scalars(select(DueDateChange).where(DueDateChange.task_id == task_id).order_by(DueDateChange.id))
    )
