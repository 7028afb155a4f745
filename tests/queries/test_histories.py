"""A history is found by whom it is about, who acted, when it ran and what it is called, without a query a row."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, update

from app.db import table_of
from app.models.process import ProcessInstance
from app.queries.histories import Line, Wanted, choices, histories
from app.services.house import House
from app.terms import InstanceStatus
from tests import walks
from tests.factories import actor

INSTANCE = table_of(ProcessInstance)


def found(house: House, wanted: Wanted, login: str = "auditor") -> list[Line]:
    with house.database.reading() as session:
        return list(histories(session, actor(house, login), wanted).items)


@pytest.fixture
def ended(house: House) -> str:
    """A process of January 2024 that has ended; a second one has not."""
    id_ = walks.walked(house, "linear")
    walks.started(house, "mi_par")
    return id_


def test_filters_name_what_they_find(house: House, ended: str) -> None:
    office = actor(house, "office").person_id

    assert [line.id for line in found(house, Wanted(status=InstanceStatus.COMPLETED))] == [ended]
    assert [line.id for line in found(house, Wanted(text="linear:"))] == [ended]
    assert [line.id for line in found(house, Wanted(duty="linear", person_id=office, unit_id="office"))] == [ended]
    assert found(house, Wanted(person_id=actor(house, "signer").person_id)) == []
    assert found(house, Wanted(text="%")) == []
    assert len(found(house, Wanted())) == 2


def test_a_span_finds_what_ran_on_one_of_its_days(house: House, ended: str) -> None:
    day = date(2024, 1, 2)

    assert len(found(house, Wanted(from_on=day, until_on=day))) == 2
    assert found(house, Wanted(until_on=date(2024, 1, 1))) == []
    assert ended not in [line.id for line in found(house, Wanted(from_on=date(2024, 1, 3)))]


def test_a_line_says_what_ran_in_which_version_and_how_long_its_history_is(house: House, ended: str) -> None:
    (line,) = found(house, Wanted(status=InstanceStatus.COMPLETED))

    assert (line.version, line.events) == (1, walks.instance_of(house, ended).head_seq)
    assert line.ended_at is not None


def test_a_unit_finds_its_own_and_those_it_took_part_in(house: House, ended: str) -> None:
    assert found(house, Wanted(), login="contact.sci") == []
    with house.database.writing() as connection:
        connection.execute(update(INSTANCE).where(INSTANCE.c.id == ended).values(unit_id="sci"))

    assert [(line.id, line.unit) for line in found(house, Wanted(), login="contact.sci")] == [(ended, "市科技局")]
    assert [line.id for line in found(house, Wanted(unit_id="sci"))] == [ended]


def test_pages_follow_each_other_without_a_query_a_row(house: House) -> None:
    ids = [walks.started(house, "linear", str(number)) for number in range(5)]
    auditor, asked, seen = actor(house, "auditor"), list[str](), list[str]()
    event.listen(house.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    cursor = None
    with house.database.reading() as session:
        for left in (3, 1, 0):
            page = histories(session, auditor, Wanted(), cursor, limit=2)
            assert page.left == left
            seen += [line.id for line in page.items]
            cursor = page.next_cursor

    assert cursor is None
    assert sorted(seen) == sorted(ids)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 4 * 3


def test_units_and_people_are_offered_by_name_and_pinyin(house: House) -> None:
    with house.database.reading() as session:
        offered = choices(session)

    assert ("sci", "市科技局") in [unit[:2] for unit in offered.units]
    assert "周文博（" in "".join(person[1] for person in offered.people)
