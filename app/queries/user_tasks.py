"""User tasks as programs list them: filtered, one page after another, each with its assignee and candidates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, TextClause, and_, false, or_, select
from sqlalchemy.orm import Session

from app.models.person import Person
from app.models.user_task import InboxEntry, UserTask
from app.queries import inbox
from app.queries.actor import Actor
from app.queries.candidates import people_of
from app.queries.mergers import mergers
from app.queries.paging import Descending, Order, Page, behind, page
from app.queries.sight import visible_tasks
from app.queries.task_lights import OPEN, has_light
from app.queries.task_lines import matching
from app.terms import Light, TaskStatus

BY_DUE: Order = (UserTask.due_on, UserTask.id)
BY_DUE_IN_INBOX: Order = (InboxEntry.due_on, InboxEntry.task_id)
ORDERS: Mapping[str, Order] = {
    "due_at": BY_DUE,
    "-due_at": (Descending(UserTask.due_on), Descending(UserTask.id)),
    "created_at": (UserTask.created_at, UserTask.id),
    "-created_at": (Descending(UserTask.created_at), Descending(UserTask.id)),
    "completed_at": (UserTask.completed_at, UserTask.id),
    "-completed_at": (Descending(UserTask.completed_at), Descending(UserTask.id)),
}


@dataclass(frozen=True)
class Filters:
    """mine: what lies in the actor's inboxes; with status `completed`, what she has done. q: part of a title or unit.

    status `open` means not yet completed or cancelled. sort: one of ORDERS.
    """

    mine: bool = False
    unit: str | None = None
    status: str | None = None
    light: Light | None = None
    definition_key: str | None = None
    q: str = ""
    sort: str = "due_at"


@dataclass(frozen=True)
class Hands:
    """Logins: who has the task, if somebody claimed it, and who may take it."""

    assignee: str | None
    candidates: tuple[str, ...]


def tasks_page(
    session: Session, actor: Actor, filters: Filters, today: date, cursor: str | None, limit: int
) -> Page[UserTask]:
    """Raises BadRequest for a cursor that is none of ours."""
    where = _conditions(filters, today)
    if filters.mine and filters.status != TaskStatus.COMPLETED and filters.sort == "due_at":
        here = [behind(BY_DUE_IN_INBOX, cursor)] if cursor else []
        lines = inbox.lines_of(actor, [*where, *here], inbox.BY_DUE, limit + 1)
        return page(session, select(UserTask).join(lines, lines.c.task_id == UserTask.id), BY_DUE, cursor, limit)
    return page(session, _of_whom(actor, filters).where(*where), ORDERS[filters.sort], cursor, limit)


def hands(session: Session, tasks: Iterable[UserTask], today: date) -> dict[str, Hands]:
    """By task id, in a number of queries that does not grow with the tasks."""
    listed, merged = list(tasks), mergers(session.connection())
    people = people_of(session, {task.principal for task in listed}, today)
    assignee_ids = {task.assignee_id for task in listed if task.assignee_id is not None}
    logins = dict(session.execute(_logins(assignee_ids)).all())
    return {
        task.id: Hands(
            logins.get(task.assignee_id or 0),
            tuple(person.login for person in people.get(task.principal, ()) if not merged.bar(task, person.unit_id)),
        )
        for task in listed
    }


def _logins(person_ids: set[int]) -> Select[int, str]:
    return select(Person.id, Person.login).where(Person.id.in_(person_ids))


def _of_whom(actor: Actor, filters: Filters) -> Select[UserTask]:
    if not filters.mine:
        return select(UserTask).where(visible_tasks(actor))
    if filters.status == TaskStatus.COMPLETED:
        return select(UserTask).where(UserTask.completed_by_id == actor.person_id)
    barred = sorted(actor.barred_unit_ids)
    return (
        select(UserTask)
        .join(InboxEntry, InboxEntry.task_id == UserTask.id)
        .where(InboxEntry.principal.in_(sorted(actor.principals)))
        .where(or_(InboxEntry.barred_unit_id.is_(None), InboxEntry.barred_unit_id.not_in(barred)))
    )


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool] | TextClause]:
    where: list[ColumnElement[bool] | TextClause] = [*matching(filters.q)]
    if filters.status == TaskStatus.OPEN:
        where.append(OPEN)
    elif filters.status is not None:
        where.append(UserTask.status == filters.status)
    if filters.unit is not None:
        where.append(UserTask.unit_id == filters.unit)
    if filters.definition_key is not None:
        where.append(UserTask.definition_key == filters.definition_key)
    if filters.light is not None:
        where.append(_shows(filters.light, today))
    if filters.sort.endswith("completed_at"):
        where.append(UserTask.completed_at.is_not(None))
    return where


def _shows(light: Light, today: date) -> ColumnElement[bool]:
    """Grey, waiting for others, is no light of a task by itself."""
    match light:
        case Light.BLUE:
            return UserTask.status == TaskStatus.COMPLETED
        case Light.GREY:
            return false()
        case _:
            return and_(OPEN, has_light(light, today))
