"""The ledger: what happened, one chain a stream. Rows are only ever added."""

from __future__ import annotations

from sqlalchemy import JSON, ColumnElement, Index, LargeBinary, String, Text, and_
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, table_of

ADMINISTRATION, ACCESS = "administration", "access"  # the streams that are no instance


class EventRow(Base):
    """One event as it is hashed. stream: an instance's id, `administration` or `access`; alg: sha256 or sm3.

    at, at_raw: RFC 3339 text, as hashed. actor, on_behalf_of: login names, which stay readable whatever becomes of the
    account.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_at_raw", "at_raw", "stream", "seq"),)

    stream: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str | None] = mapped_column(String(80))
    on_behalf_of: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[str] = mapped_column(String(32))
    at_raw: Mapped[str] = mapped_column(String(32))
    command_key: Mapped[str] = mapped_column(String(120))
    definition_hash: Mapped[str | None] = mapped_column(String(64))
    payload_commitment: Mapped[str] = mapped_column(String(64))
    attachments: Mapped[list[str]] = mapped_column(JSON)
    alg: Mapped[str] = mapped_column(String(8), server_default="sha256")
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class EventPayload(Base):
    """What an event says, apart from it, so that it can be erased lawfully while the chain stands. body: JSON text."""

    __tablename__ = "event_payload"

    stream: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[str | None] = mapped_column(Text)


class StreamHead(Base):
    """The last event of a stream that is no instance."""

    __tablename__ = "stream_head"

    stream: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


def same_place(one: type[Base], other: type[Base]) -> ColumnElement[bool]:
    """Rows about one event: of the same stream, with the same seq."""
    mine, its = table_of(one).c, table_of(other).c
    return and_(mine.stream == its.stream, mine.seq == its.seq)


PAYLOAD_OF_EVENT = same_place(EventPayload, EventRow)
