"""Appends to the ledger, within the transaction that changed what the event tells of."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from app import clock
from app.db import insert_if_new, table_of
from app.ledger.chain import GENESIS, Event, commitment, event_hash, instant, payload_bytes
from app.ledger.hashing import SHA256_NAME
from app.models.event import ADMINISTRATION, EventPayload, EventRow, StreamHead
from app.prepared import Prepared, Write, write_all
from app.terms import EventType

EVENT, PAYLOAD, HEAD = table_of(EventRow), table_of(EventPayload), table_of(StreamHead)
ADD_EVENT, ADD_PAYLOAD = Prepared(EVENT.insert()), Prepared(PAYLOAD.insert())
HASH_OPTION = "ledger_hash"  # of the engine, and so of each connection


@dataclass(frozen=True)
class Head:
    """The last event of a stream."""

    seq: int
    hash: str


BEGINNING = Head(0, GENESIS)


@dataclass(frozen=True)
class Happening:
    """What an event is made from. payload: plain JSON; attachments: their SHA-256."""

    type: EventType
    actor: str | None
    at: datetime
    command_key: str
    payload: Mapping[str, Any]
    on_behalf_of: str | None = None
    definition_hash: str | None = None
    attachments: Sequence[str] = ()


def append(connection: Connection, stream: str, head: Head, happening: Happening) -> Head:
    """Write one event behind the head of its stream, which the caller has locked, and give the new head."""
    new_head, writes = sealed(stream, head, happening, alg_on(connection))
    write_all(connection, writes)
    return new_head


def alg_on(connection: Connection) -> str:
    """The hash of new events on this database, as its house was told (DUBAN_LEDGER_HASH)."""
    return str(connection.get_execution_options().get(HASH_OPTION, SHA256_NAME))


def sealed(stream: str, head: Head, happening: Happening, alg: str = SHA256_NAME) -> tuple[Head, list[Write]]:
    """The new head of the stream, and the rows that make it so: the event and, apart from it, what it says."""
    body, salt = payload_bytes(happening.payload), secrets.token_bytes(16)
    event = Event(
        stream=stream,
        seq=head.seq + 1,
        type=happening.type.value,
        actor=happening.actor,
        on_behalf_of=happening.on_behalf_of,
        at=instant(happening.at),
        at_raw=instant(clock.system_now()),
        command_key=happening.command_key,
        definition_hash=happening.definition_hash,
        payload_commitment=commitment(body, salt, alg),
        attachments=tuple(happening.attachments),
        prev=head.hash,
        alg=alg,
    )
    seal = event_hash(event)
    payload = {"stream": stream, "seq": event.seq, "salt": salt, "body": body.decode()}
    return Head(event.seq, seal), [Write(ADD_EVENT, _row(event, seal)), Write(ADD_PAYLOAD, payload)]


def append_administration(connection: Connection, happening: Happening) -> Head:
    """Write an act that belongs to no instance: accounts, units, calendars, figures, definitions."""
    return append_to(connection, ADMINISTRATION, happening)


def append_to(connection: Connection, stream: str, happening: Happening) -> Head:
    """Write one event of a stream that is no instance, behind its head, which is locked until the commit."""
    head = append(connection, stream, _locked_head(connection, stream), happening)
    connection.execute(HEAD.update().where(HEAD.c.stream == stream).values(seq=head.seq, hash=head.hash))
    return head


def _locked_head(connection: Connection, stream: str) -> Head:
    """Two who begin a stream at one moment must not both begin it."""
    asked = select(HEAD).where(HEAD.c.stream == stream).with_for_update()
    row = connection.execute(asked).one_or_none()
    if row is None:
        beginning = {"stream": stream, "seq": BEGINNING.seq, "hash": BEGINNING.hash}
        connection.execute(insert_if_new(connection.dialect.name, HEAD), beginning)
        row = connection.execute(asked).one()
    return Head(row.seq, row.hash)


def moment(text: str) -> datetime:
    """The aware instant that an event's text stands for."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _row(event: Event, seal: str) -> dict[str, Any]:
    return {
        "stream": event.stream,
        "seq": event.seq,
        "type": event.type,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "at": event.at,
        "at_raw": event.at_raw,
        "command_key": event.command_key,
        "definition_hash": event.definition_hash,
        "payload_commitment": event.payload_commitment,
        "attachments": list(event.attachments),
        "alg": event.alg,
        "prev": event.prev,
        "hash": seal,
    }
