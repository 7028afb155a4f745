"""Incidents as a list and one by one, with the instance each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from app.errors import NotFound
from app.models.process import Incident, ProcessDefinition, ProcessInstance
from app.queries.paging import Descending, Page, page
from app.terms import IncidentStatus, Role

MAY_REPAIR = (Role.OFFICE, Role.SYSTEM_ADMIN)


@dataclass(frozen=True)
class Wanted:
    """Empty means all."""

    status: str = IncidentStatus.OPEN
    kind: str = ""
    definition_key: str = ""


@dataclass(frozen=True)
class Line:
    """instance, definition: None for what was stopped before there was an instance."""

    incident: Incident
    instance: ProcessInstance | None
    definition: ProcessDefinition | None


def incidents_page(session: Session, wanted: Wanted, cursor: str | None = None, limit: int = 50) -> Page[Incident]:
    """The newest first."""
    asked = select(Incident)
    if wanted.status:
        asked = asked.where(Incident.status == wanted.status)
    if wanted.kind:
        asked = asked.where(Incident.kind == wanted.kind)
    if wanted.definition_key:
        asked = asked.join(ProcessInstance, ProcessInstance.id == Incident.instance_id).where(
            ProcessInstance.definition_key == wanted.definition_key
        )
    return page(session, asked, [Descending(Incident.id)], cursor, limit, counts=True)


def lines(session: Session, incidents: Sequence[Incident]) -> list[Line]:
    """In the same order."""
    ids = {incident.instance_id for incident in incidents if incident.instance_id}
    rows = session.scalars(
        select(ProcessInstance).options(defer(ProcessInstance.state)).where(ProcessInstance.id.in_(ids))
    )
    instances = {row.id: row for row in rows}
    wanted = {row.definition_id for row in instances.values()}
    asked = select(ProcessDefinition).options(defer(ProcessDefinition.sources)).where(ProcessDefinition.id.in_(wanted))
    definitions = {row.id: row for row in session.scalars(asked)}
    found = []
    for incident in incidents:
        instance = instances.get(incident.instance_id or "")
        found.append(Line(incident, instance, definitions[instance.definition_id] if instance else None))
    return found


def incident_line(session: Session, incident_id: int) -> Line:
    """Raises NotFound."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    return lines(session, [incident])[0]


def count_open(session: Session) -> int:
    where = Incident.status == IncidentStatus.OPEN
    return session.scalar(select(func.count()).select_from(Incident).where(where)) or 0


def open_at_element(session: Session, definition_id: int, element_id: str) -> list[int]:
    """Of instances that now run by this version, the oldest first."""
    return list(
        session.scalars(
            select(Incident.id)
            .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
            .where(
                ProcessInstance.definition_id == definition_id,
                Incident.element_id == element_id,
                Incident.status == IncidentStatus.OPEN,
            )
            .order_by(Incident.id)
        )
    )


def version_id(session: Session, definition_key: str, version: int) -> int:
    """The row id of a version of a process. Raises NotFound."""
    where = (ProcessDefinition.key == definition_key, ProcessDefinition.version == version)
    found = session.scalar(select(ProcessDefinition.id).where(*where))
    if found is None:
        raise NotFound
    return found


def processes_with_incidents(session: Session) -> Sequence[tuple[str, str]]:
    """Key and name, for the filter."""
    rows = session.execute(
        select(ProcessInstance.definition_key, func.max(ProcessDefinition.name))
        .join(Incident, Incident.instance_id == ProcessInstance.id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .group_by(ProcessInstance.definition_key)
        .order_by(ProcessInstance.definition_key)
    )
    return [(key, name) for key, name in rows]


def open_of_instance(session: Session, instance_id: str) -> Sequence[Incident]:
    where = (Incident.instance_id == instance_id, Incident.status == IncidentStatus.OPEN)
    return session.scalars(select(Incident).where(*where).order_by(Incident.id)).all()
