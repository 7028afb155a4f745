"""What holds for all rules and figures: better never earns less, missing is never met, borders belong above."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.duties.recognition import evaluate, from_json, to_json
from app.duties.recognition.facts import Facts
from app.duties.recognition.inputs import INPUTS
from app.duties.recognition.measures import MEASURES, Exact
from app.duties.recognition.scoring import points_of
from app.duties.recognition.vocabulary import Band, Bands, Indicator, Measured, Part
from tests.duties.recognition_cases import (
    FOLDER,
    GIANT_2022,
    GIANT_2026,
    INNOVATIVE,
    ON_2022,
    ON_2026,
    SPECIALISED,
    SPECIALISED_2026,
    finding,
    judged,
    points,
    rule_set,
    split,
)

Answers = Mapping[str, Any]
BASES: list[tuple[str, str, Answers, Any]] = [
    ("cn-2022-63", "innovative", INNOVATIVE, ON_2022),
    ("cn-2022-63", "specialised", SPECIALISED, ON_2022),
    ("cn-2022-63", "little_giant", GIANT_2022, ON_2022),
    ("cn-2026-2", "specialised", SPECIALISED_2026, ON_2026),
    ("cn-2026-2", "little_giant", GIANT_2026, ON_2026),
]
FILES = [file.stem for file in sorted(FOLDER.glob("*.yaml"))]
AMOUNTS = st.decimals("0.01", "99999999.99", places=2)
BANDED = [
    pytest.param(name, level.level, indicator, id=f"{name}-{level.level}-{indicator.id}")
    for name in FILES
    for level in rule_set(name).levels
    for part in level.parts
    for indicator in part.indicators
    if isinstance(indicator.scale, Bands)
]
# The figure that makes a measure take any value: ratios over a hundred are read off directly.
DRIVERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "main_share": ("main_revenue_wan", {"revenue_wan": 100}),
    "main_growth": ("main_revenue_wan", {"main_revenue_wan@2": 100}),
    "main_growth_mean_2": ("main_revenue_wan", {"main_revenue_wan@2": 100, "main_revenue_wan@3": 100}),
    "debt_ratio": ("liabilities_wan", {"assets_wan": 100}),
    "net_margin": ("net_profit_wan", {"revenue_wan": 100}),
    "rd_ratio": ("rd_wan", {"revenue_wan": 100}),
    "rd_staff_ratio": ("rd_staff", {"staff": 100}),
    "tech_staff_ratio": ("tech_staff", {"staff": 100}),
    "digital_level": ("digital_level", {}),
}


def scored(indicator: Indicator, figure: Decimal) -> int:
    assert isinstance(indicator.scale, Bands)
    key, fixed = DRIVERS[indicator.scale.measure]
    figures, profile = split({key: str(figure), **fixed}, ON_2022)
    part = points_of(Part("p", "部分", indicator.max, (indicator,)), Facts(figures, profile, ON_2022))
    assert part.indicators[0].points is not None
    return part.points


def at_border(indicator: Indicator, band: Band) -> Decimal:
    """The figure at which the measure lies exactly on the border."""
    assert isinstance(indicator.scale, Bands)
    border = band.at_least if band.at_least is not None else band.at_most
    assert border is not None
    growth = {"main_growth": 1, "main_growth_mean_2": 2}.get(indicator.scale.measure)
    return 100 + border * growth if growth else border


@pytest.mark.parametrize(("rules", "level", "indicator"), BANDED)
def test_a_border_value_earns_the_points_of_the_upper_band(rules: str, level: str, indicator: Indicator) -> None:
    assert isinstance(indicator.scale, Bands)
    least = Decimal("0.0000001")
    below = [*(band.points for band in indicator.scale.bands[1:]), 0]
    for band, lower in zip(indicator.scale.bands, below, strict=True):
        border = at_border(indicator, band)
        worse, better = (
            (border - least, border + least) if band.at_least is not None else (border + least, border - least)
        )

        assert scored(indicator, border) == band.points
        assert scored(indicator, better) == band.points
        if indicator.scale.measure != "net_margin" or worse >= 0:
            assert scored(indicator, worse) == lower


@settings(max_examples=40, deadline=None)
@given(one=AMOUNTS, other=AMOUNTS, chosen=st.sampled_from(BANDED))
def test_a_better_figure_never_earns_fewer_points(one: Decimal, other: Decimal, chosen: Any) -> None:
    indicator: Indicator = chosen.values[2]
    assert isinstance(indicator.scale, Bands)
    worse, better = sorted((one, other), reverse=indicator.scale.bands[0].at_most is not None)

    assert scored(indicator, worse) <= scored(indicator, better)


@settings(max_examples=60, deadline=None)
@given(more=st.integers(0, 10**6), key=st.sampled_from(["rd_wan", "class1_own_ip", "class1_high_ip", "segment_years"]))
def test_more_research_rights_or_years_never_lower_the_score(more: int, key: str) -> None:
    before = judged("cn-2022-63", "specialised", SPECIALISED, ON_2022)
    better = {key: str(Decimal(str(SPECIALISED[key])) + more)}
    after = judged("cn-2022-63", "specialised", SPECIALISED, ON_2022, better)

    assert (after.score or 0) >= (before.score or 0)
    assert after.is_met


@settings(max_examples=60, deadline=None)
@given(base=st.sampled_from(BASES), data=st.data())
def test_a_missing_input_never_helps_and_is_named(base: tuple[str, str, Answers, Any], data: st.DataObject) -> None:
    rules, level, answers, on = base
    gone = data.draw(st.sets(st.sampled_from(sorted(answers)), min_size=1, max_size=4))
    full = judged(rules, level, answers, on)
    less = judged(rules, level, answers, on, dict.fromkeys(gone))

    for before, after in zip(full.findings, less.findings, strict=True):
        assert after.met is not True or before.met is True
    for before_part, after_part in zip(full.parts, less.parts, strict=True):
        assert after_part.points <= before_part.points
    for finding_ in less.unmet:
        was_met = next(each for each in full.findings if each.id == finding_.id).met
        named = {given.key for given in less.missing}
        assert not was_met or named & {key.partition("@")[0] for key in gone}


@pytest.mark.parametrize(("rules", "level", "answers", "on"), BASES)
def test_without_any_answer_nothing_is_met_and_no_points_are_earned(
    rules: str, level: str, answers: Answers, on: Any
) -> None:
    evaluation = evaluate(rule_set(rules), level, {}, {}, on)

    assert not any(each.met for each in evaluation.findings)
    assert {each.points for part in evaluation.parts for each in part.indicators} <= {None}
    assert evaluation.score in (0, None)
    assert "revenue_wan" in {given.key for given in evaluation.missing}
    assert not evaluation.is_met


NO_NUMBERS = ("", None, "abc", "NaN", "Infinity", True, [], {}, "-3", "1e999999999", "1e-999999999")


@pytest.mark.parametrize("answer", NO_NUMBERS)
def test_what_is_no_usable_number_counts_as_missing(answer: Any) -> None:
    evaluation = judged("cn-2022-63", "specialised", {**SPECIALISED, "rd_wan": answer}, ON_2022)

    assert finding(evaluation, "B2").met is False
    assert points(evaluation, "11").points is None
    assert "2021年研发费用" in [given.name for given in evaluation.missing]


@settings(max_examples=40, deadline=None)
@given(factor=st.decimals("0.001", "1000", places=3).filter(bool), base=st.sampled_from(BASES[:2]))
def test_ratios_do_not_change_with_the_scale_of_the_amounts(
    factor: Decimal, base: tuple[str, str, Answers, Any]
) -> None:
    """All amounts in another unit: every indicator on a ratio keeps its points."""
    rules, level, answers, on = base
    scaled = {key: str(Decimal(str(value)) * factor) if "_wan" in key else value for key, value in answers.items()}
    before, after = judged(rules, level, answers, on), judged(rules, level, scaled, on)

    for part in rule_set(rules).level(level).parts:  # type: ignore[union-attr]
        for indicator in part.indicators:
            if isinstance(indicator.scale, Bands) and MEASURES[indicator.scale.measure].unit == "%":
                assert points(after, indicator.id).points == points(before, indicator.id).points


@pytest.mark.parametrize("write", [int, Decimal, str, lambda value: f"{value}.00", float])
def test_a_number_means_the_same_however_it_is_written(write: Any) -> None:
    evaluation = judged("cn-2022-63", "specialised", {**SPECIALISED, "rd_wan": write(380)}, ON_2022)

    assert evaluation == judged("cn-2022-63", "specialised", SPECIALISED, ON_2022)


@settings(max_examples=40, deadline=None)
@given(base=st.sampled_from(BASES), data=st.data())
def test_a_stored_evaluation_is_read_back_the_same(base: tuple[str, str, Answers, Any], data: st.DataObject) -> None:
    rules, level, answers, on = base
    gone = data.draw(st.sets(st.sampled_from(sorted(answers)), max_size=5))
    evaluation = judged(rules, level, answers, on, dict.fromkeys(gone))
    stored = to_json(evaluation)

    assert from_json(json.loads(json.dumps(stored, ensure_ascii=False))) == evaluation
    assert to_json(from_json(stored)) == stored


@given(now=AMOUNTS, then=AMOUNTS, rate=st.decimals("-50", "200", places=2))
def test_compound_growth_is_compared_without_a_root(now: Decimal, then: Decimal, rate: Decimal) -> None:
    growth = Exact(Fraction(now) / Fraction(then), 2)
    wanted = Fraction(then) * (1 + Fraction(rate) / 100) ** 2

    assert growth.reaches(Fraction(rate)) == (Fraction(now) >= wanted)
    assert growth.stays_within(Fraction(rate)) == (Fraction(now) <= wanted)


def test_every_threshold_stands_in_the_unit_of_its_measure() -> None:
    for name in FILES:
        for level in rule_set(name).levels:
            for condition in level.conditions:
                if isinstance(condition.test, Measured):
                    assert condition.test.unit == MEASURES[condition.test.measure].unit


def test_the_inputs_are_named_once_and_in_words() -> None:
    assert all(each.label and each.key == key for key, each in INPUTS.items())
    assert INPUTS["revenue_wan"].unit == "万元"
