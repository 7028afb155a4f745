"""Moves the due day of an open user task: the one way in which it, and the drawn timers that go with it, change.

One event says who moved it, from which day to which, and why; the same step moves the timers in the engine, so that
doing the record again gives the same instance. The inbox, the lights and the reminders follow the stored day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from app import clock
from app.db import table_of
from app.duties.lights import chinese_date, yellow_from
from app.duties.limits import start_of
from app.models.supervision_order import DueDateChange
from app.models.timer import HELD, Timer
from app.models.user_task import IS_OPEN, UserTask
from app.services import light_changes, moved_timers
from app.services.cases import Case, Casework, NewDay
from app.services.projections import change_task
from app.services.registry import casework_of
from app.services.work import Work
from app.terms import EventType

TASK, TIMER, CHANGE = table_of(UserTask), table_of(Timer), table_of(DueDateChange)
HOLD = "held"
CAUSES: Mapping[str, str] = {
    "held": "延期待批",
    "granted": "批准延期",
    "refused": "不批准延期",
    "lifted": "延期申请注销",
    "unit": "改由其他单位承办",
}


def move_due_date(work: Work, new_day: NewDay, move: Callable[..., Any]) -> None:
    """move: steps.move, handed in by the step that wants it. Nothing happens when the task is no longer open."""
    found = select(TASK).where(_is_meant(new_day), IS_OPEN)
    instance_id = work.connection.execute(found.with_only_columns(TASK.c.instance_id)).scalar_one_or_none()
    if instance_id is None:
        return
    case = work.case(instance_id)
    task = work.connection.execute(found.with_for_update()).one_or_none()
    if task is None:
        return
    casework, old, new = casework_of(case.instance.definition_key), _counted_from(work, task), new_day.due_on
    if new is not None and not new_day.is_held:
        casework.day_moved(case, task.element_id, old, new_day)
        case.write_down()
    timers = _timers(work, case, casework, task.element_id)
    instants = _instants(work, case, casework, timers, new_day)
    if new is not None:
        _write_change(work, case, task, new_day, old, new)
        changed = change_task(work, task, _changes(case, task, new_day, new))
        light_changes.note_moved(work, task, changed, new_day.cause, _sentence(new_day, old))
    told = {
        "element": task.element_id,
        "task": task.id,
        "name": task.name,
        "old_day": old.isoformat(),
        "new_day": (new or old).isoformat(),
        "cause": new_day.cause,
        "reason": _sentence(new_day, old),
        "timers": moved_timers.told_of({row.task_id: row for row, _rule in timers}, instants),
    }
    move(work, case, EventType.DUE_DATE_MOVED, told, moved_timers.mover(instants))
    moved_timers.follow(work, instants)


def _is_meant(new_day: NewDay) -> ColumnElement[bool]:
    if new_day.task_id:
        return TASK.c.id == new_day.task_id
    return and_(TASK.c.instance_id == new_day.instance_id, TASK.c.element_id == new_day.element_id)


def _sentence(new_day: NewDay, old: date) -> str:
    if new_day.due_on is None or new_day.due_on == old:
        return f"{CAUSES[new_day.cause]}。{new_day.reason}"
    days = f"{chinese_date(old)}调整为{chinese_date(new_day.due_on)}"
    return f"{CAUSES[new_day.cause]}：{days}。{new_day.reason}"


def _counted_from(work: Work, task: Row[Any]) -> date:
    """The day that the duty knows: before a hold, which the duty was not told of."""
    if not task.is_held:
        return task.due_on
    held = select(CHANGE.c.old_on).where(CHANGE.c.task_id == task.id, CHANGE.c.cause == HOLD)
    return work.connection.execute(held.order_by(CHANGE.c.id.desc()).limit(1)).scalar_one()


def _timers(work: Work, case: Case, casework: Casework, element_id: str) -> list[tuple[Row[Any], str]]:
    """The rows of timers that go with the user task and still wait, each with its due rule."""
    rules = casework.timers_with.get(element_id, {})
    if not rules:
        return []
    where = (TIMER.c.instance_id == case.instance.id, TIMER.c.element_id.in_(rules))
    waiting = TIMER.c.status.in_(("waiting", HELD))
    rows = work.connection.execute(select(TIMER).where(*where, waiting).order_by(TIMER.c.task_id))
    return [(row, rules[row.element_id]) for row in rows]


def _instants(
    work: Work, case: Case, casework: Casework, timers: list[tuple[Row[Any], str]], new_day: NewDay
) -> dict[str, datetime]:
    """When each shall fire; one whose instant is over by now on the next working day."""
    if new_day.is_held:
        return {row.task_id: moved_timers.FAR for row, _rule in timers}
    assert casework.duty is not None
    instants = {}
    for row, rule in timers:
        due_at = casework.duty.due_at[rule](casework.facts(case, row.element_id, None))
        instants[row.task_id] = due_at if due_at > work.at else start_of(case.calendar.add(case.today, 1))
    return instants


def _write_change(work: Work, case: Case, task: Row[Any], new_day: NewDay, old: date, new: date) -> None:
    row = {
        "task_id": task.id,
        "instance_id": case.instance.id,
        "request_key": new_day.request_key,
        "old_on": old,
        "new_on": new,
        "cause": new_day.cause,
        "reason": new_day.reason,
        "is_in_time": new_day.is_in_time,
        "by": work.actor.login,
        "at": work.at,
    }
    work.connection.execute(CHANGE.insert(), [row])


def _changes(case: Case, task: Row[Any], new_day: NewDay, day: date) -> dict[str, Any]:
    """A held task is neither yellow nor red before the day that was asked for; its rules are those it began under."""
    policy = case.house.rules(case.connection).lights(clock.local(task.created_at).date())
    yellow_on = yellow_from(day, task.limit_days, case.calendar, policy)
    return {
        "due_on": day,
        "yellow_on": day if new_day.is_held else yellow_on,
        "is_held": new_day.is_held,
        "is_provisional": case.calendar.is_provisional(day),
        "due_rule": f"{_rule(task)}{chinese_date(case.today)}{CAUSES[new_day.cause]}，办理时限为{chinese_date(day)}。",
    }


def _rule(task: Row[Any]) -> str:
    return task.due_rule if not task.due_rule or task.due_rule.endswith("。") else f"{task.due_rule}。"
