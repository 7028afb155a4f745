"""Moves a drawn timer: the way in which a deadline that the drawing waits for becomes another one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import table_of
from app.errors import StaleProcess
from app.models.timer import Timer
from app.services import moved_timers, steps
from app.services.cases import Case
from app.services.work import Work
from app.terms import EventType

TIMER = table_of(Timer)


def move_timer(work: Work, case: Case, element_id: str, due_at: datetime, reason: str) -> None:
    """Let the timer of this element pass at another instant. Raises StaleProcess where it no longer waits.

    It is a step of the instance, so that doing the record again gives the same instant; it says who moved it and why.
    """
    where = (TIMER.c.instance_id == case.instance.id, TIMER.c.element_id == element_id, TIMER.c.status == "waiting")
    timer = work.connection.execute(select(TIMER).where(*where)).one_or_none()
    if timer is None:
        raise StaleProcess("这个期限已经到期，不能调整。")
    instants = {timer.task_id: due_at}
    told = {
        "element": element_id,
        "name": case.definition.elements[element_id].name,
        "timers": moved_timers.told_of({timer.task_id: timer}, instants),
        "reason": reason,
    }
    steps.move(work, case, EventType.TIMER_MOVED, told, moved_timers.mover(instants))
    moved_timers.follow(work, instants)
