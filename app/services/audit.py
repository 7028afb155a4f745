"""Verifies the ledger: the chain of every stream, what its events say, the head its owner remembers, and the log."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Select, Text, and_, cast, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.db import table_of
from app.ledger.chain import Event, Reason, Sealed, faults
from app.models.event import ACCESS, ADMINISTRATION, PAYLOAD_OF_EVENT, EventPayload, EventRow, StreamHead
from app.models.process import ProcessInstance
from app.queries.erasures import erased_places
from app.services.audit_log import (
    LOG_ENGLISH,
    LOG_STREAM,
    LOG_TITLE,
    NOTHING_HELD,
    Held,
    LogReport,
    verify_log,
    whole,
    word,
)
from app.services.history import BEGINNING
from app.services.house import House
from app.terms import Word

EVENT, PAYLOAD, HEAD = table_of(EventRow), table_of(EventPayload), table_of(StreamHead)
INSTANCE = table_of(ProcessInstance)
BATCH = 1000
TITLES = {ADMINISTRATION: "管理操作", ACCESS: "查阅记录", LOG_STREAM: LOG_TITLE}  # of the streams that are no instance

Place = tuple[str, int, Word]  # stream, seq, and what is wrong there


class Flaw(Word):
    """What may be wrong around a chain, beside the ledger's own reasons."""

    NO_PAYLOAD = "no_payload", "填报内容缺失"
    NO_EVENT = "no_event", "填报内容没有对应的记录"
    WRONG_HEAD = "wrong_head", "末条记录与封存的链首不符"
    NO_OWNER = "no_owner", "记录不属于任何流程"


ENGLISH = {
    Reason.GAP: "an event is missing, added or out of order",
    Reason.WRONG_PREV: "does not follow the event before it",
    Reason.WRONG_HASH: "the event was changed",
    Reason.WRONG_PAYLOAD: "what the event says was changed",
    Flaw.NO_PAYLOAD: "what the event says is gone",
    Flaw.NO_EVENT: "there is a payload without its event",
    Flaw.WRONG_HEAD: "the last event is not the one its stream remembers",
    Flaw.NO_OWNER: "the stream belongs to no instance",
    **LOG_ENGLISH,
}


@dataclass(frozen=True)
class Fault:
    """What does not fit, at which event. title: of the instance, empty where there is none."""

    stream: str
    seq: int
    reason: Word
    title: str

    @property
    def text(self) -> str:
        """For operators."""
        if self.stream == LOG_STREAM:
            return f"log at {self.seq}: {ENGLISH[self.reason]}"
        return f"{self.stream} event {self.seq}: {ENGLISH[self.reason]}"


@dataclass(frozen=True)
class Report:
    """How much was looked at, and every fault. An honest ledger has none. log: None where one stream was looked at."""

    streams: int
    events: int
    faults: tuple[Fault, ...]
    log: LogReport | None = None


@dataclass
class _Scan:
    """What is noted of the rows as they pass, a stream behind the other."""

    events: int = 0
    streams: int = 0
    bare: list[Place] = field(default_factory=list)

    def passing(self, rows: Iterable[Sealed]) -> Iterator[Sealed]:
        last = None
        for row in rows:
            self.events += 1
            self.streams += row.event.stream != last
            last = row.event.stream
            if row.payload is None:
                self.bare.append((row.event.stream, row.event.seq, Flaw.NO_PAYLOAD))
            yield row


def verify(house: House, held: Held = NOTHING_HELD) -> Report:
    """The whole ledger, also against what is held outside."""
    with house.database.reading() as session, _any_text(session):
        return _verify(session, None, held)


def verify_stream(house: House, stream: str) -> Report:
    """One stream: an instance's, the administration's, or that of accesses."""
    with house.database.reading() as session, _any_text(session):
        return _verify(session, stream)


def sealed_rows(session: Session, stream: str | None = None) -> Iterator[Sealed]:
    """The events as stored, each stream in its order, never more than a batch in memory. None: all streams.

    The columns are read raw: what somebody has put there must reach the check and not break the reading.
    """
    for row in session.execute(stored(stream), execution_options={"yield_per": BATCH}):
        yield sealed(row)


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    """Let SQLite hand out text that is no UTF-8, at which it would break off: an edit may have left just that."""
    driver: Any = session.connection().connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.text_factory = _decoded
    try:
        yield
    finally:
        driver.text_factory = str


