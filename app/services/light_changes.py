"""Writes down how the light of a user task turned, in the transaction of the command that turned it.

The light itself is nowhere stored: what is written is that it was another one from a day on, and why.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from app import clock
from app.db import table_of
from app.duties.light_changes import CAUSES, NO_LIGHT, TIME, Dates, Turn, turn_text, turns
from app.models.outlook import TASK, LightChange
from app.models.user_task import NO_DUE_DATE
from app.prepared import Prepared
from app.services.work import Work
from app.terms import Light

CHANGE = table_of(LightChange)
ADD_CHANGE = Prepared(CHANGE.insert())
LAST_LIGHT = Prepared(
    select(CHANGE.c.after)
    .where(CHANGE.c.subject == TASK, CHANGE.c.ref == bindparam("of_ref"))
    .order_by(CHANGE.c.id.desc())
    .limit(1)
)


def dates_of(task: Any) -> Dates:
    """task: a row or an object with the columns of UserTask."""
    opened_on = clock.local(task.created_at).date()
    return Dates(opened_on, task.yellow_on, task.due_on, task.is_optional, task.is_held)


def note_closed(work: Work, task: Any, cause: str) -> None:
    """A task was completed or cancelled. Nothing is written of one without a due day, which was green all the time."""
    if task.due_on == NO_DUE_DATE:
        return
    before = _settled(work, task)
    after = Light.BLUE.value if cause == "completed" else NO_LIGHT
    _write(work, task.id, before.value, after, cause, f"{CAUSES[cause]}。")


def note_moved(work: Work, task: Any, changed: Any, cause: str, text: str) -> None:
    """A due day was moved, or is held: the light by the new dates against that by the old ones."""
    today, before = clock.local(work.at).date(), _settled(work, task)
    after = dates_of(changed).light(today)
    if after is not before:
        _write(work, task.id, before.value, after.value, cause, text)


def row_of(task_id: str, turn: Turn, dates: Dates, at: Any) -> dict[str, Any]:
    """A turn of the calendar as it is kept."""
    return _row(task_id, turn.on, at, turn.before.value, turn.after.value, TIME, turn_text(turn, dates))


def _settled(work: Work, task: Any) -> Light:
    """The light of today by the task's dates; what the calendar did and nobody has noted yet is noted first."""
    dates, today = dates_of(task), clock.local(work.at).date()
    light = dates.light(today)
    if light in (Light.YELLOW, Light.RED):
        last = LAST_LIGHT.one_or_none(work.connection, of_ref=task.id)
        for turn in turns(dates, None if last is None else Light(last.after), today):
            work.write(ADD_CHANGE, row_of(task.id, turn, dates, work.at))
    return light


def _write(work: Work, task_id: str, before: str, after: str, cause: str, text: str) -> None:
    today = clock.local(work.at).date()
    work.write(ADD_CHANGE, _row(task_id, today, work.at, before, after, cause, text))


def _row(task_id: str, on: date, at: Any, before: str, after: str, cause: str, text: str) -> dict[str, Any]:
    told = {"before": before, "after": after, "cause": cause, "text": text}
    return {"subject": TASK, "ref": task_id, "on": on, "at": at, "rule": "", "inputs": {}, **told}
