"""清单: the user tasks or instances behind a cell of the board, page by page, the longest overdue first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from app import clock
from app.duties.supervision_order import UNSUPERVISED
from app.models.organization import GROUP, OFFICE, Unit
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.board_counts import due_days
from app.queries.board_filters import SOON_DAYS, Filters, Span
from app.queries.china_day import begin_of
from app.queries.paging import Descending, Order, Page, count_some, page
from app.queries.task_lights import OPEN, has_light, is_overdue
from app.queries.task_lines import light_today
from app.terms import InstanceStatus, Light, TaskStatus
from app.workdays import Calendar

PAGE = 50
MOST_URGED = 1000  # at one go


@dataclass(frozen=True)
class Line:
    """A matter in the list. task_id is empty for an instance that has ended. ended_on: when it, or the task, was done.

    days: working days to due_on, negative when late; None without a limit.
    """

    task_id: str
    instance_id: str
    title: str
    step: str
    duty: str
    unit_id: str
    unit: str
    assignee: str
    light: Light | None
    due_on: date | None
    days: int | None
    is_provisional: bool = False
    urged_count: int = 0
    urged_today: bool = False
    ended_on: date | None = None

    @property
    def may_be_ordered(self) -> bool:
        """Late with a unit: an order may be drafted on it."""
        is_of_unit = self.unit_id not in (OFFICE, GROUP) and self.duty not in UNSUPERVISED
        return self.light is Light.RED and bool(self.task_id) and is_of_unit


def lines(
    session: Session,
    filters: Filters,
    today: date,
    calendar: Calendar,
    cursor: str | None = None,
    limit: int = PAGE,
    *,
    counts: bool = True,
) -> Page[Line]:
    """counts: whether it is asked how many follow."""
    if filters.light is Light.BLUE:
        return _ended(session, filters, cursor, limit)
    is_past = filters.span is Span.THIS_MONTH
    order: Order = [Descending(UserTask.completed_at), UserTask.id] if is_past else [UserTask.due_on, UserTask.id]
    found = page(session, _tasks(filters, today, calendar), order, cursor, limit, counts=counts)
    units = _names(session, {task.unit_id for task in found.items})
    people = _people(session, {task.assignee_id for task in found.items if task.assignee_id})
    shown = [_line(task, units, people, today, calendar) for task in found.items]
    return Page(shown, found.next_cursor, found.left)


def count(session: Session, filters: Filters, today: date, calendar: Calendar) -> int:
    """At most paging.MOST_COUNTED + 1."""
    is_ended = filters.light is Light.BLUE
    rows: Select[Any] = _instances(filters) if is_ended else _tasks(filters, today, calendar)
    return count_some(session, rows.with_only_columns(ProcessInstance.id if is_ended else UserTask.id))


def overdue(session: Session, today: date) -> Sequence[str]:
    """The ids of what is late, the longest overdue first, at most MOST_URGED: what 催办逾期 means when it is sent."""
    return session.scalars(_overdue(today)).all()


def overdue_by_unit(session: Session, today: date) -> Mapping[str, int]:
    """The same in numbers, by the unit's name; the one with most of them first."""
    late = _overdue(today).add_columns(UserTask.unit_id).subquery()
    number = func.count().label("number")
    rows = (
        select(Unit.short_name, number)
        .join(late, late.c.unit_id == Unit.id)
        .group_by(Unit.id, Unit.short_name)
        .order_by(number.desc(), Unit.position)
    )
    return dict(session.execute(rows).all())


def _overdue(today: date) -> Select[str]:
    found = select(UserTask.id).where(OPEN, is_overdue(today))
    return found.order_by(UserTask.due_on, UserTask.id).limit(MOST_URGED)


def named(session: Session, task_ids: Sequence[str], today: date, calendar: Calendar) -> list[Line]:
    """The open tasks with these ids, the first due at the front."""
    rows = select(UserTask).where(OPEN, UserTask.id.in_(task_ids)).order_by(UserTask.due_on, UserTask.id)
    tasks = session.scalars(rows).all()
    units = _names(session, {task.unit_id for task in tasks})
    return [_line(task, units, {}, today, calendar) for task in tasks]


