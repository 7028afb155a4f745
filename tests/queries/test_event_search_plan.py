"""How a search reads its lines: a range of the filter's index, the newest first, never all; on each database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from app.models.event import ADMINISTRATION
from app.queries import event_search
from app.queries.event_search import Wanted
from app.services.house import House
from app.terms import EventType
from bench.search import fill
from tests.factories import actor

DAYS: dict[str, Any] = {"from_on": date(2024, 7, 1), "until_on": date(2024, 7, 7)}
LINES = 3000

FILTERS: Mapping[str, dict[str, Any]] = {
    "at": {},
    "actor": {"person": "contact.sci"},
    "unit_id": {"unit_id": "sci"},
    "enterprise_id": {"enterprise": "精密机械"},
    "duty": {"duty": "demand_response"},
    "verb": {"verb": EventType.TASK_COMPLETED.value},
    "kind": {"kind": ADMINISTRATION},
}


@pytest.fixture
def office(any_house: House) -> House:
    """Without SQLite's statistics, which an office does not gather."""
    fill(any_house, LINES)
    if any_house.database.is_sqlite:
        with any_house.database.engine.connect() as connection:
            connection.exec_driver_sql("DELETE FROM sqlite_stat1")
            connection.exec_driver_sql("ANALYZE sqlite_master")
            connection.commit()
        any_house.database.engine.dispose()
    return any_house


def asked(house: House, wanted: Wanted) -> list[tuple[str, Any]]:
    """The statements over lines that a search sends, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        sent.append((statement, values))

    event.listen(house.database.engine, "before_cursor_execute", note)
    try:
        with house.database.reading() as session:
            event_search.search(session, actor(house, "auditor"), wanted)
    finally:
        event.remove(house.database.engine, "before_cursor_execute", note)
    return [(statement, values) for statement, values in sent if "event_line" in statement]


def steps(house: House, statement: str, values: Any) -> list[str]:
    """How the database reads the lines. The few of a test would be read faster whole: PostgreSQL is told not to."""
    is_sqlite = house.database.is_sqlite
    with house.database.engine.connect() as connection:
        if not is_sqlite:
            for way in ("seqscan", "bitmapscan", "sort"):
                connection.exec_driver_sql(f"SET enable_{way} = off")
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(explain + statement, values).all()
        connection.rollback()
    return [str(row[-1]) for row in rows if "event_line" in str(row[-1])]


@pytest.mark.parametrize("days", [{}, DAYS], ids=["ever", "in a week"])
def test_each_filter_alone_and_with_days_is_a_range_of_its_index(office: House, days: dict[str, Any]) -> None:
    for column, one in FILTERS.items():
        for statement, values in asked(office, Wanted(**one, **days)):
            read = steps(office, statement, values)
            assert any(f"ix_event_line_{column}" in step for step in read), (column, read)
            whole = [step for step in read if ("SCAN" in step or "Seq Scan" in step) and "ix_event_line_at" not in step]
            assert whole == [], column


def test_words_and_further_filters_are_looked_for_among_a_bounded_number(office: House) -> None:
    for wanted in (Wanted(text="龘"), Wanted(person="contact.sci", duty="none")):
        for statement, _ in asked(office, wanted):
            assert statement.count("LIMIT") >= 2, statement
