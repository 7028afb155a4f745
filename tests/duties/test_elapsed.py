"""The pace of a year: month by month, or along its planned quarters."""

from datetime import date
from decimal import Decimal

import pytest

from app.duties.elapsed import elapsed_of_years, elapsed_share

PLANNED = [Decimal(2), Decimal(4), Decimal(6), Decimal(8)]


@pytest.mark.parametrize(
    ("on", "share"),
    [
        (date(2023, 3, 31), "0.25"),
        (date(2023, 6, 30), "0.5"),
        (date(2023, 9, 30), "0.75"),
        (date(2023, 12, 31), "1"),
        (date(2024, 2, 29), "0.1667"),
        (date(2023, 11, 15), "0.875"),
    ],
)
def test_a_month_counts_in_full_on_its_last_day(on: date, share: str) -> None:
    assert round(elapsed_share(on), 4) == Decimal(share)


@pytest.mark.parametrize(
    ("on", "share"),
    [
        (date(2023, 3, 31), "0.1"),
        (date(2023, 6, 30), "0.3"),
        (date(2023, 7, 31), "0.4"),
        (date(2023, 12, 31), "1"),
    ],
)
def test_planned_quarters_bend_the_way(on: date, share: str) -> None:
    assert round(elapsed_share(on, PLANNED), 4) == Decimal(share)


def test_quarters_of_nought_are_no_plan() -> None:
    assert elapsed_share(date(2023, 6, 30), [Decimal(0)] * 4) == Decimal("0.5")


def test_several_years_are_one_way() -> None:
    assert elapsed_of_years(date(2023, 6, 30), 2022, 2024, Decimal("0.5")) == Decimal("0.5")
