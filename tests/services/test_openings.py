"""Campaigns of the plan's calendar open once, on their day or the first working day after it, and not long after."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.models.process import ProcessInstance
from app.services import openings
from app.services.house import House
from app.services.openings import open_campaigns, rolled, win
from app.workdays import STATUTORY
from tests.services.december_report_walk import morning


def opened(house: House, day: str) -> list[str]:
    with clock.held(morning(day)):
        open_campaigns(house)
        with house.database.reading() as session:
            of_the_year = ProcessInstance.duty.in_(openings.OPENERS.values())
            return sorted(session.scalars(select(ProcessInstance.business_key).where(of_the_year)))


def test_the_december_notice_comes_on_the_first_working_day_from_the_twentieth(house: House) -> None:
    assert opened(house, "2022-11-18") == []
    assert opened(house, "2022-11-21") == ["december_report:2022"]
    assert opened(house, "2022-11-21") == ["december_report:2022"]


def test_what_was_missed_is_made_good_within_two_months_and_then_left_to_the_office(house: House) -> None:
    assert opened(house, "2023-12-20") == ["december_report:2023"]
    assert opened(house, "2024-10-01") == ["december_report:2023"]


def test_targets_of_the_first_year_are_adopted_with_the_plan_and_not_proposed(house: House) -> None:
    assert opened(house, "2022-01-11") == []
    assert any(key == "annual_target:2023" for key in opened(house, "2023-01-10"))


def test_a_day_is_won_once_and_never_again(house: House) -> None:
    day = date(2024, 12, 16)

    assert [win(house, "digest", day) for _ in range(3)] == [True, False, False]
    assert not win(house, "digest", date(2024, 12, 15))
    assert win(house, "digest", date(2024, 12, 17))


@pytest.mark.parametrize(
    ("day", "rolls", "on"),
    [
        (date(2022, 11, 20), "later", date(2022, 11, 21)),
        (date(2022, 12, 31), "earlier", date(2022, 12, 30)),
        (date(2024, 12, 1), "none", date(2024, 12, 1)),
    ],
)
def test_a_day_that_is_free_rolls_as_the_plan_says(day: date, rolls: str, on: date) -> None:
    assert rolled(STATUTORY, day, rolls) == on


def test_a_death_between_the_start_and_its_mark_loses_no_campaign(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(openings, "win", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            opened(house, "2022-11-21")

    assert opened(house, "2022-11-22") == ["december_report:2022"]
    assert opened(house, "2022-11-23") == ["december_report:2022"]
