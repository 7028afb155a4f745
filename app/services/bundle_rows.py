"""What a bundle holds beside the events, read row by row: the tables as docs/ledger.md names them, keys and proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.ledger.bundle import Contents, Placed
from app.ledger.chain import instant
from app.ledger.note import base64_of
from app.models.command import CommandRow
from app.models.event import EventRow
from app.models.ledger import LEAF_OF_EVENT, LedgerCheckpoint, LedgerHolding, LedgerLeaf, LedgerRotation, LedgerWitness
from app.models.outbox import OutboxRow
from app.models.person import Person
from app.models.process import Incident, ProcessDefinition, ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.services import audit
from app.services.log_tree import Log, log_of, tree_of
from app.terms import IncidentStatus

EVENT, LEAF, COMMAND, EFFECT = (table_of(model) for model in (EventRow, LedgerLeaf, CommandRow, OutboxRow))
INSTANCE, DEFINITION, TASK = (table_of(model) for model in (ProcessInstance, ProcessDefinition, UserTask))
TIMER, SUBSCRIPTION, INCIDENT, PERSON = (table_of(model) for model in (Timer, Subscription, Incident, Person))
CHECKPOINT, HOLDING = table_of(LedgerCheckpoint), table_of(LedgerHolding)
ROTATION, WITNESS = table_of(LedgerRotation), table_of(LedgerWitness)
LENGTH_OF_ID = 36

Rows = Iterator[dict[str, Any]]


def contents(session: Session, instance_id: str | None, made_at: datetime) -> Contents:
    """Of one instance or, for None, of everything; nothing is read before it is asked for, and never all at once."""
    log = log_of(session.connection())
    rows = {name: _each(session, asked(instance_id)) for name, asked in TABLES.items()}
    sealing: dict[str, Iterable[Mapping[str, Any]]] = {
        "checkpoints.jsonl": _checkpoints(session, instance_id),
        "proofs.jsonl": _proofs(session, instance_id, log),
        "keys.jsonl": _keys(session, log),
    }
    origin = log.origin if log is not None else None
    events = _events(session, instance_id)
    return Contents(instant(made_at), instance_id or "all", origin, events, sealing | rows)


def _each(session: Session, asked: Select[Any]) -> Rows:
    """The rows under the names of their columns, instants as the ledger writes them."""
    for row in _read(session, asked):
        yield {name: _plain(value) for name, value in row._mapping.items()}


def _read(session: Session, asked: Select[Any]) -> Iterator[Any]:
    """The rows, never all at once. A download that breaks off before the last one leaves no cursor open."""
    with session.execute(asked, execution_options={"yield_per": audit.BATCH}) as rows:
        yield from rows


def _plain(value: Any) -> Any:
    return instant(value) if isinstance(value, datetime) else value


# --- the log ------------------------------------------------------------------------------------------------------


def _events(session: Session, instance_id: str | None) -> Iterator[Placed]:
    asked = audit.stored(instance_id).add_columns(LEAF.c.index.label("place")).outerjoin(LEAF, LEAF_OF_EVENT)
    for row in _read(session, asked):
        yield Placed(audit.sealed(row), row.place)


def _checkpoints(session: Session, instance_id: str | None) -> Rows:
    """All of them, or for one instance the newest."""
    cosigned: dict[int, list[str]] = {}
    holdings = select(HOLDING.c.size, HOLDING.c.line).where(HOLDING.c.line != "").order_by(HOLDING.c.size)
    asked = select(CHECKPOINT.c.size, CHECKPOINT.c.note).order_by(CHECKPOINT.c.size)
    if instance_id is not None:
        newest = select(func.max(CHECKPOINT.c.size)).scalar_subquery()
        asked, holdings = asked.where(CHECKPOINT.c.size == newest), holdings.where(HOLDING.c.size == newest)
    for holding in session.execute(holdings.order_by(HOLDING.c.holder)):
        cosigned.setdefault(holding.size, []).append(holding.line.strip())
    for row in _read(session, asked):
        yield {"size": row.size, "note": row.note, "cosignatures": cosigned.get(row.size, [])}


def _proofs(session: Session, instance_id: str | None, log: Log | None) -> Rows:
    """For one instance, that each of its events is in the newest checkpoint."""
    size = session.scalar(select(func.max(CHECKPOINT.c.size)))
    if instance_id is None or log is None or size is None:
        return
    tree = tree_of(session.connection(), log)
    asked = select(LEAF.c.index, LEAF.c.seq).where(LEAF.c.stream == instance_id, LEAF.c.index < size)
    for index, seq in session.execute(asked.order_by(LEAF.c.seq)).all():
        proof = [base64_of(step) for step in tree.inclusion(index, size)]
        yield {"stream": instance_id, "seq": seq, "index": index, "proof": proof}


def _keys(session: Session, log: Log | None) -> Rows:
    if log is None or not log.vkey:
        return
    yield {"kind": "first", "vkey": log.vkey}
    for note in session.scalars(select(ROTATION.c.note).order_by(ROTATION.c.number)):
        yield {"kind": "rotation", "note": note}
    for vkey in session.scalars(select(WITNESS.c.vkey).order_by(WITNESS.c.name)):
        yield {"kind": "witness", "vkey": vkey}


# --- the tables ---------------------------------------------------------------------------------------------------


def _commands(instance_id: str | None) -> Select[Any]:
    """Of one instance those that its events name; looked for there, as their table knows no instances."""
    columns = (COMMAND.c.actor, COMMAND.c.key, COMMAND.c.kind, COMMAND.c.instance_id.label("instance"), COMMAND.c.at)
    asked = select(*columns).order_by(COMMAND.c.actor, COMMAND.c.key)
    if instance_id is None:
        return asked
    is_named = and_(EVENT.c.actor == COMMAND.c.actor, EVENT.c.command_key == COMMAND.c.key)
    return asked.distinct().join(EVENT, is_named).where(EVENT.c.stream == instance_id)


def _effects(instance_id: str | None) -> Select[Any]:
    asked = select(
        EFFECT.c.effect_key.label("key"), EFFECT.c.kind, EFFECT.c.status, EFFECT.c.next_at, EFFECT.c.lease_until
    ).order_by(EFFECT.c.effect_key)
    if instance_id is None:
        return asked
    is_its = func.substr(EFFECT.c.effect_key, 1, LENGTH_OF_ID + 1) == f"{instance_id}:"
    return asked.where(or_(is_its, EFFECT.c.payload["instance_id"].as_string() == instance_id))


def _instances(instance_id: str | None) -> Select[Any]:
    asked = (
        select(
            INSTANCE.c.id,
            INSTANCE.c.definition_key,
            DEFINITION.c.hash.label("definition_hash"),
            INSTANCE.c.business_key,
            INSTANCE.c.parent_id.label("parent"),
            *(INSTANCE.c[name] for name in ("status", "version", "head_seq", "head_hash", "ended_at")),
        )
        .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
        .order_by(INSTANCE.c.id)
    )
    return asked if instance_id is None else asked.where(INSTANCE.c.id == instance_id)


def _user_tasks(instance_id: str | None) -> Select[Any]:
    asked = (
        select(
            TASK.c.id,
            TASK.c.instance_id.label("instance"),
            TASK.c.element_id.label("element"),
            TASK.c.status,
            TASK.c.unit_id.label("unit"),
            TASK.c.due_on,
            PERSON.c.login.label("completed_by"),
            TASK.c.completed_at,
        )
        .outerjoin(PERSON, PERSON.c.id == TASK.c.completed_by_id)
        .order_by(TASK.c.id)
    )
    return asked if instance_id is None else asked.where(TASK.c.instance_id == instance_id)


def _timers(instance_id: str | None) -> Select[Any]:
    asked = select(
        TIMER.c.task_id.label("task"),
        TIMER.c.instance_id.label("instance"),
        TIMER.c.element_id.label("element"),
        TIMER.c.due_at,
        TIMER.c.status,
        TIMER.c.lease_until,
    ).order_by(TIMER.c.task_id)
    return asked if instance_id is None else asked.where(TIMER.c.instance_id == instance_id)


def _subscriptions(instance_id: str | None) -> Select[Any]:
    asked = select(
        SUBSCRIPTION.c.task_id.label("task"),
        SUBSCRIPTION.c.instance_id.label("instance"),
        SUBSCRIPTION.c.element_id.label("element"),
        SUBSCRIPTION.c.message,
        SUBSCRIPTION.c.key,
    ).order_by(SUBSCRIPTION.c.task_id)
    return asked if instance_id is None else asked.where(SUBSCRIPTION.c.instance_id == instance_id)


def _incidents(instance_id: str | None) -> Select[Any]:
    asked = (
        select(
            INCIDENT.c.instance_id.label("instance"),
            INCIDENT.c.task_id.label("task"),
            INCIDENT.c.command_key.label("key"),
            INCIDENT.c.kind,
            INCIDENT.c.about,
        )
        .where(INCIDENT.c.status == IncidentStatus.OPEN)
        .order_by(INCIDENT.c.instance_id, INCIDENT.c.task_id, INCIDENT.c.id)
    )
    return asked if instance_id is None else asked.where(INCIDENT.c.instance_id == instance_id)


def _definitions(instance_id: str | None) -> Select[Any]:
    columns = (DEFINITION.c.key, DEFINITION.c.version, DEFINITION.c.hash, DEFINITION.c.sources)
    asked = select(*columns).order_by(DEFINITION.c.key, DEFINITION.c.version)
    if instance_id is None:
        return asked
    of_key = select(INSTANCE.c.definition_key).where(INSTANCE.c.id == instance_id).scalar_subquery()
    named = select(EVENT.c.definition_hash).where(EVENT.c.stream == instance_id)
    return asked.where(DEFINITION.c.key == of_key, DEFINITION.c.hash.in_(named))


TABLES: Mapping[str, Callable[[str | None], Select[Any]]] = {
    "commands.jsonl": _commands,
    "effects.jsonl": _effects,
    "instances.jsonl": _instances,
    "user_tasks.jsonl": _user_tasks,
    "timers.jsonl": _timers,
    "subscriptions.jsonl": _subscriptions,
    "incidents.jsonl": _incidents,
    "definitions.jsonl": _definitions,
}
