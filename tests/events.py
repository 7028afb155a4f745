"""Events of a house with their lines, as a search finds them."""

from __future__ import annotations

from sqlalchemy import func, select

from app.db import table_of
from app.models.event import EventRow
from app.models.event_line import EventLine
from app.models.ledger import LedgerLeaf
from app.queries import event_search
from app.queries.event_search import Wanted
from app.services import event_lines
from app.services.house import House
from tests.factories import actor

EVENT, LEAF = table_of(EventRow), table_of(LedgerLeaf)


def sequence(house: House) -> None:
    """Give every event that has none its place in the log."""
    has_place = select(LEAF.c.seq).where(LEAF.c.stream == EVENT.c.stream, LEAF.c.seq == EVENT.c.seq).exists()
    with house.database.writing() as connection:
        size = connection.scalar(select(func.count()).select_from(LEAF)) or 0
        asked = select(EVENT.c.stream, EVENT.c.seq, EVENT.c.hash).where(~has_place)
        rows = connection.execute(asked.order_by(EVENT.c.at_raw, EVENT.c.stream, EVENT.c.seq)).all()
        leaves = [
            {"index": size + number, "stream": row.stream, "seq": row.seq, "hash": row.hash}
            for number, row in enumerate(rows)
        ]
        if leaves:
            connection.execute(LEAF.insert(), leaves)


def filled(house: House) -> int:
    """All lines are there; how many are new."""
    sequence(house)
    return event_lines.catch_up(house)


def found(house: House, wanted: Wanted, login: str = "auditor") -> list[EventLine]:
    """All pages of an answer."""
    lines: list[EventLine] = []
    cursor = None
    with house.database.reading() as session:
        while True:
            page = event_search.search(session, actor(house, login), wanted, cursor)
            lines += page.lines
            session.expunge_all()
            cursor = page.next_cursor
            if cursor is None:
                return lines
