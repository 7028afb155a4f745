"""A package that waits for its specialist follows the pairing: whoever serves the enterprise now has it, draft kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, String, cast, literal, select

from app import clock
from app.db import table_of
from app.models.pairing import Pairing
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import CLOCK
from app.services import steps
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.projections import change_task
from app.services.work import Work
from app.terms import EventType, TaskStatus

TASK, INSTANCE, PAIRING = table_of(UserTask), table_of(ProcessInstance), table_of(Pairing)
STEP = "confirm_package"
SERVICE = "service"
OPENED = {"assignee_id": None, "delegated_by_id": None, "status": TaskStatus.OPEN.value}


def follow_pairings(house: House) -> int:
    """Move every open task of a package that lies with somebody else than the specialist of today; how many."""
    with house.database.reading() as session:
        rows = session.execute(_misplaced().with_only_columns(TASK.c.id, PAIRING.c.person_id)).all()
    for row in rows:
        key = f"follow_pairing:{row.id}:{row.person_id}:{clock.system_now().isoformat()}"
        run(house, CLOCK, Command("follow_pairing", key, {"task_id": row.id}))
    return len(rows)


@handles("follow_pairing")
def _follow(work: Work, payload: Mapping[str, Any]) -> Answer:
    """Looked at again under the task's lock: it may have been completed, or have followed already."""
    wanted = _misplaced().where(TASK.c.id == payload["task_id"]).with_only_columns(TASK, PAIRING.c.person_id)
    found = work.connection.execute(wanted.with_for_update(of=TASK)).one_or_none()
    if found is None:
        return {"moved": 0}
    task = work.connection.execute(select(TASK).where(TASK.c.id == payload["task_id"])).one()
    case = work.case(task.instance_id)
    principal = f"person:{found.person_id}"
    change_task(work, task, {**OPENED, "principal": principal})
    about = {"element": task.element_id, "task": task.id, "name": task.name}
    told = {"from": task.principal, "to": principal, "reason": "服务专员已变更"}
    steps.note(work, case, EventType.TASK_TRANSFERRED, {**about, **told})
    return {"moved": 1}


def _misplaced() -> Select[Any]:
    holder = literal("person:") + cast(PAIRING.c.person_id, String)
    return (
        select(TASK.c.id)
        .join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
        .join(PAIRING, PAIRING.c.enterprise_id == INSTANCE.c.enterprise_id)
        .where(TASK.c.element_id == STEP, IS_OPEN, TASK.c.principal != holder)
        .where(PAIRING.c.kind == SERVICE, PAIRING.c.to_on.is_(None))
    )
