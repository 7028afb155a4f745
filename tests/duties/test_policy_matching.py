"""Whether an enterprise fits a policy: the examples of the specification, the borders, and what must hold of any."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.policy_matching import (
    NEAR,
    Condition,
    Known,
    Policy,
    Window,
    group_verdict,
    match,
    missed,
)

ON = date(2022, 8, 1)
END_OF_2021 = date(2021, 12, 31)
RD = Condition("rd_ratio_pct", "gte", Decimal(3))
REVENUE = Condition("revenue_wan", "gte", Decimal(2000))


def a_policy(*conditions: Condition, windows: tuple[Window, ...] = ()) -> Policy:
    return Policy("policy", conditions, date(2022, 1, 1), date(2024, 12, 31), windows)


def a_profile(**values: object) -> dict[str, Known]:
    return {
        name: value if isinstance(value, Known) else Known(Decimal(str(value)), END_OF_2021)
        for name, value in values.items()
    }


def verdict(*conditions: Condition, **values: object) -> str:
    return match(a_policy(*conditions), a_profile(**values), ON).verdict


def test_example_1_a_value_on_the_limit_is_met() -> None:
    assert verdict(RD, rd_ratio_pct="3.0") == "met"


def test_example_2_one_number_missed_by_seven_and_a_half_per_cent_is_nearly_met() -> None:
    found = match(a_policy(RD, REVENUE), a_profile(rd_ratio_pct=3, revenue_wan=1850), ON)

    assert found.verdict == "nearly"
    assert [one.gap for one in found.tested] == [None, Decimal("0.075")]


def test_example_3_one_number_missed_by_fifteen_per_cent_is_no() -> None:
    assert verdict(RD, REVENUE, rd_ratio_pct=3, revenue_wan=1700) == "no"


def test_example_4_a_figure_of_2020_is_too_old_on_1_august_2022() -> None:
    found = match(a_policy(RD), {"rd_ratio_pct": Known(Decimal(5), date(2020, 12, 31))}, ON)

    assert found.verdict == "unknown"
    assert found.tested[0].is_old


def test_example_5_after_the_window_the_policy_is_left_out_and_the_next_one_named() -> None:
    past, coming = Window(date(2022, 7, 1), date(2022, 7, 31)), Window(date(2023, 3, 1), date(2023, 3, 31))

    found = match(a_policy(RD, windows=(past, coming)), a_profile(rd_ratio_pct=4), ON)

    assert (found.verdict, found.next_window) == ("left_out", coming)


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [("2000", "met"), ("1999.99", "nearly"), ("1800", "nearly"), ("1799.99", "no")],
)
def test_borders_of_one_number(revenue: str, expected: str) -> None:
    assert verdict(REVENUE, revenue_wan=revenue) == expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("gt", "2000", "nearly"),
        ("gt", "2000.01", "met"),
        ("lte", "2000", "met"),
        ("lte", "2200", "nearly"),
        ("lte", "2200.01", "no"),
        ("lt", "2000", "nearly"),
        ("eq", "2000.0", "met"),
        ("eq", "1800", "nearly"),
    ],
)
def test_every_comparison_has_its_border(operator: str, value: str, expected: str) -> None:
    assert verdict(Condition("revenue_wan", operator, Decimal(2000)), revenue_wan=value) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("299", "nearly"), ("300", "met"), ("2000", "met"), ("2200", "nearly"), ("2201", "no"), ("269", "no")],
)
def test_between_includes_its_bounds_and_is_missed_by_the_nearer_one(value: str, expected: str) -> None:
    assert verdict(Condition("staff", "between", Decimal(300), Decimal(2000)), staff=value) == expected


def test_nothing_is_near_to_nought() -> None:
    assert verdict(Condition("net_profit_wan", "gt", Decimal(0)), net_profit_wan="-0.01") == "no"


def test_two_near_misses_are_no() -> None:
    assert verdict(RD, REVENUE, rd_ratio_pct="2.9", revenue_wan=1950) == "no"


def test_words_are_never_nearly_met() -> None:
    titles = Condition("titles", "in", ("specialised", "little_giant"))

    assert verdict(titles, titles=Known(("innovative",))) == "no"
    assert verdict(titles, titles=Known(())) == "no"
    assert verdict(titles, titles=Known(("innovative", "little_giant"))) == "met"


def test_not_in_excludes_one_of_many_words() -> None:
    assert verdict(Condition("locality", "not_in", ("baoying",)), locality=Known("gaoyou")) == "met"
    assert verdict(Condition("locality", "not_in", ("baoying",)), locality=Known("baoying")) == "no"


def test_a_yes_or_no_is_compared_as_it_is() -> None:
    assert verdict(Condition("rd_body", "is", True), rd_body=Known(True)) == "met"
    assert verdict(Condition("rd_body", "is", True), rd_body=Known(False)) == "no"
    assert verdict(Condition("rd_body", "is", True), rd_body=1) == "no"


def test_what_holds_until_it_is_changed_never_grows_old() -> None:
    assert verdict(Condition("locality", "in", ("gaoyou",)), locality=Known("gaoyou")) == "met"


def test_a_missing_figure_is_unknown_but_not_where_another_condition_excludes() -> None:
    assert verdict(RD, REVENUE, revenue_wan=3000) == "unknown"
    assert verdict(RD, REVENUE, revenue_wan=1850) == "unknown"
    assert verdict(RD, REVENUE, revenue_wan=1000) == "no"


def test_the_last_day_of_eighteen_months_still_counts() -> None:
    profile = {"rd_ratio_pct": Known(Decimal(5), date(2021, 2, 28))}

    assert match(a_policy(RD), profile, date(2022, 8, 28)).verdict == "met"
    assert match(a_policy(RD), profile, date(2022, 8, 29)).verdict == "unknown"


def test_of_several_groups_the_best_one_decides() -> None:
    either = Condition("titles", "in", ("little_giant",), group=2)

    assert verdict(REVENUE, either, revenue_wan=10, titles=Known(("little_giant",))) == "met"
    assert verdict(REVENUE, either, revenue_wan=1900, titles=Known(())) == "nearly"
    assert verdict(REVENUE, either, titles=Known(())) == "unknown"
    assert match(a_policy(REVENUE, either), a_profile(revenue_wan=9000, titles=Known(())), ON).group == 1


def test_a_policy_without_conditions_is_for_everybody() -> None:
    assert verdict() == "met"


@pytest.mark.parametrize(("on", "expected"), [(date(2021, 12, 31), "left_out"), (date(2022, 1, 1), "met"),
                                              (date(2024, 12, 31), "met"), (date(2025, 1, 1), "left_out")])  # fmt: skip
def test_a_policy_counts_on_its_days_only(on: date, expected: str) -> None:
    assert match(a_policy(), {}, on).verdict == expected


def test_the_window_that_closes_last_is_the_one_to_apply_in() -> None:
    short, long = Window(date(2022, 7, 15), date(2022, 8, 5)), Window(date(2022, 7, 20), date(2022, 8, 31))

    assert match(a_policy(windows=(short, long)), {}, ON).closes_on == date(2022, 8, 31)


def test_without_windows_one_may_apply_until_the_policy_ends() -> None:
    assert match(a_policy(), {}, ON).closes_on == date(2024, 12, 31)


def test_the_conditions_that_shut_an_enterprise_out_are_named() -> None:
    poor, small = a_profile(rd_ratio_pct=1, revenue_wan=9000), a_profile(rd_ratio_pct=1, revenue_wan=1)

    assert missed(match(a_policy(RD, REVENUE), poor, ON)) == [RD]
    assert missed(match(a_policy(RD, REVENUE), small, ON)) == [RD, REVENUE]
    assert missed(match(a_policy(RD), a_profile(rd_ratio_pct=9), ON)) == []


results = st.sampled_from(["met", "near", "missed", "unknown"])


@given(st.lists(results))
def test_a_group_is_met_only_when_all_are_and_order_does_not_matter(found: list) -> None:
    verdict = group_verdict(found)

    assert (verdict == "met") == (set(found) <= {"met"})
    assert group_verdict(reversed(found)) == verdict


@given(st.lists(results), st.sampled_from(["met", "near", "missed"]))
def test_a_figure_that_becomes_known_never_turns_a_no_into_something_better(found: list, learned: str) -> None:
    if group_verdict([*found, "unknown"]) == "no":
        assert group_verdict([*found, learned]) == "no"


amounts = st.decimals(min_value=1, max_value=10**6, places=2)


@given(amounts, amounts)
def test_nearly_is_exactly_within_a_tenth(bound: Decimal, value: Decimal) -> None:
    found = verdict(Condition("revenue_wan", "gte", bound), revenue_wan=value)

    expected = "met" if value >= bound else "nearly" if (bound - value) / bound <= NEAR else "no"
    assert found == expected


@given(amounts, st.lists(amounts, min_size=2, max_size=2).map(sorted))
def test_more_is_never_worse(bound: Decimal, values: list[Decimal]) -> None:
    order = ["no", "nearly", "met"]
    less, more = (verdict(Condition("revenue_wan", "gte", bound), revenue_wan=value) for value in values)

    assert order.index(less) <= order.index(more)


@given(st.dates(date(2022, 1, 1), date(2024, 12, 31)), st.integers(0, 60), st.integers(0, 60))
def test_inside_a_window_one_may_apply_and_outside_not(start: date, length: int, offset: int) -> None:
    window = Window(start, start + timedelta(days=length))
    policy = Policy("policy", (), date(2000, 1, 1), None, (window,))

    found = match(policy, {}, start + timedelta(days=offset))

    assert (found.verdict == "met") == (offset <= length)
    assert found.next_window is None
