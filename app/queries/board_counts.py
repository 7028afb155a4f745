"""The numbers of the board, by unit and duty: what must be done, what waits, what is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.models.process import ProcessInstance
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.board_filters import SOON_DAYS, Filters, Span
from app.queries.china_day import begin_of
from app.queries.task_lights import OPEN
from app.queries.task_lines import open_light
from app.terms import InstanceStatus, Light, TaskStatus
from app.workdays import Calendar

Numbers = Select[*tuple[Any, ...]]
Counts = Select[str, date, str, date, bool, int]


class Group(NamedTuple):
    """number: of open user tasks with the same dates."""

    unit_id: str
    due_on: date
    duty: str
    yellow_on: date
    is_optional: bool
    number: int


DATES = (UserTask.unit_id, UserTask.due_on, UserTask.duty, UserTask.yellow_on, UserTask.is_optional)


def open_groups(session: Session, today: date, calendar: Calendar, filters: Filters) -> Iterator[tuple[Group, Light]]:
    """Open user tasks by the unit responsible, with their light today.

    The database only counts equal dates, which it does along its index; what they mean today is reckoned here.
    """
    if not filters.takes_open:
        return
    held = {tuple(row[:-1]): row.number for row in session.execute(_counted(filters, *_is_held_beyond(today)))}
    soon = calendar.add(today, SOON_DAYS)
    for row in session.execute(_counted(filters)):
        for group, light in _parted(Group(*row), held, today):
            is_wanted = filters.light in (None, light) and (filters.span is None or today <= group.due_on <= soon)
            if is_wanted and group.number:
                yield group, light


def _counted(filters: Filters, *where: ColumnElement[bool]) -> Counts:
    statement = select(*DATES, func.count().label("number")).where(OPEN, *where, *due_days(filters))
    if filters.unit:
        statement = statement.where(UserTask.unit_id == filters.unit)
    if filters.duty:
        statement = statement.where(UserTask.duty == filters.duty)
    if filters.year is not None:
        statement = statement.join(ProcessInstance).where(ProcessInstance.year == filters.year)
    return statement.group_by(*DATES)


def _is_held_beyond(today: date) -> tuple[ColumnElement[bool], ...]:
    """Not late, however long the extension that was asked for waits; there are few, so the index need not know them."""
    return UserTask.is_held.is_(True), UserTask.due_on < today


def _parted(group: Group, held: Mapping[tuple[Any, ...], int], today: date) -> Iterator[tuple[Group, Light]]:
    waiting = held.get(group[:-1], 0)
    yield group._replace(number=group.number - waiting), open_light(group, today)
    yield group._replace(number=waiting), Light.YELLOW


def due_days(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of the days between which user tasks are due; from the day that means none: without a limit."""
    if not filters.by_due_day:
        return []
    if filters.due_from == NO_DUE_DATE:
        return [UserTask.due_on == NO_DUE_DATE]
    found: list[ColumnElement[bool]] = [UserTask.due_on != NO_DUE_DATE]
    if filters.due_from is not None:
        found.append(UserTask.due_on >= filters.due_from)
    if filters.due_to is not None:
        found.append(UserTask.due_on <= filters.due_to)
    return found


def nearness(row: Group, today: date, calendar: Calendar) -> dict[str, int]:
    """How many of a group are due within five working days, and until Sunday."""
    if today > row.due_on:
        return {}
    soon, sunday = calendar.add(today, SOON_DAYS), today + timedelta(days=6 - today.weekday())
    return {
        "soon": row.number if row.due_on <= soon else 0,
        "this_week": row.number if row.due_on <= sunday else 0,
    }


def waiting_or_done(session: Session, today: date, filters: Filters) -> Iterator[tuple[str, str, int, int]]:
    """unit, duty, waiting, done."""
    wanted = []
    if filters.takes_waiting:
        wanted.append(_narrowed(_wait(filters.year), filters))
    if filters.takes_done:
        wanted.append(_narrowed(_have_done(filters.year or today.year, filters.year is not None), filters))
    if filters.span is Span.THIS_MONTH:
        wanted.append(_completed_since(today.replace(day=1), filters))
    if wanted:
        yield from map(tuple, session.execute(union_all(*wanted)))


def _narrowed(statement: Numbers, filters: Filters) -> Numbers:
    if filters.unit:
        statement = statement.where(ProcessInstance.unit_id == filters.unit)
    return statement.where(ProcessInstance.duty == filters.duty) if filters.duty else statement


def _wait(year: int | None) -> Numbers:
    """Running instances about a unit with an open user task of somebody else."""
    with_another = exists().where(
        OPEN, UserTask.instance_id == ProcessInstance.id, UserTask.unit_id != ProcessInstance.unit_id
    )
    statement = select(
        ProcessInstance.unit_id, ProcessInstance.duty, func.count().label("waiting"), literal(0).label("done")
    ).where(ProcessInstance.status == InstanceStatus.ACTIVE, with_another)
    if year is not None:
        statement = statement.where(ProcessInstance.year == year)
    return statement.group_by(ProcessInstance.unit_id, ProcessInstance.duty)


def _have_done(year: int, is_about: bool) -> Numbers:
    """Instances of units that ended well: those about the year, or those that were started in it."""
    started = and_(
        ProcessInstance.started_at >= begin_of(date(year, 1, 1)),
        ProcessInstance.started_at < begin_of(date(year + 1, 1, 1)),
    )
    return (
        select(ProcessInstance.unit_id, ProcessInstance.duty, literal(0).label("waiting"), func.count().label("done"))
        .where(ProcessInstance.year == year if is_about else started)
        .where(ProcessInstance.unit_id.is_not(None), ProcessInstance.status == InstanceStatus.COMPLETED)
        .group_by(ProcessInstance.unit_id, ProcessInstance.duty)
    )


def _completed_since(day: date, filters: Filters) -> Numbers:
    """User tasks that were completed since a day."""
    statement = select(UserTask.unit_id, UserTask.duty, literal(0).label("waiting"), func.count().label("done")).where(
        UserTask.completed_at >= begin_of(day), UserTask.status == TaskStatus.COMPLETED
    )
    if filters.unit:
        statement = statement.where(UserTask.unit_id == filters.unit)
    if filters.duty:
        statement = statement.where(UserTask.duty == filters.duty)
    if filters.year is not None:
        statement = statement.join(ProcessInstance).where(ProcessInstance.year == filters.year)
    return statement.group_by(UserTask.unit_id, UserTask.duty)
