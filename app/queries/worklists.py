"""What is no longer in a person's inbox but still hers to follow: handed on, done, started by her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, TextClause, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.models.user_task import TaskCopy, UserTask
from app.queries import paging
from app.queries.actor import Actor
from app.queries.inbox import PAGE, Choices, Filters, choices_among, conditions
from app.queries.list_views import COPIES, DONE, HANDED_ON, STARTED
from app.queries.paging import MOST_COUNTED, Descending, Page, count_some
from app.queries.task_lights import OPEN
from app.queries.task_lines import Line, lines_of_tasks
from app.terms import InstanceStatus, Light, Role

ALL = Filters()


@dataclass(frozen=True)
class StartedLine:
    """A main process that the person started. unit: whom it is about, if one."""

    instance_id: str
    title: str
    duty: str
    unit: str
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Counts:
    """Each at most MOST_COUNTED; copies are those not read; started is None for those who start nothing."""

    handed_on: int
    done: int
    copies: int
    started: int | None


def counts(session: Session, actor: Actor) -> Counts:
    started = select(ProcessInstance.id).where(*_started_by(actor))
    return Counts(
        handed_on=_count(session, select(UserTask.id).where(*_waits_for_others(actor))),
        done=_count(session, select(UserTask.id).where(UserTask.completed_by_id == actor.person_id)),
        copies=_count(session, select(TaskCopy.task_id).where(*_unread_copies(actor))),
        started=_count(session, started) if starts_processes(actor) else None,
    )


def starts_processes(actor: Actor) -> bool:
    return actor.has(Role.OFFICE)


def handed_on(
    session: Session,
    actor: Actor,
    today: date,
    filters: Filters = ALL,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[Line]:
    """Open steps of others in matters of her units, in which she has acted, or that she has delegated; due first."""
    wanted = (*_waits_for_others(actor), *conditions(filters))
    hers = aliased(UserTask, _apart(select(UserTask.id, UserTask.due_on).where(*wanted)))
    found = paging.page(session, select(hers.id), [hers.due_on, hers.id], cursor, limit, counts=True)
    return Page(lines_of_tasks(session, found.items, today, Light.GREY), found.next_cursor, found.left)


def done(
    session: Session,
    actor: Actor,
    today: date,
    filters: Filters = ALL,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[Line]:
    """What the person has completed, the latest first."""
    statement = select(UserTask.id).where(UserTask.completed_by_id == actor.person_id, *conditions(filters))
    order = [Descending(UserTask.completed_at), Descending(UserTask.id)]
    found = paging.page(session, statement, order, cursor, limit, counts=True)
    return Page(lines_of_tasks(session, found.items, today), found.next_cursor, found.left)


def copies(
    session: Session,
    actor: Actor,
    today: date,
    filters: Filters = ALL,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[Line]:
    """What the person was sent a copy of, the latest first."""
    statement = (
        select(UserTask.id)
        .join(TaskCopy, TaskCopy.task_id == UserTask.id)
        .where(TaskCopy.person_id == actor.person_id, *conditions(filters))
    )
    order = [Descending(TaskCopy.at), Descending(TaskCopy.id)]
    found = paging.page(session, statement, order, cursor, limit, counts=True)
    return Page(lines_of_tasks(session, found.items, today), found.next_cursor, found.left)


def started(
    session: Session, actor: Actor, filters: Filters = ALL, cursor: str | None = None, limit: int = PAGE
) -> Page[StartedLine]:
    """Main processes that the person opened, the latest first."""
    statement = select(ProcessInstance).where(*_started_by(actor))
    asked = ((ProcessInstance.duty, filters.duty), (ProcessInstance.unit_id, filters.unit))
    statement = statement.where(*(column == value for column, value in asked if value))
    if filters.q:
        statement = statement.where(ProcessInstance.title.contains(filters.q, autoescape=True))
    order = [Descending(ProcessInstance.started_at), Descending(ProcessInstance.id)]
    found = paging.page(session, statement, order, cursor, limit, counts=True)
    return Page(_started_lines(session, found.items), found.next_cursor, found.left)


def choices(session: Session, actor: Actor, list_key: str) -> Choices:
    """What the filters of a list may be set to: what stands among its first MOST_COUNTED matters."""
    if list_key == STARTED:
        return _choices_of_started(session, actor)
    tasks = {
        HANDED_ON: select(UserTask.id.label("task_id")).where(*_waits_for_others(actor)),
        DONE: select(UserTask.id.label("task_id"))
        .where(UserTask.completed_by_id == actor.person_id)
        .order_by(UserTask.completed_at.desc()),
        COPIES: select(TaskCopy.task_id)
        .where(TaskCopy.person_id == actor.person_id)
        .order_by(TaskCopy.at.desc(), TaskCopy.id.desc()),
    }
    return choices_among(session, tasks[list_key].limit(MOST_COUNTED).subquery())


def _choices_of_started(session: Session, actor: Actor) -> Choices:
    own = select(ProcessInstance.duty, ProcessInstance.unit_id).where(*_started_by(actor))
    lines = own.order_by(ProcessInstance.started_at.desc()).limit(MOST_COUNTED).subquery()
    rows = session.execute(
        select(lines.c.duty, Unit.id, Unit.short_name, Unit.position)
        .select_from(lines)
        .outerjoin(Unit, Unit.id == lines.c.unit_id)
        .distinct()
        .order_by(Unit.position)
    ).all()
    return Choices(
        duties=sorted({row.duty for row in rows}),
        units=list(dict.fromkeys((row.id, row.short_name) for row in rows if row.id is not None)),
    )


def _started_lines(session: Session, instances: Sequence[ProcessInstance]) -> list[StartedLine]:
    units = (
        {unit.id: unit.short_name for unit in session.execute(select(Unit.id, Unit.short_name))} if instances else {}
    )
    return [
        StartedLine(
            instance_id=instance.id,
            title=instance.title,
            duty=instance.duty,
            unit=units.get(instance.unit_id or "", ""),
            status=InstanceStatus(instance.status),
            started_at=instance.started_at,
            ended_at=instance.ended_at,
        )
        for instance in instances
    ]


def _waits_for_others(actor: Actor) -> list[ColumnElement[bool] | TextClause]:
    """Found from the person's own matters, so that the number of all open tasks does not matter."""
    acted_in = select(UserTask.instance_id).where(UserTask.completed_by_id == actor.person_id)
    about_her = select(ProcessInstance.id).where(
        ProcessInstance.status == InstanceStatus.ACTIVE, ProcessInstance.unit_id.in_(sorted(actor.unit_ids))
    )
    delegated = select(UserTask.instance_id).where(UserTask.delegated_by_id == actor.person_id)
    is_another_persons = or_(
        UserTask.assignee_id.is_(None) & UserTask.principal.not_in(sorted(actor.principals)),
        UserTask.assignee_id.is_not(None) & (UserTask.assignee_id != actor.person_id),
    )
    return [UserTask.instance_id.in_(union_all(acted_in, about_her, delegated)), OPEN, is_another_persons]


def _apart(statement: Select[*tuple[Any, ...]]) -> CTE:
    """Found first and put in order afterwards: PostgreSQL would rather walk all open tasks in the order wanted."""
    return statement.cte("hers").prefix_with("MATERIALIZED", dialect="postgresql")


def _started_by(actor: Actor) -> list[ColumnElement[bool]]:
    return [ProcessInstance.started_by == actor.person_id, ProcessInstance.parent_id.is_(None)]


def _unread_copies(actor: Actor) -> list[ColumnElement[bool]]:
    return [TaskCopy.person_id == actor.person_id, TaskCopy.read_at.is_(None)]


def _count(session: Session, statement: Select[str]) -> int:
    return min(count_some(session, statement), MOST_COUNTED)
