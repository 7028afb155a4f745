"""User tasks as the lists of people show them: one line each, with names instead of ids, and its light today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session, aliased

from app.models.organization import OFFICE, Unit
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.user_task import NO_DUE_DATE, UserTask
from app.terms import Light, TaskStatus

Subject = aliased(Unit, name="subject")
LineRow = Row[UserTask, str, str, str, str]  # its unit, name and id of the unit it is about, assignee


@dataclass(frozen=True)
class Line:
    """One user task in a list. due_on is None without a limit; giver: the unit it comes from; unit: responsible."""

    task_id: str
    instance_id: str
    title: str
    step: str
    duty: str
    clause: str
    unit: str
    giver: str
    light: Light | None
    due_on: date | None
    is_provisional: bool
    status: TaskStatus
    assignee: str
    urged_count: int
    created_at: datetime
    completed_at: datetime | None = None
    outcome: str = ""
    is_read: bool = False
    definition_key: str = ""
    element_id: str = ""


def light_today(task: Any, today: date) -> Light | None:
    """The light of a user task from its stored dates, as duties.lights reckons it."""
    if task.status == TaskStatus.CANCELLED:
        return None
    if task.status == TaskStatus.COMPLETED:
        return Light.BLUE
    return Light.GREY if task.is_held else open_light(task, today)


def open_light(task: Any, today: date) -> Light:
    """The same for one that is known to be open; a row with yellow_on, due_on and is_optional is enough."""
    if today < task.yellow_on:
        return Light.GREEN
    return Light.RED if today > task.due_on and not task.is_optional else Light.YELLOW


def lines_of_tasks(session: Session, ids: Sequence[str], today: date, light: Light | None = None) -> list[Line]:
    """The lines of these tasks, in their order, in one query. light: where the list decides it, not the dates."""
    rows = session.execute(_line_statement().where(UserTask.id.in_(ids))).all() if ids else []
    office = _office_name(session) if rows else ""
    lines = {row.UserTask.id: _line(row, today, office, light) for row in rows}
    return [lines[id_] for id_ in ids]


def matching(q: str) -> list[ColumnElement[bool]]:
    """What a person types into the search of a list: part of a title, a step or a unit's name."""
    if not q:
        return []
    names = (Unit.short_name, Unit.name)
    units = select(Unit.id).where(or_(*(name.contains(q, autoescape=True) for name in names)))
    texts = (UserTask.title, UserTask.name)
    return [or_(*(text.contains(q, autoescape=True) for text in texts), UserTask.unit_id.in_(units))]


def _line_statement() -> Select[UserTask, str, str, str, str]:
    """The columns of a Line, from user_task outwards; one row a task."""
    return (
        select(
            UserTask,
            Unit.short_name.label("unit_name"),
            Subject.short_name.label("subject_name"),
            Subject.id.label("about_id"),
            Person.name.label("assignee_name"),
        )
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(Unit, Unit.id == UserTask.unit_id)
        .outerjoin(Subject, Subject.id == ProcessInstance.unit_id)
        .outerjoin(Person, Person.id == UserTask.assignee_id)
    )


def _line(row: LineRow, today: date, office_name: str, light: Light | None = None) -> Line:
    task: UserTask = row.UserTask
    return Line(
        task_id=task.id,
        instance_id=task.instance_id,
        title=task.title,
        step=task.name,
        duty=task.duty,
        clause=task.clause,
        unit=row.unit_name,
        giver=_giver(row, office_name),
        light=light or light_today(task, today),
        due_on=None if task.due_on == NO_DUE_DATE else task.due_on,
        is_provisional=task.is_provisional,
        status=TaskStatus(task.status),
        assignee=row.assignee_name or "",
        urged_count=task.urged_count,
        created_at=task.created_at,
        completed_at=task.completed_at,
        outcome=task.outcome,
        is_read=task.read_at is not None,
        definition_key=task.definition_key,
        element_id=task.element_id,
    )


def _office_name(session: Session) -> str:
    return session.scalar(select(Unit.short_name).where(Unit.id == OFFICE)) or ""


def _giver(row: LineRow, office: str) -> str:
    """Who handed the work on: another unit whose matter it is, the unit's own contact to her head, or the office."""
    task: UserTask = row.UserTask
    if row.about_id is not None and (row.about_id != task.unit_id or task.principal.startswith("head:")):
        return str(row.subject_name)
    return office
