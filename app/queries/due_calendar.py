"""What is due on which day: the open user tasks of a unit, or of all for those who read all, counted by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, TextClause, and_, case, cast, func, or_, select, true
from sqlalchemy.orm import Session

from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.paging import Page, page
from app.queries.sight import visible_tasks
from app.queries.task_lights import OPEN, is_overdue, is_yellow
from app.queries.task_lines import Line, lines_of_tasks
from app.terms import Light

PAGE = 50
MOST_STEPS = 2000  # of one page of a calendar
MOST_EVENTS = 1000  # of one calendar file


@dataclass(frozen=True)
class Scope:
    """unit: one unit; empty for all that the actor may see. duty, step: of a day's list only."""

    unit: str = ""
    duty: str = ""
    step: str = ""


@dataclass(frozen=True)
class Entry:
    """The tasks of one step that are due on a day. task_id, title: of the only one, where there is one only."""

    day: date
    duty: str
    step: str
    count: int
    light: Light
    task_id: str
    title: str


def entries(session: Session, actor: Actor, scope: Scope, first: date, last: date, today: date) -> list[Entry]:
    """By day, the late and the near first. first, last: both included."""
    red, yellow = _number(is_overdue(today)), _number(is_yellow(today))
    rows = session.execute(
        select(
            UserTask.due_on, UserTask.duty, UserTask.name, func.count().label("number"), red.label("red"),
            yellow.label("yellow"), func.min(UserTask.id).label("task_id"), func.min(UserTask.title).label("title"),
        )
        .where(*_where(actor, scope), UserTask.due_on >= first, UserTask.due_on <= last)
        .group_by(UserTask.due_on, UserTask.duty, UserTask.name)
        .order_by(UserTask.due_on, red.desc(), yellow.desc(), UserTask.duty, UserTask.name)
        .limit(MOST_STEPS)
    )  # fmt: skip
    return [
        Entry(
            day=row.due_on,
            duty=row.duty,
            step=row.name,
            count=row.number,
            light=Light.RED if row.red else Light.YELLOW if row.yellow else Light.GREEN,
            task_id=row.task_id if row.number == 1 else "",
            title=row.title if row.number == 1 else "",
        )
        for row in rows
    ]


def lines_of_day(
    session: Session, actor: Actor, scope: Scope, day: date, today: date, cursor: str | None = None
) -> Page[Line]:
    """What is due on the day, one line each."""
    where = (*_where(actor, scope), UserTask.due_on == day)
    found = page(session, select(UserTask.id).where(*where), [UserTask.id], cursor, PAGE, counts=True)
    return Page(lines_of_tasks(session, found.items, today), found.next_cursor, found.left)


def coming(session: Session, actor: Actor, scope: Scope, first: date, last: date, today: date) -> Sequence[Line]:
    """The same between two days, for a calendar file; the first due at the front, at most MOST_EVENTS."""
    where = (*_where(actor, scope), UserTask.due_on >= first, UserTask.due_on <= last)
    ids = select(UserTask.id).where(*where).order_by(UserTask.due_on, UserTask.id).limit(MOST_EVENTS)
    return lines_of_tasks(session, session.scalars(ids).all(), today)


def _where(actor: Actor, scope: Scope) -> list[ColumnElement[bool] | TextClause]:
    asked = ((UserTask.unit_id, scope.unit), (UserTask.duty, scope.duty), (UserTask.name, scope.step))
    narrowed = [column == value for column, value in asked if value]
    return [OPEN, _hers(actor), *narrowed]


def _hers(actor: Actor) -> ColumnElement[bool]:
    """What she may see, without what she may not review: that stands in no inbox of hers."""
    if actor.reads_all:
        return true()
    subject, barred = UserTask.subject_unit_id, sorted(actor.barred_unit_ids)
    is_open_to_her = or_(UserTask.has_own_item_rule.is_(False), subject.is_(None), subject.not_in(barred))
    return and_(visible_tasks(actor), or_(is_open_to_her, UserTask.unit_id.in_(sorted(actor.unit_ids))))


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=cast(0, Integer)))
