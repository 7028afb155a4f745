"""Incidents: what was stopped is kept, with all that is needed to do it again, until somebody settles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app import clock
from app.db import table_of
from app.engine import EngineError, ModelFault
from app.errors import ProcessFault
from app.models.process import Incident
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.services.house import House

INCIDENT, TASK, TIMER = table_of(Incident), table_of(UserTask), table_of(Timer)

FAULT, NO_CANDIDATE = "fault", "no_candidate"


@dataclass(frozen=True)
class Wanted:
    """The command that was stopped. actor: a login; key: under which it will be done after all."""

    kind: str
    actor: str
    key: str
    payload: Mapping[str, Any]


def keep(house: House, wanted: Wanted, fault: EngineError) -> ProcessFault:
    """Keep what was to be done, apart from the transaction that failed; what to answer to whom it was promised."""
    element_id = fault.element_id if isinstance(fault, ModelFault) else ""
    with house.database.writing() as connection:
        row = {
            "instance_id": _instance_of(connection, wanted.payload),
            "task_id": wanted.payload.get("task_id"),
            "command_key": wanted.key,
            "kind": FAULT,
            "element_id": element_id,
            "text": str(fault),
            "payload": {"kind": wanted.kind, "actor": wanted.actor, "payload": dict(wanted.payload)},
            "status": "open",
            "at": clock.now(),
        }
        number = connection.execute(INCIDENT.insert().values(row).returning(INCIDENT.c.id)).scalar_one()
    return ProcessFault(reference=f"E-{number:04d}", element_id=element_id)


def nobody_to_do_it(
    connection: Connection, instance_id: str, task_id: str, element_id: str, text: str, at: datetime
) -> None:
    """Within the step that opened a user task for which there is nobody."""
    row = {
        "instance_id": instance_id,
        "task_id": task_id,
        "kind": NO_CANDIDATE,
        "element_id": element_id,
        "text": text,
        "payload": {},
        "at": at,
    }
    connection.execute(INCIDENT.insert(), [row])


def resolve(house: House, incident_id: int) -> None:
    with house.database.writing() as connection:
        where = INCIDENT.c.id == incident_id
        connection.execute(INCIDENT.update().where(where).values(status="resolved", resolved_at=clock.now()))


def _instance_of(connection: Connection, payload: Mapping[str, Any]) -> str | None:
    if "instance_id" in payload:
        return str(payload["instance_id"])
    wanted = select(TASK.c.instance_id).where(TASK.c.id == payload.get("task_id"))
    if "timer_id" in payload:
        wanted = select(TIMER.c.instance_id).where(TIMER.c.task_id == payload["timer_id"])
    found: str | None = connection.execute(wanted).scalar_one_or_none()
    return found
