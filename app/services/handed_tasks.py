"""A user task of another instance goes to another unit, because of a step of this one: an event of its own tells it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.db import table_of
from app.models.user_task import IS_OPEN, UserTask
from app.services.cases import Handed
from app.services.projections import change_task
from app.services.work import Work
from app.terms import EventType, TaskStatus

TASK = table_of(UserTask)
FREE = {"assignee_id": None, "delegated_by_id": None, "status": TaskStatus.OPEN.value}


def hand(work: Work, handed: Handed, note: Callable[..., None]) -> None:
    """note: steps.note, handed in by the step that wants it. Nothing happens when the task is no longer open."""
    case = work.case(handed.instance_id)
    found = select(TASK).where(TASK.c.id == handed.task_id, IS_OPEN).with_for_update()
    task = work.connection.execute(found).one_or_none()
    if task is None:
        return
    change_task(work, task, {**FREE, "principal": handed.whose.principal, "unit_id": handed.whose.unit_id})
    told = {"element": task.element_id, "task": task.id, "name": task.name}
    told |= {"from": task.unit_id, "to": handed.whose.unit_id, "reason": handed.reason}
    note(work, case, EventType.TASK_TRANSFERRED, told)
