"""The light of open user tasks as conditions of a query: what duties.lights says, on the dates that are stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, not_, or_, text

from app.models.user_task import UserTask
from app.terms import Light

# Written out, because a partial index serves a query only where the database sees its condition in the text.
OPEN = text("user_task.status IN ('open', 'claimed')")
CLOSED = text("user_task.status NOT IN ('open', 'claimed')")


def is_overdue(today: date) -> ColumnElement[bool]:
    """Whoever asked for more time in time is not late until it is decided, however long that takes."""
    return and_(UserTask.due_on < today, not_(UserTask.is_optional), not_(UserTask.is_held))


def is_yellow(today: date) -> ColumnElement[bool]:
    return and_(UserTask.yellow_on <= today, or_(UserTask.due_on >= today, UserTask.is_optional, UserTask.is_held))


def is_green(today: date) -> ColumnElement[bool]:
    return UserTask.yellow_on > today


def has_light(light: Light, today: date) -> ColumnElement[bool]:
    """Of the lights that an open task can have by its dates: red, yellow, green."""
    return {Light.RED: is_overdue, Light.YELLOW: is_yellow, Light.GREEN: is_green}[light](today)
