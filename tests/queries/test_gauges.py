"""A scrape reads short ranges of indexes, and counts all inboxes once a minute only."""

from __future__ import annotations

import re

from app.queries.gauges import Remembered, count_open_tasks, gauges
from app.services.house import House
from tests.statements import counted

SMALL = {"heartbeat", "clock_stop", "ledger_log", "ledger_witness"}  # a row a process, a fault, an office, a witness


def test_no_figure_but_one_reads_a_whole_table(house: House) -> None:
    with counted(house) as statements, house.database.reading() as session:
        gauges(session, Remembered(count_open_tasks))

    scanned = {table for statement in statements for table in scans(house, statement)}
    assert scanned - SMALL == {"inbox_entry"}


def test_inboxes_are_not_counted_at_each_scrape(house: House) -> None:
    open_tasks = Remembered(count_open_tasks)
    with house.database.reading() as session:
        gauges(session, open_tasks)
        with counted(house) as statements:
            gauges(session, open_tasks)

    assert not any("inbox_entry" in statement for statement in statements)


def scans(house: House, statement: str) -> set[str]:
    """Tables of which SQLite would read every row, or every entry of an index that is not a partial one."""
    if not statement.startswith("SELECT"):
        return set()
    values = ("9999-12-31",) * statement.count("?")
    with house.database.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    whole = [re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step) for step in plan]
    return {found[1] for found in whole if found and found[2] not in {"ix_outbox_next_at", "ix_outbox_failed"}}
