"""Incidents: what was stopped is kept, with all that is needed to do it again, until somebody settles it.

Keeping one and settling it are events of the instance's chain. They are written without the engine and without reading
the drawing, as either may be what is broken. What one may do with an incident is in repairs.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import table_of
from app.engine import EngineError, ModelFault
from app.errors import ProcessFault
from app.models.process import Incident, ProcessDefinition, ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.queries.actor import SYSTEM
from app.services import history
from app.services.alarms import tell_repairers
from app.services.house import House
from app.terms import EventType, IncidentKind, IncidentStatus, InstanceStatus, Resolution

INCIDENT, INSTANCE, DEFINITION = table_of(Incident), table_of(ProcessInstance), table_of(ProcessDefinition)
TASK, TIMER, SUBSCRIPTION = table_of(UserTask), table_of(Timer), table_of(Subscription)

AT_INCIDENT = "incident_id"  # in the payload of a command that settles one


@dataclass(frozen=True)
class Wanted:
    """The command that was stopped. actor: a login; key: under which it will be done after all."""

    kind: str
    actor: str
    key: str
    payload: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "actor": self.actor, "payload": dict(self.payload)}


@dataclass(frozen=True)
class Found:
    """What is to be kept. about: what it is about, of which one incident at most is open. text: for operators."""

    kind: IncidentKind
    about: str
    text: str
    instance_id: str | None = None
    task_id: str | None = None
    element_id: str = ""
    command_key: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Settlement:
    """How an incident ends. by: a login; reason: in her words."""

    how: Resolution
    by: str
    command_key: str
    at: datetime
    reason: str = ""


SAID_BY: Mapping[Resolution, EventType] = {
    Resolution.RETRIED: EventType.INCIDENT_RETRIED,
    Resolution.SKIPPED: EventType.INCIDENT_SKIPPED,
    Resolution.ASSIGNED: EventType.INCIDENT_ASSIGNED,
    Resolution.CANCELLED: EventType.INCIDENT_SETTLED,
    Resolution.GONE: EventType.INCIDENT_SETTLED,
}


def reference(number: int) -> str:
    """E-0001: what a person reads out over the telephone."""
    return f"E-{number:04d}"


def keep(house: House, wanted: Wanted, fault: Exception) -> ProcessFault:
    """Keep what was to be done, apart from the transaction that failed; what to answer to whoever wanted it."""
    element_id = fault.element_id if isinstance(fault, ModelFault) else ""
    text = str(fault) if isinstance(fault, EngineError) else f"{type(fault).__name__}: {fault}"
    with house.database.writing() as connection:
        if AT_INCIDENT in wanted.payload:
            number = wanted.payload[AT_INCIDENT]
            _failed_again(connection, number, text, element_id)
        else:
            number = raise_(connection, _stopped(connection, wanted, text, element_id), clock.now())
    return ProcessFault(reference=reference(number), element_id=element_id)


def raise_(connection: Connection, found: Found, at: datetime) -> int:
    """Keep an incident, unless one about the same is open; its number."""
    head = _locked_head(connection, found.instance_id)
    open_one = select(INCIDENT.c.id).where(INCIDENT.c.about == found.about, INCIDENT.c.status == IncidentStatus.OPEN)
    known: int | None = connection.execute(open_one).scalar_one_or_none()
    if known is not None:
        return known
    row = {**vars(found), "payload": dict(found.payload), "at": at}
    try:
        with connection.begin_nested():
            number = connection.execute(INCIDENT.insert().values(row).returning(INCIDENT.c.id)).scalar_one()
    except IntegrityError:  # another one was quicker
        return connection.execute(open_one).scalar_one()
    told = {"element": found.element_id, "incident": number, "kind": found.kind.value, "text": found.text}
    _write(connection, head, _raised(number, told, at))
    tell_repairers(connection, found.kind, found.instance_id, at)
    return int(number)


def nobody_to_do_it(
    connection: Connection, instance_id: str, task_id: str, element_id: str, text: str, at: datetime
) -> None:
    """Within the step that opened a user task for which there is nobody; its event tells of the task."""
    row = {
        "instance_id": instance_id,
        "task_id": task_id,
        "kind": IncidentKind.NO_CANDIDATE,
        "about": f"task:{task_id}",
        "element_id": element_id,
        "text": text,
        "payload": {},
        "at": at,
    }
    connection.execute(INCIDENT.insert(), [row])
    tell_repairers(connection, IncidentKind.NO_CANDIDATE, instance_id, at)


def settle(connection: Connection, incident: Row[Any], settlement: Settlement, told: Mapping[str, Any]) -> None:
    """Close an open incident and say so in the chain it belongs to. told: what else the event says."""
    close(connection, incident.id, settlement)
    body = {
        "element": incident.element_id,
        "incident": incident.id,
        "kind": incident.kind,
        "resolution": settlement.how.value,
        "reason": settlement.reason,
        **told,
    }
    happening = history.Happening(SAID_BY[settlement.how], settlement.by, settlement.at, settlement.command_key, body)
    head = _locked_head(connection, told.get("instance") or incident.instance_id)
    if head is None:
        history.append_administration(connection, happening)
    else:
        _write(connection, head, happening)


def tell(connection: Connection, incident: Row[Any], type_: EventType, by: str, command_key: str, at: datetime) -> None:
    """Write an act on an incident of an instance that leaves it open."""
    told = {"element": incident.element_id, "incident": incident.id, "kind": incident.kind}
    _write(
        connection, _locked_head(connection, incident.instance_id), history.Happening(type_, by, at, command_key, told)
    )


def close(connection: Connection, incident_id: int, settlement: Settlement) -> bool:
    """Whether it was open until now."""
    values = {
        "status": IncidentStatus.RESOLVED,
        "resolution": settlement.how,
        "resolved_at": settlement.at,
        "resolved_by": settlement.by,
        "reason": settlement.reason,
    }
    where = (INCIDENT.c.id == incident_id, INCIDENT.c.status == IncidentStatus.OPEN)
    return connection.execute(INCIDENT.update().where(*where).values(values)).rowcount == 1


def close_of_ended(connection: Connection, settlement: Settlement) -> int:
    """Where an instance has ended, nothing of it can be done again; its last event says why it did. How many."""
    has_ended = select(INSTANCE.c.id).where(
        INSTANCE.c.id == INCIDENT.c.instance_id, INSTANCE.c.status != InstanceStatus.ACTIVE
    )
    where = (INCIDENT.c.status == IncidentStatus.OPEN, has_ended.exists())
    ids = connection.execute(select(INCIDENT.c.id).where(*where)).scalars().all()
    return sum(close(connection, id_, settlement) for id_ in ids)


def _stopped(connection: Connection, wanted: Wanted, text: str, element_id: str) -> Found:
    payload = wanted.payload
    return Found(
        IncidentKind.FAULT,
        about=f"{wanted.actor}:{wanted.key}",
        text=text,
        instance_id=_instance_of(connection, payload),
        task_id=payload.get("task_id"),
        element_id=element_id,
        command_key=wanted.key,
        payload=wanted.as_json(),
    )


def _instance_of(connection: Connection, payload: Mapping[str, Any]) -> str | None:
    if payload.get("instance_id"):
        return str(payload["instance_id"])
    wanted = select(TASK.c.instance_id).where(TASK.c.id == payload.get("task_id"))
    if "timer_id" in payload:
        wanted = select(TIMER.c.instance_id).where(TIMER.c.task_id == payload["timer_id"])
    if "correlation" in payload:
        where = (SUBSCRIPTION.c.message == payload["name"], SUBSCRIPTION.c.key == payload["correlation"])
        wanted = select(SUBSCRIPTION.c.instance_id).where(*where).limit(1)
    found: str | None = connection.execute(wanted).scalar_one_or_none()
    return found


def _failed_again(connection: Connection, number: int, text: str, element_id: str) -> None:
    """A retry met a fault: the incident stays open and says how often it was tried."""
    wanted = select(INCIDENT).where(INCIDENT.c.id == number, INCIDENT.c.status == IncidentStatus.OPEN)
    incident = connection.execute(wanted).one_or_none()
    if incident is None:
        return
    stream = _locked_head(connection, incident.instance_id)
    values = {"attempts": INCIDENT.c.attempts + 1, "text": text, "element_id": element_id}
    connection.execute(INCIDENT.update().where(INCIDENT.c.id == number).values(values))
    told = {"element": element_id, "incident": number, "kind": incident.kind, "text": text}
    _write(connection, stream, _raised(number, told, clock.now()))


def _raised(number: int, told: Mapping[str, Any], at: datetime) -> history.Happening:
    return history.Happening(EventType.INCIDENT_RAISED, SYSTEM.login, at, f"incident:{number}", told)


@dataclass(frozen=True)
class _Stream:
    """The end of an instance's chain, under its lock."""

    instance_id: str
    head: history.Head
    definition_hash: str


def _locked_head(connection: Connection, instance_id: str | None) -> _Stream | None:
    """None for what belongs to no instance."""
    row = connection.execute(
        select(INSTANCE.c.head_seq, INSTANCE.c.head_hash, DEFINITION.c.hash)
        .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
        .where(INSTANCE.c.id == instance_id)
        .with_for_update(of=INSTANCE)
    ).one_or_none()
    return None if row is None or instance_id is None else _Stream(instance_id, history.Head(*row[:2]), row.hash)


def _write(connection: Connection, stream: _Stream | None, happening: history.Happening) -> None:
    if stream is None:
        return
    sealed = history.Happening(**{**vars(happening), "definition_hash": stream.definition_hash})
    head = history.append(connection, stream.instance_id, stream.head, sealed)
    where = INSTANCE.c.id == stream.instance_id
    connection.execute(INSTANCE.update().where(where).values(head_seq=head.seq, head_hash=head.hash))
