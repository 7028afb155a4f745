"""Incidents: listed, read, tried again, skipped; for whoever repairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.resources import Reply, commands, reads, resource, writes
from app.api.shapes import Body, ByNumber, Instant, Listing, Name, Shape, Written, listed
from app.models.process import Incident as Row
from app.queries import incidents
from app.queries.actor import Actor
from app.queries.incidents import Line, Wanted
from app.services import repairs
from app.services.incidents import reference
from app.terms import IncidentKind, IncidentStatus, Resolution
from app.views.context import current_actor, current_house

bp = resource("incidents", "Incidents")


class Search(Listing):
    """Open ones and settled ones alike, where no status is named."""

    status: IncidentStatus | None = None
    error_type: IncidentKind | None = None
    definition_key: Name | None = None


class Incident(Shape):
    """error_message: for operators, English. element_id: where it stopped, empty where that is no element.

    command: what was to be done, such as `complete`; wanted_by: the login of who wanted it, `clock` for a timer.
    attempts: retries that failed.
    """

    id: int
    reference: str
    error_type: IncidentKind
    error_message: str
    status: IncidentStatus
    instance_id: str | None
    definition_key: str | None
    version: int | None
    element_id: str
    user_task_id: str | None
    command: str | None
    wanted_by: str | None
    attempts: int
    created_at: Instant
    resolved_at: Instant | None
    resolved_by: str | None
    resolution: Resolution | None
    reason: str


class IncidentList(Shape):
    items: list[Incident]
    next_cursor: str | None


class IncidentWithVariables(Incident):
    """variables: what had been filled in; null where nothing was, or for an account that does not read the matter."""

    variables: dict[str, Any] | None


class Reason(Body):
    reason: str = Field(min_length=2, max_length=500)


class AtElement(Body):
    definition_key: Name
    version: int = Field(ge=1)
    element_id: Name


class Settled(Shape):
    id: int
    instance_id: str | None


class Failed(Shape):
    id: int
    code: str
    text: str


class Retried(Shape):
    retried: list[int]
    failed: list[Failed]


@bp.get("/incidents", responses=reads(IncidentList))
def list_incidents(query: Search) -> Reply:
    """The newest first."""
    wanted = Wanted(query.status or "", query.error_type or "", query.definition_key or "")
    with current_house().database.reading() as session:
        found = incidents.incidents_page(session, wanted, query.cursor, query.limit)
        return listed(_shapes_of(session, found.items), found.next_cursor)


@bp.get("/incidents/<id>", responses=reads(IncidentWithVariables))
def get_incident(path: ByNumber) -> Reply:
    """One incident with what had been filled in."""
    with current_house().database.reading() as session:
        line = incidents.incident_line(session, path.id)
        variables = _variables(current_actor(), line.incident)
        return IncidentWithVariables(**_shape(line).model_dump(), variables=variables).as_json()


@bp.post("/incidents/<id>/retry", responses=commands(Settled))
def retry_incident(path: ByNumber, header: Written) -> Reply:
    """Carry out what was stopped, in the name of who wanted it; 202 when it meets a fault again."""
    return repairs.retry(current_house(), current_actor(), path.id, key=header.key)


@bp.post("/incidents/<id>/repair", responses=commands(Settled))
def repair_incident(path: ByNumber, header: Written) -> Reply:
    """Make a damaged state again from the instance's record; the incident stays open for its retry."""
    return repairs.repair(current_house(), current_actor(), path.id, key=header.key)


@bp.post("/incidents/<id>/skip", responses=commands(Settled))
def skip_incident(path: ByNumber, header: Written, body: Reason) -> Reply:
    """Leave undone what was stopped; a form goes back to its author as a draft."""
    return repairs.skip(current_house(), current_actor(), path.id, body.reason, key=header.key)


@bp.post("/incidents/retry", responses=writes(Retried))
def retry_incidents(header: Written, body: AtElement) -> Reply:
    """All open ones of one element of one version, each for itself, after their cause was mended."""
    house = current_house()
    with house.database.reading() as session:
        definition_id = incidents.version_id(session, body.definition_key, body.version)
    return repairs.retry_all(house, current_actor(), definition_id, body.element_id, key=header.key)


def _variables(actor: Actor, incident: Row) -> dict[str, Any] | None:
    payload = incident.payload.get("payload", {})
    found = payload.get("answers", payload.get("variables"))
    return dict(found) if actor.reads_all and found is not None else None


def _shapes_of(session: Session, rows: Iterable[Row]) -> list[Incident]:
    return [_shape(line) for line in incidents.lines(session, list(rows))]


def _shape(line: Line) -> Incident:
    row, definition = line.incident, line.definition
    return Incident(
        id=row.id,
        reference=reference(row.id),
        error_type=IncidentKind(row.kind),
        error_message=row.text,
        status=IncidentStatus(row.status),
        instance_id=row.instance_id,
        definition_key=definition.key if definition else None,
        version=definition.version if definition else None,
        element_id=row.element_id,
        user_task_id=row.task_id if row.kind in (IncidentKind.FAULT, IncidentKind.NO_CANDIDATE) else None,
        command=row.payload.get("kind"),
        wanted_by=row.payload.get("actor"),
        attempts=row.attempts,
        created_at=row.at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by or None,
        resolution=Resolution(row.resolution) if row.resolution else None,
        reason=row.reason,
    )
