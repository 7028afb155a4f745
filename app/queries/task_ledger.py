"""事项台账: every user task of a year's matters, open, done or cancelled, with its extensions and orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app import clock
from app.duties.registry import DUTIES
from app.duties.supervision_order import LEVEL_WORDS
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.supervision_order import ExtensionRequest, SupervisionOrder
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.actor import Actor
from app.queries.china_day import begin_of
from app.queries.paging import Order, Page, count_some, page
from app.queries.sight import visible_tasks
from app.queries.task_lines import light_today
from app.terms import Light, TaskStatus
from app.workdays import Calendar

PAGE = 50
MOST_ROWS = 20_000  # of one file

Completer = aliased(Person, name="completer")
ISSUED = ("issued", "working", "lapsed", "verifying", "closed")

ORDER: Order = [UserTask.due_on, UserTask.id]


@dataclass(frozen=True)
class Filters:
    """year: of the matter, or the one in which it began where it belongs to none."""

    year: int
    duty: str = ""
    unit: str = ""


@dataclass(frozen=True)
class LedgerLine:
    """first_due_on: before the first extension; extended_to: the day granted last. orders: number and colour of each.

    person: who did it, or has it. days_late: working days after the due day, None in time or without one.
    """

    task_id: str
    title: str
    step: str
    duty: str
    unit: str
    person: str
    light: Light | None
    received_on: date
    first_due_on: date | None
    extended_to: date | None
    due_on: date | None
    done_on: date | None
    days_late: int | None
    urged_count: int
    orders: Sequence[str]

    @property
    def state(self) -> str:
        """逾期办结 is no light, but what a ledger must tell."""
        if self.light is None:
            return TaskStatus.CANCELLED.label
        return "逾期办结" if self.light is Light.BLUE and self.days_late else self.light.label


@dataclass(frozen=True)
class _Beside:
    """What lies beside the tasks, by their ids: granted extensions in order, and orders."""

    extensions: Mapping[str, Sequence[Any]]
    orders: Mapping[str, Sequence[str]]


def lines(
    session: Session, actor: Actor, filters: Filters, today: date, calendar: Calendar, cursor: str | None = None
) -> Page[LedgerLine]:
    """One page; the first due at the front."""
    found = page(session, _tasks(actor, filters).with_only_columns(UserTask.id), ORDER, cursor, PAGE, counts=True)
    ids = select(UserTask.id).where(UserTask.id.in_(found.items))
    rows = {row.UserTask.id: row for row in session.execute(_named(ids))}
    beside = _beside(session, ids)
    shown = [_line(rows[id_], beside, today, calendar) for id_ in found.items]
    return Page(shown, found.next_cursor, found.left)


def all_lines(session: Session, actor: Actor, filters: Filters, today: date, calendar: Calendar) -> list[LedgerLine]:
    """At most MOST_ROWS, in three queries."""
    ids = _tasks(actor, filters).with_only_columns(UserTask.id).order_by(*_columns()).limit(MOST_ROWS)
    beside = _beside(session, ids)
    return [_line(row, beside, today, calendar) for row in session.execute(_named(ids).order_by(*_columns()))]


def count(session: Session, actor: Actor, filters: Filters) -> int:
    """At most paging.MOST_COUNTED + 1."""
    return count_some(session, _tasks(actor, filters).with_only_columns(UserTask.id))


def is_too_much(session: Session, actor: Actor, filters: Filters) -> bool:
    """More than one file holds."""
    beyond = _tasks(actor, filters).with_only_columns(UserTask.id).offset(MOST_ROWS).limit(1)
    return session.scalar(beyond) is not None


def _columns() -> tuple[Any, Any]:
    return UserTask.due_on, UserTask.id


def _tasks(actor: Actor, filters: Filters) -> Select[Any]:
    """Found from the instances of the year, which have an index by it and by the instant they began."""
    asked = ((UserTask.duty, filters.duty), (UserTask.unit_id, filters.unit))
    return (
        select(UserTask)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .where(_of_year(filters.year), visible_tasks(actor), UserTask.duty.in_(DUTIES))
        .where(*(column == value for column, value in asked if value))
    )


def _of_year(year: int) -> ColumnElement[bool]:
    begins, ends = begin_of(date(year, 1, 1)), begin_of(date(year + 1, 1, 1))
    began = and_(ProcessInstance.started_at >= begins, ProcessInstance.started_at < ends)
    return or_(ProcessInstance.year == year, and_(ProcessInstance.year.is_(None), began))


def _named(ids: Select[str]) -> Select[UserTask, str, str, str]:
    return (
        select(UserTask, Unit.short_name.label("unit_name"), Person.name.label("assignee_name"),
               Completer.name.label("completer_name"))
        .join(Unit, Unit.id == UserTask.unit_id)
        .outerjoin(Person, Person.id == UserTask.assignee_id)
        .outerjoin(Completer, Completer.id == UserTask.completed_by_id)
        .where(UserTask.id.in_(ids))
    )  # fmt: skip


def _beside(session: Session, ids: Select[str]) -> _Beside:
    granted = (
        select(ExtensionRequest)
        .where(ExtensionRequest.task_id.in_(ids), ExtensionRequest.state == "granted")
        .order_by(ExtensionRequest.task_id, ExtensionRequest.position)
    )
    orders = (
        select(SupervisionOrder.task_id, SupervisionOrder.number, SupervisionOrder.level)
        .where(SupervisionOrder.task_id.in_(ids), SupervisionOrder.state.in_(ISSUED))
        .order_by(SupervisionOrder.number)
    )
    return _Beside(
        extensions=_grouped((row.task_id, row) for row in session.scalars(granted)),
        orders=_grouped((row.task_id, f"{row.number}（{LEVEL_WORDS[row.level]}）") for row in session.execute(orders)),
    )


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _line(row: Any, beside: _Beside, today: date, calendar: Calendar) -> LedgerLine:
    task: UserTask = row.UserTask
    extensions = beside.extensions.get(task.id, ())
    due_on = None if task.due_on == NO_DUE_DATE else task.due_on
    done_on = _day(task.completed_at)
    return LedgerLine(
        task_id=task.id,
        title=task.title,
        step=task.name,
        duty=task.duty,
        unit=row.unit_name,
        person=row.completer_name or row.assignee_name or "",
        light=light_today(task, today),
        received_on=clock.local(task.created_at).date(),
        first_due_on=extensions[0].old_due_on if extensions else due_on,
        extended_to=extensions[-1].granted_on if extensions else None,
        due_on=due_on,
        done_on=done_on,
        days_late=_days_late(task, due_on, done_on or today, calendar),
        urged_count=task.urged_count,
        orders=beside.orders.get(task.id, ()),
    )


def _day(at: datetime | None) -> date | None:
    return clock.local(at).date() if at is not None else None


def _days_late(task: UserTask, due_on: date | None, until: date, calendar: Calendar) -> int | None:
    if due_on is None or until <= due_on or task.is_optional or task.status == TaskStatus.CANCELLED:
        return None
    return calendar.count(due_on, until) or None