def _tasks(filters: Filters, today: date, calendar: Calendar) -> Select[UserTask]:
    statement = select(UserTask).where(*_span(filters.span, today, calendar), *due_days(filters))
    if filters.duty:
        statement = statement.where(UserTask.duty == filters.duty)
    if filters.light is Light.GREY or filters.year is not None:
        statement = statement.join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    if filters.year is not None:
        statement = statement.where(ProcessInstance.year == filters.year)
    if filters.light is Light.GREY:
        others = ProcessInstance.unit_id != UserTask.unit_id
        return statement.where(others, *([ProcessInstance.unit_id == filters.unit] if filters.unit else []))
    if filters.unit:
        statement = statement.where(UserTask.unit_id == filters.unit)
    return statement.where(has_light(filters.light, today)) if filters.light else statement


def _span(span: Span | None, today: date, calendar: Calendar) -> list[Any]:
    if span is Span.THIS_MONTH:
        begin = begin_of(today.replace(day=1))
        return [UserTask.status == TaskStatus.COMPLETED, UserTask.completed_at >= begin]
    if span is Span.SOON:
        return [OPEN, UserTask.due_on.between(today, calendar.add(today, SOON_DAYS))]
    return [OPEN]


def _instances(filters: Filters) -> Select[ProcessInstance]:
    ended = (ProcessInstance.status == InstanceStatus.COMPLETED, ProcessInstance.unit_id.is_not(None))
    statement = select(ProcessInstance).options(defer(ProcessInstance.state)).where(*ended)
    if filters.unit:
        statement = statement.where(ProcessInstance.unit_id == filters.unit)
    if filters.duty:
        statement = statement.where(ProcessInstance.duty == filters.duty)
    return statement if filters.year is None else statement.where(ProcessInstance.year == filters.year)


def _ended(session: Session, filters: Filters, cursor: str | None, limit: int) -> Page[Line]:
    order: Order = [Descending(ProcessInstance.started_at), ProcessInstance.id]
    found = page(session, _instances(filters), order, cursor, limit, counts=True)
    units = _names(session, {row.unit_id for row in found.items if row.unit_id})
    return Page([_ended_line(row, units) for row in found.items], found.next_cursor, found.left)


def _people(session: Session, ids: set[int]) -> Mapping[int, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def _names(session: Session, ids: set[str]) -> Mapping[str, str]:
    return {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(ids)))}


def _line(task: UserTask, units: Mapping[str, str], people: Mapping[int, str], today: date, calendar: Calendar) -> Line:
    has_limit = task.due_on != NO_DUE_DATE
    return Line(
        task_id=task.id,
        instance_id=task.instance_id,
        title=task.title,
        step=task.name,
        duty=task.duty,
        unit_id=task.unit_id,
        unit=units[task.unit_id],
        assignee=people.get(task.assignee_id or 0, ""),
        light=light_today(task, today),
        due_on=task.due_on if has_limit else None,
        days=calendar.count(today, task.due_on) if has_limit else None,
        is_provisional=task.is_provisional,
        urged_count=task.urged_count,
        urged_today=_day(task.urged_at) == today,
        ended_on=_day(task.completed_at),
    )


def _ended_line(instance: ProcessInstance, units: Mapping[str, str]) -> Line:
    return Line(
        task_id="",
        instance_id=instance.id,
        title=instance.title,
        step="",
        duty=instance.duty,
        unit_id=instance.unit_id or "",
        unit=units.get(instance.unit_id or "", ""),
        assignee="",
        light=Light.BLUE,
        due_on=None,
        days=None,
        ended_on=_day(instance.ended_at),
    )


def _day(at: datetime | None) -> date | None:
    return None if at is None else clock.local(at).date()


def all_lines(session: Session, filters: Filters, today: date, calendar: Calendar) -> Sequence[Line]:
    """Without pages, for the spreadsheet."""
    found: list[Line] = []
    cursor: str | None = None
    while True:
        part: Page[Any] = lines(session, filters, today, calendar, cursor, limit=1000)
        found += part.items
        cursor = part.next_cursor
        if cursor is None:
            return found
