"""Moves a drawn timer: the one way in which a deadline that the drawing waits for becomes another one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import table_of
from app.errors import StaleProcess
from app.models.timer import Timer
from app.services import steps
from app.services.cases import Case
from app.services.work import Work
from app.terms import EventType

TIMER = table_of(Timer)


def move_timer(work: Work, case: Case, element_id: str, due_at: datetime, reason: str) -> None:
    """Let the timer of this element pass at another instant. Raises StaleProcess where it no longer waits.

    The engine lets a timer pass when it is told to, so its row alone says when; the event says who moved it and why.
    """
    where = (TIMER.c.instance_id == case.instance.id, TIMER.c.element_id == element_id, TIMER.c.status == "waiting")
    timer = work.connection.execute(select(TIMER.c.task_id, TIMER.c.due_at).where(*where)).one_or_none()
    if timer is None:
        raise StaleProcess("这个期限已经到期，不能调整。")
    changed = {"due_at": due_at, "lease_until": None, "claim_token": None}
    work.connection.execute(TIMER.update().where(TIMER.c.task_id == timer.task_id).values(changed))
    told = {
        "element": element_id,
        "name": case.definition.elements[element_id].name,
        "timer": timer.task_id,
        "from": timer.due_at.isoformat(),
        "to": due_at.isoformat(),
        "reason": reason,
    }
    steps.note(work, case, EventType.TIMER_MOVED, told)
