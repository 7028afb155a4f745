"""The light of an indicator against its pace: the worked examples of the plan's indicators."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.pace import Kind, PacePolicy, Standing, indicator_light
from app.terms import Light

Q1, Q2, Q3, YEAR = Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal(1)


@pytest.mark.parametrize(
    ("target", "pace", "done", "light"),
    [
        (35, Q2, 12, Light.YELLOW),  # 50 − 34.3 = 15.7 points
        (35, Q2, 8, Light.RED),  # 27.1 points
        (35, Q2, 16, Light.GREEN),  # 4.3 points
        (20, Decimal("0.3"), 5, Light.GREEN),  # by its quarter plan 2 4 6 8
        (3, Q1, 0, Light.GREEN),  # 0.75 is rounded down to nought
        (3, Q2, 0, Light.YELLOW),  # a small target is spared the red light before October
        (3, Decimal("0.9"), 0, Light.RED),
        (50000, Q3, 41000, Light.GREEN),
        (50000, Q3, 50000, Light.BLUE),
        (100, Q2, 310, Light.BLUE),
        (4, YEAR, 3, Light.RED),  # the year is over
    ],
)
def test_a_newly_added_count_is_held_against_its_share_of_the_year(
    target: int, pace: Decimal, done: int, light: Light
) -> None:
    assert indicator_light(Decimal(done), Decimal(target), pace, "newly_added", "eq").light is light


@pytest.mark.parametrize(("value", "light"), [("3.70", Light.GREEN), ("3.60", Light.YELLOW), ("3.30", Light.RED)])
def test_a_period_end_value_is_held_against_the_way_from_last_years_value(value: str, light: Light) -> None:
    found = indicator_light(Decimal(value), Decimal("3.9"), Q2, "period_end", "eq", base=Decimal("3.65"), unit="%")

    assert found.light is light
    assert ("序时应达", "3.775%") in found.inputs


def test_more_than_sixty_percent_is_not_met_by_sixty() -> None:
    sixty = indicator_light(Decimal("60.0"), Decimal(60), YEAR, "period_end", "gt", unit="%")
    above = indicator_light(Decimal("60.1"), Decimal(60), YEAR, "period_end", "gt", unit="%")

    assert (sixty.light, sixty.word) == (Light.RED, "落后")
    assert sixty.sentence == "为什么是红灯：年度目标超过60%，完成值 60%，年度已结束，没有达到目标。"
    assert (above.light, above.word) == (Light.BLUE, "达标")


def test_the_reason_of_a_slow_indicator_names_the_pace_and_both_lines() -> None:
    found = indicator_light(Decimal(12), Decimal(35), Q2, "newly_added", "eq", unit="家")

    assert found.word == "偏慢"
    assert found.sentence == (
        "为什么是黄灯：年度目标35家，完成值 12家，序时进度 50%，应达 17.5家，差目标值的 15.7%（10%为偏慢，25%为落后）。"
    )
    assert found.rule == "规则“指标进度灯色”第1版"


def test_an_indicator_ahead_of_its_pace_is_in_time() -> None:
    found = indicator_light(Decimal(30), Decimal(35), Q2, "newly_added", "eq", unit="家")

    assert (found.light, found.word) == (Light.GREEN, "正常")
    assert found.sentence.endswith("不低于序时进度。")


def test_without_a_figure_the_light_is_grey() -> None:
    found = indicator_light(None, Decimal(35), Q2, "newly_added", "eq", unit="家")

    assert (found.light, found.word) == (Light.GREY, "未报")
    assert "尚无已核实的完成值" in found.sentence


def test_a_target_of_nought_is_met_at_once_and_divides_nothing() -> None:
    assert indicator_light(Decimal(0), Decimal(0), Q2, "newly_added", "eq").light is Light.BLUE
    assert indicator_light(Decimal(0), Decimal(0), Q2, "newly_added", "gt").light is Light.GREEN


def test_another_policy_draws_other_lines() -> None:
    strict = PacePolicy(slow_points=Decimal(5), behind_points=Decimal(15))

    assert indicator_light(Decimal(12), Decimal(35), Q2, "newly_added", "eq", policy=strict).light is Light.RED


@given(
    st.decimals(0, 1000, places=1),
    st.decimals(0, 1000, places=1),
    st.decimals(0, 1, places=2),
    st.sampled_from(["newly_added", "period_end"]),
    st.sampled_from(["eq", "gt", "gte", "approx", "range"]),
)
def test_more_done_never_shows_a_worse_light(
    done: Decimal, target: Decimal, pace: Decimal, kind: Kind, comparator: str
) -> None:
    order = [Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE]

    less = Standing(done, target, pace, kind, comparator).light
    more = Standing(done + 1, target, pace, kind, comparator).light

    assert order.index(more) >= order.index(less)
