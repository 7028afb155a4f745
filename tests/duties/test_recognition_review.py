"""How long titles and bans run, who is visited, whom the departments bar, and how experts' points rank."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from app.duties.recognition import ban_until, is_barred, mean_of, rank, validity, visit_sample

ON = date(2023, 10, 10)


@pytest.mark.parametrize(
    ("announced_on", "until"),
    [
        (date(2022, 12, 30), date(2025, 12, 29)),  # example 10
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2024, 3, 1), date(2027, 2, 28)),
        (date(2023, 1, 1), date(2025, 12, 31)),
        (date(2025, 2, 28), date(2028, 2, 27)),
    ],
)
def test_a_title_is_valid_for_three_years_less_a_day(announced_on: date, until: date) -> None:
    assert validity(announced_on) == until


@pytest.mark.parametrize(
    ("established_on", "until"),
    [(date(2023, 5, 6), date(2026, 5, 6)), (date(2024, 2, 29), date(2027, 2, 28))],  # example 11
)
def test_a_ban_runs_for_three_years(established_on: date, until: date) -> None:
    assert ban_until(established_on) == until


@pytest.mark.parametrize("level", ["specialised", "specialised_city", "little_giant", "single_champion"])
def test_every_firm_of_a_higher_level_is_visited(level: str) -> None:
    assert all(visit_sample(level, f"key:{number}", 0) for number in range(50))


def test_a_fifth_of_the_innovative_is_visited_and_always_the_same() -> None:
    keys = [f"enterprise_recognition:innovative:2022-2:{number:018d}" for number in range(2000)]
    drawn = [key for key in keys if visit_sample("innovative", key, 20)]

    assert 340 < len(drawn) < 460
    assert drawn == [key for key in keys if visit_sample("innovative", key, 20)]
    assert set(drawn) <= {key for key in keys if visit_sample("innovative", key, 30)}
    assert not any(visit_sample("innovative", key, 0) for key in keys)
    assert all(visit_sample("innovative", key, 100) for key in keys)


def test_who_asks_for_a_check_by_hand_is_visited() -> None:
    assert visit_sample("innovative", "key", 0, asks_manual_check=True)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"function": "check.tax", "has_problem": True, "on": "2020-10-10"}, True),
        ({"function": "check.tax", "has_problem": True, "on": "2020-10-09"}, False),
        ({"function": "check.safety", "has_problem": True, "on": date(2023, 1, 1)}, True),
        ({"function": "check.environment", "has_problem": True}, True),  # no day is no excuse
        ({"function": "check.market", "has_problem": False, "on": "2023-01-01"}, False),
        ({"function": "check.credit", "has_problem": True, "on": "2015-01-01"}, True),  # still on the list
        ({"function": "growth.lead", "has_problem": True, "on": "2023-01-01"}, False),
    ],
)
def test_a_fact_of_the_last_three_years_bars(check: dict[str, object], expected: bool) -> None:
    assert is_barred([{"function": "check.tax", "has_problem": False}, check], ON) is expected


def test_up_to_four_sheets_all_count_and_from_five_on_the_extremes_do_not() -> None:
    assert mean_of([60, 70, 80, 100]) == Fraction(310, 4)
    assert mean_of([0, 70, 80, 75, 100]) == 75
    assert mean_of([70, 70, 71]) == Fraction(211, 3)
    assert mean_of([]) is None


def test_equal_means_share_a_place_and_a_wide_spread_is_marked() -> None:
    rows = rank({"b": [80, 80], "a": [70, 90], "c": [69, 90], "d": [], "e": [85]})

    assert [(row.key, row.place) for row in rows] == [("e", 1), ("a", 2), ("b", 2), ("c", 4), ("d", None)]
    assert {row.key for row in rows if row.needs_second_look} == {"c"}  # 21 points; 20 are not too many
    assert [row.shown_mean for row in rows] == ["85.00", "80.00", "80.00", "79.50", ""]
