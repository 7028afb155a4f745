"""Figures that count themselves: a figure is its list, and what it counts is written down when it has changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.duties.library_counts import Count
from app.models.actual import IndicatorActual
from app.models.enterprise import LibraryStay, Title
from app.models.library import GrowthMark
from app.models.plan import Indicator
from app.queries.library_counts import counted, figure, per_chain, per_locality
from app.services.house import House
from app.services.library_counts import count_today
from tests.services.libraries import Library, code, row

NOON = datetime(2022, 10, 20, 12, tzinfo=ZONE)
CHAMPIONS, GIANTS = Count("titles", ("single_champion",)), Count("titles", ("little_giant",))
CITY_OR_SPECIALISED = Count("titles", ("specialised_city", "specialised"))
ENTRIES, STOCK = Count("library", ("entries",)), Count("library", ("stock",))
DENSITY = Count("density", ("little_giant",))


class Town(Library):
    def title(self, number: int, level: str, on: str, **more: Any) -> Town:
        begins = date.fromisoformat(on)
        with self.house.database.transaction() as session:
            session.add(
                Title(
                    enterprise_id=code(number),
                    level=level,
                    announced_on=begins,
                    from_on=begins,
                    until_on=begins.replace(year=begins.year + 3),
                    **more,
                )
            )
        return self

    def stay(self, number: int, entered: str, left: str | None = None) -> Town:
        with self.house.database.transaction() as session:
            session.add(
                LibraryStay(
                    enterprise_id=code(number),
                    locality_id="hanjiang",
                    entered_on=date.fromisoformat(entered),
                    left_on=date.fromisoformat(left) if left else None,
                )
            )
        return self

    def list(self, count: Count, on: str, chains: tuple[str, ...] = ()) -> list[str]:
        with self.house.database.reading() as session:
            found = counted(session, count, date.fromisoformat(on), chains)
            if count.sort != "density":
                assert figure(session, count, date.fromisoformat(on), chains) == len(found)
            return [one.code for one in found]

    def count(self, on: str = "2022-10-20") -> int:
        with clock.held(NOON.replace(year=int(on[:4]), month=int(on[5:7]), day=int(on[8:]))):
            return count_today(self.house)

    def figures(self, number: int) -> list[tuple[str, int]]:
        with self.house.database.reading() as session:
            found = session.scalars(
                select(IndicatorActual)
                .join(Indicator, Indicator.id == IndicatorActual.indicator_id)
                .where(Indicator.number == number, IndicatorActual.source == "ledger")
                .order_by(IndicatorActual.id)
            )
            return [(row.as_of.isoformat(), int(row.value)) for row in found]


@pytest.fixture
def town(house: House) -> Town:
    town = Town(house)
    town.firms(1, 2, 3, 4, chain="食品").firms(5, locality_id="gaoyou", chain="航空")
    return town


def test_a_title_counts_in_the_year_of_its_announcement_from_that_day_on(town: Town) -> None:
    town.title(1, "little_giant", "2022-09-01").title(2, "little_giant", "2021-09-01")

    assert town.list(GIANTS, "2022-08-31") == []
    assert town.list(GIANTS, "2022-09-01") == [code(1)]
    assert town.list(GIANTS, "2022-12-31") == [code(1)]
    assert town.list(GIANTS, "2023-12-31") == []


def test_a_re_verified_title_is_not_new(town: Town) -> None:
    town.title(1, "little_giant", "2019-09-01", status="ended").title(1, "little_giant", "2022-09-01", is_renewal=True)
    town.title(2, "little_giant", "2022-09-01", is_renewal=True)

    assert town.list(GIANTS, "2022-12-31") == []


def test_an_enterprise_with_both_titles_counts_once_and_in_the_year_of_the_first(town: Town) -> None:
    town.title(1, "specialised_city", "2022-05-01").title(1, "specialised", "2022-11-01")
    town.title(2, "specialised_city", "2022-05-01").title(2, "specialised", "2023-11-01")
    town.title(3, "specialised", "2023-11-01")

    assert town.list(CITY_OR_SPECIALISED, "2022-12-31") == [code(1), code(2)]
    assert town.list(CITY_OR_SPECIALISED, "2023-12-31") == [code(3)]


def test_a_return_to_the_library_within_two_years_is_no_entry(town: Town) -> None:
    town.stay(1, "2022-05-20", "2022-11-30").stay(1, "2023-09-10").stay(2, "2023-03-01")

    assert town.list(ENTRIES, "2022-12-31") == [code(1)]
    assert town.list(ENTRIES, "2023-12-31") == [code(2)]
    assert town.list(STOCK, "2022-12-31") == []
    assert town.list(STOCK, "2023-12-31") == [code(2), code(1)]


def test_the_density_of_a_chain_counts_titles_that_hold(town: Town) -> None:
    chains = ("食品", "航空", "高端装备")
    town.title(1, "little_giant", "2021-09-01").title(2, "little_giant", "2022-09-01", ended_on=date(2023, 1, 1))
    town.title(5, "little_giant", "2022-09-01").title(3, "specialised", "2022-09-01")

    with town.house.database.reading() as session:
        found = counted(session, DENSITY, date(2022, 12, 31), chains)
        assert per_chain(found, chains) == {"食品": 2, "航空": 1, "高端装备": 0}
        assert figure(session, DENSITY, date(2022, 12, 31), chains) == 0
        assert per_locality(found) == {"hanjiang": 2, "gaoyou": 1}
        assert per_chain(counted(session, DENSITY, date(2023, 1, 1), chains), chains)["食品"] == 1


def test_a_growth_selection_counts_until_somebody_is_removed(town: Town) -> None:
    town.start()
    with town.house.database.transaction() as session:
        for number, removed in ((1, None), (2, date(2022, 10, 1))):
            session.add(
                GrowthMark(
                    year=2022,
                    enterprise_id=code(number),
                    locality_id="hanjiang",
                    place=number,
                    points=50,
                    score={},
                    selected_on=date(2022, 6, 20),
                    removed_on=removed,
                    instance_id=town.id,
                )
            )

    selected = Count("growth", ("selected",))
    assert town.list(selected, "2022-06-20") == [code(1), code(2)]
    assert town.list(selected, "2022-10-01") == [code(1)]
    assert town.list(selected, "2023-06-20") == []


def test_a_figure_is_written_down_when_it_has_changed_and_not_again(town: Town) -> None:
    assert town.count() == 0
    town.title(1, "little_giant", "2022-09-01").title(1, "single_champion", "2022-09-02")

    assert town.count("2022-10-20") == 2
    assert town.count("2022-10-20") == 0
    assert town.count("2022-10-21") == 0
    town.title(2, "little_giant", "2022-10-22")
    assert town.count("2022-10-22") == 1

    assert town.figures(2) == [("2022-10-20", 1), ("2022-10-22", 2)]
    assert town.figures(1) == [("2022-10-20", 1)]


def test_a_new_year_begins_at_nothing(town: Town) -> None:
    town.title(1, "little_giant", "2022-09-01").count()

    assert town.count("2023-01-02") == 0
    town.title(2, "little_giant", "2023-02-01").count("2023-02-01")
    assert town.figures(2) == [("2022-10-20", 1), ("2023-02-01", 1)]


def test_a_list_that_enters_is_counted_in_the_same_step(town: Town) -> None:
    town.start()

    town.nominate(row(1), row(2)).signed().accepted().entered()

    assert town.figures(5) == [("2022-03-01", 2)]
    assert town.list(ENTRIES, "2022-03-01") == [code(1), code(2)]


def test_outside_of_every_plan_nothing_is_counted(town: Town) -> None:
    town.title(1, "little_giant", "2026-09-01")

    assert town.count("2026-10-20") == 0


def test_it_counts_on_both_databases(any_house: House) -> None:
    town = Town(any_house)
    town.firms(1, 2)
    town.title(1, "tech_sme", "2022-09-01").stay(2, "2022-05-20")

    assert town.count() == 2
    assert (town.figures(4), town.figures(5)) == ([("2022-10-20", 1)], [("2022-10-20", 1)])
