"""Events as they were sealed: of one instance with what they say, and of all streams for a witness."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app import clock
from app.errors import BadRequest
from app.ledger.chain import instant
from app.models.event import EventPayload, EventRow
from app.queries.paging import Page, page

SETTLING = timedelta(seconds=10)  # longer than a transaction may wait for a lock


def instance_events(session: Session, instance_id: str, cursor: str | None, limit: int) -> Page[EventRow]:
    """In their order. Whether the reader may see the instance is the caller's question."""
    return page(session, select(EventRow).where(EventRow.stream == instance_id), (EventRow.seq,), cursor, limit)


def payloads(session: Session, events: Sequence[EventRow]) -> dict[int, str | None]:
    """By seq, what events of one stream say, as JSON text; None for one that was erased."""
    if not events:
        return {}
    rows = select(EventPayload.seq, EventPayload.body).where(
        EventPayload.stream == events[0].stream, EventPayload.seq.in_([event.seq for event in events])
    )
    return dict(session.execute(rows).all())


def told_in(body: str | None) -> dict[str, Any]:
    """What an event says, by its payload; nothing where that was erased or spoilt."""
    try:
        told = orjson.loads(body or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def events_after(session: Session, after: tuple[str, int] | None, limit: int) -> list[EventRow]:
    """Events of all streams in the order of the system's clock, behind the one named by stream and seq.

    Raises BadRequest when there is no such event. Where writers run side by side, one that began earlier may commit
    later; what is younger than they may take is held back, so that a witness who asks on misses nothing.
    """
    place = (EventRow.at_raw, EventRow.stream, EventRow.seq)
    statement = select(EventRow).order_by(*place).limit(limit)
    if after is not None:
        known = session.get(EventRow, after)
        if known is None:
            raise BadRequest("没有这条记录。")
        statement = statement.where(tuple_(*place) > tuple_(known.at_raw, known.stream, known.seq))
    if session.get_bind().dialect.name != "sqlite":
        statement = statement.where(EventRow.at_raw <= instant(clock.system_now() - SETTLING))
    return list(session.scalars(statement))
