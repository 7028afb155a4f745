"""代办: the bureau does a locality's yearly check in its name, when the locality has been silent for too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import table_of
from app.duties.library_entry import proxy_from
from app.duties.lights import chinese_date
from app.errors import Gone, InvalidForm, NotFound, NotPermitted
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.services import steps
from app.services.assignment import RECOGNITION, contact_of, unit_with
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.projections import change_task
from app.services.work import Work
from app.terms import EventType, TaskStatus

TASK = table_of(UserTask)
STEPS = ("check_library",)  # what may be done in a locality's name
SHORTEST_REASON, LONGEST_REASON = 2, 500


def take_over(house: House, actor: Actor, task_id: str, reason: str, *, key: str) -> Answer:
    """Move the task to the bureau's inbox; the event says why, and for whom it acts. {id, instance_id}.

    Raises NotFound, NotPermitted, InvalidForm before its day or without a reason, Gone for a task that is closed.
    """
    return run(house, actor, Command("take_over", key, {"task_id": task_id, "reason": reason.strip()}))


@handles("take_over")
def _take_over(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = work.connection.execute(select(TASK).where(TASK.c.id == payload["task_id"]).with_for_update()).one_or_none()
    if task is None or task.element_id not in STEPS:
        raise NotFound
    bureau = contact_of(work.connection, unit_with(work.connection, RECOGNITION))
    if bureau.principal not in work.actor.principals:
        raise NotPermitted("只有认定主管部门可以代办。")
    if task.status not in (TaskStatus.OPEN, TaskStatus.CLAIMED):
        raise Gone
    _check(work, task, payload["reason"])
    case = work.case(task.instance_id)
    change_task(work, task, {"principal": bureau.principal, "assignee_id": None, "status": TaskStatus.OPEN.value})
    told = {"element": task.element_id, "task": task.id, "name": task.name, "from": task.unit_id, "to": bureau.unit_id}
    steps.note(
        work, case, EventType.TASK_TRANSFERRED, {**told, "reason": payload["reason"], "in_name_of": task.unit_id}
    )
    return {"id": task.id, "instance_id": task.instance_id}


def _check(work: Work, task: Any, reason: str) -> None:
    first = proxy_from(task.due_on, work.house.calendar)
    if clock.local(work.at).date() < first:
        raise InvalidForm([("reason", f"{chinese_date(first)}起方可代办。")])
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidForm([("reason", f"请写明代办的理由，{SHORTEST_REASON} 至 {LONGEST_REASON} 字。")])
