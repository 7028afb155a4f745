"""How SQLite reads an inbox: one range of the key a principal, never the whole table."""

from __future__ import annotations

from datetime import date

from app.queries import inbox
from app.queries.inbox import Filters
from app.services.house import House
from app.terms import Light
from app.workdays import STATUTORY
from tests.factories import actor
from tests.inboxes import put, some_instance
from tests.statements import counted

TODAY = date(2024, 12, 16)
DAYS = inbox.days_of(TODAY, STATUTORY, 5)


def test_a_line_is_read_by_the_key_of_its_table(house: House) -> None:
    put(house, some_instance(house), TODAY)
    with house.database.reading() as session, counted(house) as statements:
        inbox.page(session, actor(house, "contact.miit"), DAYS, Filters(light=Light.YELLOW))
    lines = next(statement for statement in statements if "inbox_entry" in statement)
    with house.database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {lines}", ("2024-12-16",) * lines.count("?")).all()

    searches = [step[3] for step in plan if "inbox_entry" in step[3]]
    assert searches
    assert all("principal=?" in search and "SCAN" not in search for search in searches)
