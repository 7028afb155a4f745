"""Paging by the last row's key, in every direction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.db import Base, Database
from app.errors import BadRequest
from app.models.outbox import OutboxRow
from app.queries.paging import Descending, Order, page

START = datetime(2024, 12, 16, 1, tzinfo=UTC)
ORDERS: list[Order] = [
    [OutboxRow.id],
    [Descending(OutboxRow.id)],
    [OutboxRow.created_at, Descending(OutboxRow.id)],
    [Descending(OutboxRow.kind), OutboxRow.created_at, OutboxRow.id],
]


@pytest.fixture
def database(database_url: str) -> Database:
    """Eleven rows, of which several share a kind and an instant."""
    database = Database(database_url)
    with database.writing() as connection:
        Base.metadata.create_all(connection)
    with database.transaction() as session:
        for number in range(11):
            at = START + timedelta(seconds=number % 3)
            kind = ("mail", "chat")[number % 2]
            session.add(OutboxRow(effect_key=str(number), kind=kind, payload={}, next_at=at, created_at=at))
    return database


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", [1, 4, 11, 50])
def test_pages_together_are_the_whole_list_in_its_order(database: Database, order: Order, limit: int) -> None:
    with database.reading() as session:
        whole = page(session, select(OutboxRow.id), order, limit=100)
        seen: list[int] = []
        cursor: str | None = None

        while True:
            found = page(session, select(OutboxRow.id), order, cursor, limit, counts=True)
            seen += found.items
            assert found.left == 11 - len(seen)
            cursor = found.next_cursor
            if cursor is None:
                break

    database.close()
    assert len(whole.items) == 11
    assert seen == list(whole.items)


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJhIl0", "bnVsbA", "eyJhIjoxfQ", "WzEsMl0", "é"])
def test_a_cursor_that_is_none_of_ours_is_refused(database: Database, cursor: str) -> None:
    with database.reading() as session, pytest.raises(BadRequest):
        page(session, select(OutboxRow), [OutboxRow.id], cursor)
    database.close()
