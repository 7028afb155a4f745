"""What was done to accounts, units, plans and definitions, as the ledger has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.ledger.chain import instant
from app.models.event import ADMINISTRATION, PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.queries.china_day import begin_of, end_of
from app.queries.paging import Descending, Page, page

SUBJECTS = ("person", "unit", "substitute", "name", "title", "key")  # what an event is about, the first there is


@dataclass(frozen=True)
class EventFilter:
    """act: of terms.Act; login: of who acted or who was acted upon; days in China, both included."""

    act: str = ""
    login: str = ""
    from_on: date | None = None
    until_on: date | None = None

    def __bool__(self) -> bool:
        return bool(self.act or self.login or self.from_on or self.until_on)


@dataclass(frozen=True)
class AdministrationEvent:
    """told: the payload; None when it was erased lawfully, which the chain survives."""

    seq: int
    type: str
    actor: str | None
    at: datetime
    told: dict[str, Any] | None


def administration_events(
    session: Session, wanted: EventFilter, cursor: str | None, limit: int = 50
) -> Page[AdministrationEvent]:
    """The latest first."""
    rows = page(session, _found(wanted), [Descending(EventRow.seq)], cursor, limit, counts=True)
    where = (EventPayload.stream == ADMINISTRATION, EventPayload.seq.in_([row.seq for row in rows.items]))
    bodies = {row.seq: row.body for row in session.execute(select(EventPayload.seq, EventPayload.body).where(*where))}
    return Page([_event(row, bodies.get(row.seq)) for row in rows.items], rows.next_cursor, rows.left)


def subject_of(told: Mapping[str, Any]) -> str:
    """What an event of the administration is about, by what it says; empty where it names nothing."""
    return next((str(told[key]) for key in SUBJECTS if told.get(key)), "")


def _found(wanted: EventFilter) -> Select[EventRow]:
    statement = select(EventRow).outerjoin(EventPayload, PAYLOAD_OF_EVENT).where(EventRow.stream == ADMINISTRATION)
    if wanted.act:
        statement = statement.where(_says("act", wanted.act))
    if wanted.login:
        statement = statement.where(or_(EventRow.actor == wanted.login, _says("person", wanted.login)))
    if wanted.from_on:
        statement = statement.where(EventRow.at >= instant(begin_of(wanted.from_on)))
    if wanted.until_on:
        statement = statement.where(EventRow.at < instant(end_of(wanted.until_on)))
    return statement


def _says(key: str, text: str) -> ColumnElement[bool]:
    """The payload's text holds "key":"text"; it is written without blanks, and quotes inside a text are escaped."""
    return EventPayload.body.contains(f"{json.dumps(key)}:{json.dumps(text, ensure_ascii=False)}", autoescape=True)


def _event(row: EventRow, body: str | None) -> AdministrationEvent:
    told = None if body is None else json.loads(body)
    return AdministrationEvent(row.seq, row.type, row.actor, datetime.fromisoformat(row.at), told)
