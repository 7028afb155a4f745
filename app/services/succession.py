"""Open user tasks when those who had them are no longer there: to the unit that follows, or back to the group.

The draft stays with the task, so whoever goes on finds what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import table_of
from app.errors import NotFound
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import Actor
from app.services import steps
from app.services.assignment import present_unit
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.projections import change_task
from app.services.work import Work
from app.terms import EventType, TaskStatus

TASK = table_of(UserTask)


def move_to_successor(house: House, actor: Actor, unit_id: str) -> int:
    """Give the open tasks of a merged unit to the unit that follows it; how many."""
    return _each(house, actor, "move_to_successor", TASK.c.principal.in_((f"contact:{unit_id}", f"head:{unit_id}")))


def give_back(house: House, actor: Actor, person_id: int) -> int:
    """Put the tasks that a person has claimed back into their groups' inboxes; how many."""
    return _each(house, actor, "give_back", TASK.c.assignee_id == person_id)


def _each(house: House, actor: Actor, kind: str, which: Any) -> int:
    with house.database.reading() as session:
        ids = list(session.execute(select(TASK.c.id).where(IS_OPEN, which)).scalars())
    for id_ in ids:
        key = f"{kind}:{id_}:{clock.system_now().isoformat()}"
        run(house, actor, Command(kind, key, {"task_id": id_}))
    return len(ids)


@handles("move_to_successor")
def _move(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = _locked(work, payload["task_id"])
    successor = present_unit(work.connection, task.unit_id)
    inbox = task.principal.partition(":")[0]
    changes = {"unit_id": successor, "principal": f"{inbox}:{successor}"}
    return _change(work, task, changes, EventType.TASK_TRANSFERRED, {"from": task.unit_id, "to": successor})


@handles("give_back")
def _give_back(work: Work, payload: Mapping[str, Any]) -> Answer:
    return _change(work, _locked(work, payload["task_id"]), {}, EventType.TASK_UNCLAIMED, {})


def _locked(work: Work, task_id: str) -> Any:
    task = work.connection.execute(select(TASK).where(TASK.c.id == task_id, IS_OPEN).with_for_update()).one_or_none()
    if task is None:
        raise NotFound
    return task


def _change(work: Work, task: Any, changes: Mapping[str, Any], type_: EventType, told: Mapping[str, Any]) -> Answer:
    case = work.case(task.instance_id)
    change_task(work, task, {**changes, "assignee_id": None, "delegated_by_id": None, "status": TaskStatus.OPEN.value})
    steps.note(work, case, type_, {"element": task.element_id, "task": task.id, "name": task.name, **told})
    return {"id": task.id, "instance_id": task.instance_id}
