"""What one may do with an incident."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, NotPermitted
from app.models.process import Incident
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.candidates import people_of
from app.services import incidents
from app.services.commands import Answer, Command, run
from app.services.house import House


def retry(house: House, incident_id: int, actor_of_login: Callable[[str], Actor | None]) -> Answer:
    """Carry out again what an incident stopped, as the person who wanted it and under the same key. Raises AppError.

    An incident about a missing person is resolved when somebody is there by now.
    """
    with house.database.reading() as session:
        incident = session.get(Incident, incident_id)
        if incident is None or incident.status != "open":
            raise NotFound
        if incident.kind == incidents.NO_CANDIDATE:
            _require_candidate(session, incident)
            incidents.resolve(house, incident_id)
            return {"instance_id": incident.instance_id}
        wanted = incident.payload
    actor = actor_of_login(wanted["actor"])
    if actor is None:
        raise NotFound
    incidents.resolve(house, incident_id)
    return run(house, actor, Command(wanted["kind"], incident.command_key, wanted["payload"]))


def _require_candidate(session: Session, incident: Incident) -> None:
    """Raises NotPermitted while there is still nobody who could do the task."""
    task = session.get(UserTask, incident.task_id)
    if task is not None and not people_of(session, [task.principal], clock.today()):
        raise NotPermitted(incident.text)
