"""A whole plan by habit, on a few weeks: it goes on where it stopped, refuses what it did not begin, and all agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app import clock
from app.demo.people import add_people
from app.demo.player import MORNING, at
from app.demo.simulation import Wish, plan_days, simulate
from app.documents.plan_reader import read_plan
from app.errors import Conflict
from app.queries.actor import SYSTEM
from app.services.check import check
from app.services.definitions import deploy_shipped
from app.services.house import House
from app.services.plans import load_plan
from app.services.schema import migrate
from tests.factories import PLAN, house_on

ISSUED, FIRST_STOP, LAST = date(2022, 4, 18), date(2022, 4, 22), date(2022, 5, 6)
WISH = Wish(ISSUED, FIRST_STOP, seed=7, enterprises=6)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = house_on(f"sqlite:///{tmp_path / 'sim.sqlite3'}", tmp_path)
    migrate(found.database)
    with clock.held(at(LAST, MORNING)):
        with found.database.transaction() as session:
            load_plan(session, read_plan(PLAN.read_bytes(), PLAN.name), SYSTEM)
        deploy_shipped(found, SYSTEM)
        yield found
    found.close()


@pytest.mark.slow
def test_a_simulation_goes_on_where_it_stopped_and_all_of_it_holds(house: House) -> None:
    days: list[date] = []

    first, _ = simulate(house, WISH, lambda day, _done, _seconds: days.append(day))
    figures, refused = simulate(
        house, Wish(ISSUED, LAST, WISH.seed, WISH.enterprises), lambda day, _done, _seconds: days.append(day)
    )

    assert days == [day for day in sorted(set(days)) if house.calendar.is_working_day(day)]
    assert (days[0], days[-1]) == (ISSUED, LAST)
    assert (figures.incidents, figures.stuck, refused) == (0, 0, [])
    assert figures.commands > first.commands > 0
    assert figures.user_tasks > figures.open_user_tasks > 0
    assert check(house) == []
    with pytest.raises(Conflict, match="参数不同"):
        simulate(house, Wish(ISSUED, LAST, seed=8, enterprises=6), lambda *_told: None)


def test_an_office_with_people_is_no_place_for_a_simulation(house: House) -> None:
    with house.database.transaction() as session:
        add_people(house, session, 7)

    with pytest.raises(Conflict, match="空库"):
        simulate(house, WISH, lambda *_told: None)


def test_the_days_are_those_of_the_plan_unless_asked_otherwise(house: House) -> None:
    assert plan_days(house, None, None) == (ISSUED, date(2024, 12, 31))
    assert plan_days(house, date(2020, 1, 1), LAST) == (ISSUED, LAST)
    assert plan_days(house, date(2023, 1, 1), None) == (date(2023, 1, 1), date(2024, 12, 31))
