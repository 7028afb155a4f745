"""Keeps the lines that a search finds up with the log, apart from every command: page by page, in the log's order.

The log gives every event its place once (LedgerLeaf), and never one before a place that is taken, so the last line
says how far this has come. Two processes that fill at once write the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app.db import insert_if_new, table_of
from app.models.event import EventPayload, EventRow
from app.models.event_line import EventLine
from app.models.ledger import LedgerLeaf
from app.models.process import ProcessInstance
from app.services import log
from app.services.event_line_words import rows_of
from app.services.house import House

PAGE = 500  # lines of one transaction: SQLite's other writers wait for it
MANY = 2000  # where nobody waits

LINE, LEAF = table_of(EventLine), table_of(LedgerLeaf)
EVENT, PAYLOAD, INSTANCE = table_of(EventRow), table_of(EventPayload), table_of(ProcessInstance)


def fill(house: House, limit: int = PAGE) -> int:
    """Write the lines of the next events of the log, at most so many, and say how many there were."""
    with house.database.reading() as session:
        rows = _next_rows(session, limit)
    if rows:
        with house.database.writing() as connection:
            connection.execute(insert_if_new(connection.dialect.name, LINE), rows)
    return len(rows)


def catch_up(house: House, told: Callable[[int, int], None] | None = None) -> int:
    """Until every event there is has its place and its line. told: how many lines are done, of how many."""
    while log.sequence(house):
        pass
    with house.database.reading() as session:
        waiting = session.scalar(select(func.count()).select_from(LEAF).where(LEAF.c.index > _last(session))) or 0
    done = 0
    while count := fill(house, MANY):
        done += count
        if told is not None:
            told(done, max(waiting, done))
    return done


def write_again(session: Session, stream: str, seqs: Sequence[int] | None = None) -> None:
    """The lines of a stream as its events are now: what was erased must not be found. seqs: only of these."""
    leaves = select(LEAF).where(LEAF.c.stream == stream, LEAF.c.index <= _last(session))
    lines = LINE.delete().where(LINE.c.stream == stream)
    if seqs is not None:
        leaves, lines = leaves.where(LEAF.c.seq.in_(seqs)), lines.where(LINE.c.seq.in_(seqs))
    rows = _rows(session, leaves)
    connection = session.connection()
    connection.execute(lines)
    if rows:
        connection.execute(insert_if_new(connection.dialect.name, LINE), rows)


def _last(session: Session) -> int:
    """The place in the log of the last line, -1 before the first."""
    last = session.scalar(select(func.max(LINE.c.id)))
    return -1 if last is None else last


def _next_rows(session: Session, limit: int) -> list[dict[str, Any]]:
    return _rows(session, select(LEAF).where(LEAF.c.index > _last(session)).order_by(LEAF.c.index).limit(limit))


def _rows(session: Session, leaves: Select[Any]) -> list[dict[str, Any]]:
    return rows_of(session, (event for event in session.execute(_events(leaves)) if event.type is not None))


def _events(leaves: Select[Any]) -> Select[Any]:
    """What a line is made from: the event, what it says, and the instance it belongs to.

    All are outer joins, so that the few leaves are read first and nothing is sorted: of an inner join SQLite, where it
    had statistics of its tables, took all events there are and put them in order, for each page anew.
    """
    leaf = leaves.subquery()
    return (
        select(
            leaf.c.index, leaf.c.stream, leaf.c.seq, EVENT.c.type, EVENT.c.actor, EVENT.c.on_behalf_of, EVENT.c.at,
            PAYLOAD.c.body, INSTANCE.c.id.label("instance_id"), INSTANCE.c.title, INSTANCE.c.business_key,
            INSTANCE.c.duty, INSTANCE.c.unit_id, INSTANCE.c.enterprise_id,
        )
        .select_from(leaf)
        .outerjoin(EVENT, and_(EVENT.c.stream == leaf.c.stream, EVENT.c.seq == leaf.c.seq))
        .outerjoin(PAYLOAD, and_(PAYLOAD.c.stream == leaf.c.stream, PAYLOAD.c.seq == leaf.c.seq))
        .outerjoin(INSTANCE, INSTANCE.c.id == leaf.c.stream)
    )  # fmt: skip
