"""One event as its receipt tells of it: who did what when on whose behalf; for who may see the user task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.ledger.chain import Event, instant
from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.events import told_in
from app.queries.sight import own_part, seen_instance, seen_task
from app.terms import EventType, TaskStatus


@dataclass(frozen=True)
class Receipted:
    """title: of the matter; step: what was done, by the name of the user task. actor, behalf: name and unit.

    is_by_person: not by the clock or the system.
    """

    event: Event
    hash: str
    at: datetime
    title: str
    step: str
    actor: str
    behalf: str
    is_by_person: bool
    task_id: str | None


def receipted(session: Session, actor: Actor, instance_id: str, seq: int) -> Receipted:
    """Raises NotFound, also for an event of a matter that is not the actor's to see."""
    row = session.get(EventRow, (instance_id, seq))
    if row is None:
        raise NotFound
    told = _told(session, instance_id, seq)
    instance, task = _seen(session, actor, instance_id, told.get("task"))
    names = _names(session, {row.actor, row.on_behalf_of})
    return Receipted(
        event=event_of(row),
        hash=row.hash,
        at=datetime.fromisoformat(row.at),
        title=task.title if task else instance.title,
        step=_step(row.type, told),
        actor=names.get(row.actor, row.actor or ""),
        behalf=names.get(row.on_behalf_of, row.on_behalf_of or ""),
        is_by_person=row.actor in names,
        task_id=task.id if task else None,
    )


@dataclass(frozen=True)
class Said:
    """What an event says of itself, without what it is about."""

    what: str
    actor: str
    behalf: str
    at: datetime


def said_by(session: Session, event: Event) -> Said:
    """Of an event that is ours."""
    names = _names(session, {event.actor, event.on_behalf_of})
    return Said(
        what=_step(event.type, {}),
        actor=names.get(event.actor, event.actor or ""),
        behalf=names.get(event.on_behalf_of, event.on_behalf_of or ""),
        at=datetime.fromisoformat(event.at),
    )


def event_of(row: EventRow) -> Event:
    return Event(
        **{name: getattr(row, name) for name in Event.__dataclass_fields__ if name != "attachments"},
        attachments=tuple(row.attachments),
    )


def seq_of_task(session: Session, actor: Actor, task_id: str) -> tuple[str, int]:
    """The event that completed the task. Raises NotFound where it is open, or was closed by no one's hand."""
    task = seen_task(session, actor, task_id)
    if task.status != TaskStatus.COMPLETED or task.completed_at is None:
        raise NotFound
    asked = (
        select(EventRow.seq, EventPayload.body)
        .join(EventPayload, PAYLOAD_OF_EVENT)
        .where(EventRow.stream == task.instance_id, EventRow.at == instant(task.completed_at))
        .order_by(EventRow.seq)
    )
    for seq, body in session.execute(asked):
        if told_in(body).get("task") == task_id:
            return task.instance_id, seq
    raise NotFound


def _seen(session: Session, actor: Actor, instance_id: str, task_id: Any) -> tuple[ProcessInstance, UserTask | None]:
    """What the event is about. Of an outsider's matter only her own part; of what names no task nothing."""
    if isinstance(task_id, str):
        task = seen_task(session, actor, task_id)
        is_hers = task.instance_id == instance_id
        if not is_hers or (actor.is_outsider and task_id not in own_part(session, actor, instance_id)):
            raise NotFound
        return session.get_one(ProcessInstance, instance_id), task
    if actor.is_outsider:
        raise NotFound
    return seen_instance(session, actor, instance_id), None


def _told(session: Session, stream: str, seq: int) -> dict[str, Any]:
    """What the event says; nothing where that was erased."""
    payload = session.get(EventPayload, (stream, seq))
    return told_in(payload.body if payload is not None else None)


def _step(type_: str, told: Mapping[str, Any]) -> str:
    name = told.get("name", "")
    if type_ == EventType.TASK_COMPLETED and name:
        return str(name)
    label = EventType(type_).label if type_ in set(EventType) else type_
    return f"{label}：{name}" if name else label


def _names(session: Session, logins: set[str | None]) -> dict[str | None, str]:
    """市工信局 陈晓岚, of those that are accounts."""
    asked = (
        select(Person.login, Person.name, Unit.short_name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.login.in_([login for login in logins if login]))
    )
    return {login: f"{unit} {name}" for login, name, unit in session.execute(asked)}
