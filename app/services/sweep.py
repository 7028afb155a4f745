"""The hourly look at what nobody would notice: instances that nothing moves, and incidents whose cause has gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, exists, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.models.process import Incident, ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import CLOCK
from app.queries.candidates import people_of
from app.queries.stuck import is_stuck, stuck_instances
from app.services import incidents
from app.services.house import House
from app.services.incidents import Found, Settlement
from app.terms import IncidentKind, IncidentStatus, Resolution

INCIDENT, TASK = table_of(Incident), table_of(UserTask)


def keep_stuck(house: House) -> list[str]:
    """Each instance that waits for nothing that can come becomes an incident, once; which."""
    with house.database.reading() as session:
        suspects = list(session.scalars(stuck_instances()))
    return [id_ for id_ in suspects if _keep(house, id_)]


def settle_gone(house: House) -> int:
    """Close incidents whose cause has gone without anybody acting on them; how many."""
    by_the_clock = Settlement(Resolution.GONE, CLOCK.login, "", clock.now())
    with house.database.writing() as connection:
        settled = incidents.close_of_ended(connection, by_the_clock)
    with house.database.reading() as session:
        gone = [row.id for row in session.execute(_without_candidate()) if _is_gone(session, row)]
    for id_ in gone:
        with house.database.writing() as connection:
            settled += _settle(connection, id_)
    return settled


def _keep(house: House, instance_id: str) -> bool:
    """Looked at again in the transaction that keeps it, under the instance's lock: a command may have come between."""
    with house.database.writing() as connection:
        locked = select(ProcessInstance.id).where(ProcessInstance.id == instance_id).with_for_update()
        connection.execute(locked)
        asked = exists().where(ProcessInstance.id == instance_id, *is_stuck())
        if not connection.execute(select(asked)).scalar_one():
            return False
        text = "nothing is left that could move this instance"
        found = Found(IncidentKind.STUCK, f"stuck:{instance_id}", text, instance_id=instance_id)
        incidents.raise_(connection, found, clock.now())
        return True


def _without_candidate() -> Select[Any]:
    return (
        select(INCIDENT.c.id, TASK.c.principal, TASK.c.assignee_id, TASK.c.completed_at)
        .outerjoin(TASK, TASK.c.id == INCIDENT.c.task_id)
        .where(INCIDENT.c.kind == IncidentKind.NO_CANDIDATE, INCIDENT.c.status == IncidentStatus.OPEN)
    )


def _is_gone(session: Session, row: Row[Any]) -> bool:
    """The task is closed or claimed, or somebody is there by now."""
    if row.principal is None or row.completed_at is not None or row.assignee_id is not None:
        return True
    return bool(people_of(session, [row.principal], clock.today()))


def _settle(connection: Connection, incident_id: int) -> bool:
    where = (INCIDENT.c.id == incident_id, INCIDENT.c.status == IncidentStatus.OPEN)
    incident = connection.execute(select(INCIDENT).where(*where)).one_or_none()
    if incident is None:
        return False
    settlement = Settlement(Resolution.GONE, CLOCK.login, f"incident:{incident_id}", clock.now())
    incidents.settle(connection, incident, settlement, {})
    return True
