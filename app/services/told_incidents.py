"""Incidents of instances held against the events that raised and settled them.

Not compared, as no event tells of it: what was to be done again, and the incident of a task for which there was nobody,
until it is settled. The event that opened the task tells of the task alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.ledger.chain import instant
from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.process import Incident, ProcessInstance
from app.services.findings import Finding, Rule
from app.terms import EventType, IncidentKind, IncidentStatus, InstanceStatus

EVENT, PAYLOAD = table_of(EventRow), table_of(EventPayload)
INCIDENT, INSTANCE = table_of(Incident), table_of(ProcessInstance)
ABOUT_INCIDENTS = [type_ for type_ in EventType if type_.value.startswith("incident_")]
NOTHING = (IncidentStatus.OPEN, "", "", None)

Told = tuple[Any, dict[str, Any]]  # the event, and what it says


def incidents(session: Session, now: datetime) -> Iterator[Finding]:
    """Every incident of an instance is as its events say; none is missing, and none was put to rest in silence."""
    told: dict[tuple[str, int], list[Told]] = defaultdict(list)
    erased = set()
    for event in session.execute(_events()):
        if event.body is None:
            erased.add(event.stream)
            continue
        said = orjson.loads(event.body)
        told[event.stream, said["incident"]].append((event, said))
    for row in session.execute(_rows()):
        events = told.pop((row.instance_id, row.id), [])
        if row.instance_id not in erased and (flaw := _flaw(row, events)):
            yield Finding(Rule.INCIDENT, f"incident {row.id} of {row.instance_id}: {flaw}", row.instance_id)
    for stream, number in told:
        yield Finding(Rule.INCIDENT, f"incident {number} of {stream} is gone", stream)


def _flaw(row: Any, events: list[Told]) -> str:
    raised = [one for one in events if one[0].type == EventType.INCIDENT_RAISED]
    if not raised and row.kind != IncidentKind.NO_CANDIDATE:
        return "no event raised it"
    if raised and _raised(raised) != (instant(row.at), row.kind, row.text, row.element_id, row.attempts):
        return "is not as it was raised"
    settled = [one for one in events if "resolution" in one[1]]
    by_row = (row.status, row.resolution, row.resolved_by, row.resolved_at and instant(row.resolved_at))
    if settled and by_row != _settled(settled[-1]):
        return "is not as it was settled"
    if not settled and by_row != NOTHING and row.instance_status == InstanceStatus.ACTIVE:
        return "no event settled it"
    return ""


def _raised(raised: list[Told]) -> tuple[Any, ...]:
    """A retry that failed raises it anew, with a text of its own."""
    (first, _), (_, last) = raised[0], raised[-1]
    return first.at, last["kind"], last["text"], last["element"], len(raised) - 1


def _settled(one: Told) -> tuple[Any, ...]:
    event, said = one
    return IncidentStatus.RESOLVED, said["resolution"], event.actor, event.at


def _events() -> Select[Any]:
    return (
        select(EVENT.c.stream, EVENT.c.type, EVENT.c.actor, EVENT.c.at, PAYLOAD.c.body)
        .join(INSTANCE, INSTANCE.c.id == EVENT.c.stream)
        .outerjoin(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.type.in_(ABOUT_INCIDENTS))
        .order_by(EVENT.c.stream, EVENT.c.seq)
    )


def _rows() -> Select[Any]:
    asked = select(INCIDENT, INSTANCE.c.status.label("instance_status"))
    return asked.join(INSTANCE, INSTANCE.c.id == INCIDENT.c.instance_id).order_by(INCIDENT.c.id)