def _decoded(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _verify(session: Session, stream: str | None, held: Held = NOTHING_HELD) -> Report:
    """Holds one stream's state at a time, however many there are."""
    scan = _Scan()
    found: list[Place] = []
    for _, rows in groupby(scan.passing(sealed_rows(session, stream)), key=lambda row: row.event.stream):
        found += [(fault.stream, fault.seq, fault.reason) for fault in faults(rows)]
    found += _missing(session, stream, scan.bare)
    found += _orphaned(session, stream)
    found += _wrong_heads(session, stream)
    found += _ownerless(session, stream)
    log = verify_log(session, held) if stream is None else None
    found += log.found if log else ()
    titles = _titles(session, {at for at, _, _ in found})
    named = (Fault(at, seq, reason, titles.get(at, "")) for at, seq, reason in found)
    return Report(scan.streams, scan.events, tuple(sorted(named, key=lambda fault: (fault.stream, fault.seq))), log)


def _missing(session: Session, stream: str | None, bare: list[Place]) -> list[Place]:
    """Events that say nothing any more, but for those that were erased lawfully."""
    lawful = erased_places(session, stream) if bare else set()
    return [place for place in bare if place[:2] not in lawful]


def _wrong_heads(session: Session, stream: str | None) -> Iterator[Place]:
    """Streams whose last event is not the one that their owner remembers."""
    for owner, id_, seq, sealed in (
        (INSTANCE, INSTANCE.c.id, INSTANCE.c.head_seq, INSTANCE.c.head_hash),
        (HEAD, HEAD.c.stream, HEAD.c.seq, HEAD.c.hash),
    ):
        is_there = exists().where(EVENT.c.stream == id_, EVENT.c.seq == seq, EVENT.c.hash == sealed)
        has_begun = or_(seq != BEGINNING.seq, sealed != BEGINNING.hash)
        goes_on = exists().where(EVENT.c.stream == id_, EVENT.c.seq > seq)
        asked = select(id_, seq).select_from(owner).where(or_(and_(has_begun, ~is_there), goes_on))
        if stream is not None:
            asked = asked.where(id_ == stream)
        for at, number in session.execute(asked):
            yield at, number, Flaw.WRONG_HEAD


def _ownerless(session: Session, stream: str | None) -> Iterator[Place]:
    """Streams that nobody remembers, at their last event."""
    is_owned = or_(exists().where(INSTANCE.c.id == EVENT.c.stream), exists().where(HEAD.c.stream == EVENT.c.stream))
    asked = select(EVENT.c.stream, func.max(EVENT.c.seq)).where(~is_owned).group_by(EVENT.c.stream)
    if stream is not None:
        asked = asked.where(EVENT.c.stream == stream)
    for at, seq in session.execute(asked):
        yield word(at), whole(seq), Flaw.NO_OWNER


def _titles(session: Session, streams: Collection[str]) -> Mapping[str, str]:
    """Of those that are at fault: few, but where somebody has been at work on all."""
    titles = dict(TITLES)
    listed = sorted(streams)
    for first in range(0, len(listed), BATCH):
        part = listed[first : first + BATCH]
        titles |= dict(session.execute(select(INSTANCE.c.id, INSTANCE.c.title).where(INSTANCE.c.id.in_(part))).all())
    return titles


def _orphaned(session: Session, stream: str | None) -> list[Place]:
    """Payloads whose event is gone."""
    has_event = exists().where(EVENT.c.stream == PAYLOAD.c.stream, EVENT.c.seq == PAYLOAD.c.seq)
    asked = select(PAYLOAD.c.stream, PAYLOAD.c.seq).where(~has_event)
    if stream is not None:
        asked = asked.where(PAYLOAD.c.stream == stream)
    return [(word(at), whole(seq), Flaw.NO_EVENT) for at, seq in session.execute(asked)]


def stored(stream: str | None) -> Select[Any]:
    """Asks for the rows that `sealed` reads."""
    columns = [column for column in EVENT.c if column.name != "attachments"]
    asked = (
        select(
            *columns,
            cast(EVENT.c.attachments, Text).label("attachments"),
            type_coerce(PAYLOAD.c.salt, NullType()).label("salt"),
            PAYLOAD.c.body,
        )
        .outerjoin(PAYLOAD, PAYLOAD_OF_EVENT)
        .order_by(EVENT.c.stream, EVENT.c.seq)
    )
    return asked if stream is None else asked.where(EVENT.c.stream == stream)


def sealed(row: Any) -> Sealed:
    """One row as it is stored, whatever stands in its columns."""
    event = Event(
        stream=word(row.stream),
        seq=whole(row.seq),
        type=row.type,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        at=row.at,
        at_raw=row.at_raw,
        command_key=row.command_key,
        definition_hash=row.definition_hash,
        payload_commitment=row.payload_commitment,
        attachments=_attachments(row.attachments),
        prev=row.prev,
        alg=row.alg,
    )
    return Sealed(event, row.hash, _payload(row.body), row.salt if isinstance(row.salt, bytes) else None)


def _attachments(text: Any) -> tuple[str, ...]:
    """What is no list of texts becomes one that was never sealed."""
    try:
        listed = orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError):
        listed = None
    return tuple(listed) if isinstance(listed, list) else (str(text),)


def _payload(body: Any) -> bytes | None:
    if body is None:
        return None
    return body.encode() if isinstance(body, str) else b""
