"""The calendar opens rounds of the library, yearly checks and the growth selection, for whom there is something."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app import clock
from app.models.process import ProcessInstance
from app.services.house import House
from app.services.openings import open_campaigns
from tests.services.december_report_walk import morning
from tests.services.libraries import Library

LIBRARY = ("library_entry", "growth_selection")


def opened(house: House, day: str) -> list[str]:
    with clock.held(morning(day)):
        open_campaigns(house)
    with house.database.reading() as session:
        of_library = ProcessInstance.duty.in_(LIBRARY)
        return sorted(session.scalars(select(ProcessInstance.business_key).where(of_library)))


def test_without_a_file_nobody_is_asked(house: House) -> None:
    assert opened(house, "2022-09-05") == []


def test_a_round_opens_for_each_locality_with_enterprises_once(house: House) -> None:
    Library(house).firms(1, 2).firms(3, locality_id="etdz")

    lists = ["library_entry:2022:321003:1", "library_entry:2022:etdz:1"]
    assert opened(house, "2022-08-31") == []
    assert opened(house, "2022-09-01") == lists
    assert opened(house, "2022-09-20") == lists


def test_the_plans_first_spring_was_before_the_plan(house: House) -> None:
    Library(house).firms(1)

    assert opened(house, "2022-04-20") == []
    assert opened(house, "2023-03-01") == ["library_entry:2023:321003:1"]


def test_a_list_that_is_under_way_takes_the_rounds_place(house: House) -> None:
    library = Library(house, morning("2022-08-20")).firms(1).start()

    assert opened(house, "2022-09-01") == ["library_entry:2022:321003:1"]
    assert library.reread().status == "active"


def test_checks_and_the_selection_open_where_enterprises_are_in_the_library(house: House) -> None:
    Library(house, morning("2022-05-10")).firms(1, library_since=date(2022, 5, 9)).firms(2, locality_id="gaoyou")

    assert "library_entry_check:2022:321003" in opened(house, "2022-11-01")
    keys = opened(house, "2023-03-15")
    assert "growth_selection:2023" in keys
    assert "library_entry_check:2022:321084" not in keys
    with house.database.reading() as session:
        found = select(ProcessInstance).where(ProcessInstance.duty == "growth_selection")
        assert session.scalars(found).one().unit_id == "miit"
