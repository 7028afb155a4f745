"""The inbox: whose lines, in which groups, page after page, and under filters; without a query a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.db import table_of
from app.errors import BadRequest
from app.models.user_task import UserTask
from app.queries import inbox, worklists
from app.queries.actor import Actor
from app.queries.inbox import Filters
from app.services import tasks
from app.services.house import House
from app.terms import Light
from app.workdays import STATUTORY
from tests.factories import actor, house_on, load_office
from tests.inboxes import put, some_instance
from tests.statements import counted

TODAY = date(2024, 12, 16)
DAYS = inbox.days_of(TODAY, STATUTORY, 5)


@pytest.fixture
def house(empty_database_url: str, tmp_path: Path) -> Iterator[House]:
    """A loaded one, on SQLite and on PostgreSQL: what orders and compares rows differs between them."""
    house = house_on(empty_database_url, tmp_path)
    load_office(house)
    yield house
    house.close()


@pytest.fixture
def instance_id(house: House) -> str:
    return some_instance(house)


def ids(house: House, who: Actor, filters: Filters | None = None, limit: int = 50) -> list[str]:
    """All lines, read page by page."""
    found: list[str] = []
    after = ""
    with house.database.reading() as session:
        while True:
            page = inbox.page(session, who, DAYS, filters or Filters(), after, limit)
            found += [line.task_id for line in page.lines]
            after = page.after
            if not after:
                return found


def test_the_late_stand_first_then_the_near_then_the_rest(house: House, instance_id: str) -> None:
    green = put(house, instance_id, date(2024, 12, 31))
    none = put(house, instance_id, None)
    yellow = put(house, instance_id, date(2024, 12, 20))
    short = put(house, instance_id, date(2024, 12, 18), yellow_on=date(2024, 12, 17))
    red = put(house, instance_id, date(2024, 12, 13))
    optional = put(house, instance_id, date(2024, 12, 12), is_optional=True)
    contact = actor(house, "contact.miit")

    with house.database.reading() as session:
        lines = inbox.page(session, contact, DAYS, Filters()).lines
        counts = inbox.counts(session, contact, DAYS)

    assert [line.task_id for line in lines] == [red, optional, yellow, short, green, none]
    assert [line.light for line in lines] == [Light.RED, *[Light.YELLOW] * 2, *[Light.GREEN] * 3]
    assert lines[-1].due_on is None
    assert (counts.red, counts.yellow, counts.green, counts.soon) == (1, 2, 3, 2)


@pytest.mark.parametrize("sort", ["due", "new"])
def test_pages_follow_one_another_without_gap_or_double(house: House, instance_id: str, sort: str) -> None:
    contact = actor(house, "contact.miit")
    put_ids = [put(house, instance_id, TODAY + timedelta(days=number // 3 - 2)) for number in range(23)]
    put_ids += [put(house, instance_id, TODAY, f"person:{contact.person_id}") for _ in range(4)]

    whole = ids(house, contact, Filters(sort=sort))

    assert sorted(whole) == sorted(put_ids)
    assert ids(house, contact, Filters(sort=sort), limit=4) == whole


def test_nobody_sees_a_line_of_another_principal(house: House, instance_id: str) -> None:
    put(house, instance_id, TODAY)

    assert ids(house, actor(house, "contact.sci")) == []
    assert ids(house, actor(house, "auditor")) == []
    assert len(ids(house, actor(house, "contact.miit"))) == 1


def test_an_office_person_does_not_see_the_matters_of_her_own_unit(house: House, instance_id: str) -> None:
    task = put(house, instance_id, TODAY, "office", unit_id="office", subject_unit_id="miit")

    assert task not in ids(house, actor(house, "office.miit"))
    assert task in ids(house, actor(house, "office.drc"))
    with house.database.reading() as session:
        assert inbox.open_count(session, actor(house, "office.miit")) == 1
        assert inbox.open_count(session, actor(house, "office.drc")) == 2


def test_filters_narrow_and_the_search_looks_at_title_step_and_unit(house: House, instance_id: str) -> None:
    first = put(house, instance_id, TODAY, title="星级上云企业 100%", duty="monitoring", clause="P8")
    second = put(house, instance_id, date(2024, 12, 2), "contact:miit", unit_id="sci", name="会签")
    contact = actor(house, "contact.miit")

    for filters, expected in (
        (Filters(q="上云"), [first]),
        (Filters(q="100%"), [first]),
        (Filters(q="%"), [first]),
        (Filters(q="会签"), [second]),
        (Filters(q="科技局"), [second]),
        (Filters(duty="monitoring"), [first]),
        (Filters(clause="P25"), [second]),
        (Filters(unit="sci"), [second]),
        (Filters(light=Light.RED), [second]),
        (Filters(light=Light.RED, sort="new"), [second]),
        (Filters(light=Light.GREY), []),
        (Filters(light=Light.YELLOW, q="会签"), []),
    ):
        assert ids(house, contact, filters) == expected, filters
    with house.database.reading() as session:
        choices = inbox.choices(session, contact)
    assert (list(choices.duties), list(choices.clauses)) == (["linear", "monitoring"], ["P25", "P8"])
    assert {unit for unit, _ in choices.units} == {"miit", "sci"}


def test_the_neighbours_of_a_line_are_those_of_the_list(house: House, instance_id: str) -> None:
    for number in range(6):
        put(house, instance_id, TODAY + timedelta(days=7 * number - 7))
    contact = actor(house, "contact.miit")
    with house.database.reading() as session:
        lines = inbox.page(session, contact, DAYS, Filters()).lines
        for place, line in enumerate(lines):
            after = inbox.next_line(session, contact, DAYS, inbox.place_of(line))
            before = inbox.previous_line(session, contact, DAYS, inbox.place_of(line))
            assert after == (lines[place + 1] if place + 1 < len(lines) else None)
            assert before == (lines[place - 1] if place else None)


def test_the_number_of_queries_does_not_grow_with_the_rows(house: House, instance_id: str) -> None:
    contact = actor(house, "contact.miit")
    numbers = []
    for rows in (1, 30):
        for _ in range(rows):
            put(house, instance_id, TODAY)
        with house.database.reading() as session, counted(house) as statements:
            inbox.page(session, contact, DAYS, Filters())
        numbers.append(len(statements))

    assert numbers[0] == numbers[1] <= 5


def test_a_place_that_is_none_is_refused(house: House) -> None:
    contact = actor(house, "contact.miit")
    with house.database.reading() as session:
        for filters, after in ((Filters(), "red.nonsense.x"), (Filters(sort="new"), "nonsense")):
            with pytest.raises(BadRequest):
                inbox.page(session, contact, DAYS, filters, after)


def test_what_was_handed_on_waits_for_others_and_what_was_done_is_kept(house: House, instance_id: str) -> None:
    office = actor(house, "office")
    first = ids(house, office)[0]
    tasks.complete(house, office, first, {"outcome": "yes"}, key="a")
    with house.database.writing() as connection:
        table = table_of(UserTask)
        moved = update(table).where(table.c.status == "open").values(principal="contact:miit", unit_id="miit")
        connection.execute(moved)

    with house.database.reading() as session:
        handed_on = worklists.handed_on(session, office, TODAY).items
        done = worklists.done(session, office, TODAY).items
        started = worklists.started(session, office).items
        counts = worklists.counts(session, office)
        nobodys = worklists.handed_on(session, actor(house, "contact.sci"), TODAY).items

    assert [line.light for line in handed_on] == [Light.GREY]
    assert [(line.task_id, line.light) for line in done] == [(first, Light.BLUE)]
    assert [line.instance_id for line in started] == [instance_id]
    assert (counts.handed_on, counts.done, counts.started) == (1, 1, 1)
    assert nobodys == []
