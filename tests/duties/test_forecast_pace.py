"""The forecast of an indicator: more done is never a worse outlook, and the record of errors decides how sure it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.duties.forecast_pace import Course, Ended, Guess, guess, projection
from app.duties.forecast_score import of_indicators, score

HALF = Course("newly_added", 100, 50, 0.5, 90)
shares = st.floats(0.05, 0.95)
values = st.floats(0, 200)


def found(course: Course, *record: Ended) -> Guess:
    made = guess(course, record)
    assert made is not None
    return made


def test_nothing_is_guessed_of_a_year_that_is_over_or_has_no_target() -> None:
    assert guess(replace(HALF, elapsed=1.0), ()) is None
    assert guess(replace(HALF, target=0.0), ()) is None


def test_the_year_ends_between_the_observed_rate_and_that_of_last_year() -> None:
    assert projection(Course("newly_added", 100, 50, 0.5, 100)) == pytest.approx(100)
    assert 60 < projection(Course("newly_added", 100, 30, 0.5, 100)) < 80
    assert projection(Course("newly_added", 100, 0, 0.0, 80)) == pytest.approx(80)
    assert projection(Course("newly_added", 100, 0, 0.0)) == pytest.approx(100)  # without a year before: the target
    assert projection(Course("period_end", 4, 3.5, 0.5)) == 3.5  # without one, a value stays where it is
    assert 3.8 < projection(Course("period_end", 4, 3.75, 0.5, 3.5)) < 4.0


def test_a_count_that_is_met_stays_met_and_a_share_may_fall() -> None:
    assert found(replace(HALF, done=100)).forecast.chance == 0
    assert 0 < found(Course("period_end", 60, 61, 0.5, 58)).forecast.chance < 0.5
    assert found(replace(HALF, done=100, exceeds=True)).forecast.chance > 0


@settings(deadline=None)
@given(st.sampled_from(["newly_added", "period_end"]), values, values, shares, st.none() | values)
def test_more_done_is_never_a_worse_outlook(kind: str, done: float, more: float, share: float, before: float) -> None:
    course = Course(kind, 100, done, share, before)

    less, better = found(course), found(replace(course, done=done + more))

    assert better.forecast.chance <= less.forecast.chance + 1e-9
    assert less.low <= less.value <= less.high
    assert 0 <= less.forecast.low <= less.forecast.chance <= less.forecast.high <= 1


@settings(deadline=None)
@given(st.sampled_from(["newly_added", "period_end"]), values, shares, st.lists(values, max_size=12))
def test_a_higher_target_is_never_easier(kind: str, done: float, share: float, finals: list[float]) -> None:
    record = [Ended(Course(kind, 100, 40, share, 80), final) for final in finals]
    course = Course(kind, 100, done, share, 80)
    assume(course.misses(done))

    # the scale of errors is the target's, so that the same distance is told in the same words
    assert found(replace(course, target=120.0)).forecast.chance >= found(course).forecast.chance - 1e-9
    assert found(course, *record).forecast.reasons


def test_a_record_of_good_guesses_makes_a_forecast_surer() -> None:
    slow = replace(HALF, done=30)
    right = [Ended(slow, projection(slow))] * 30

    assert found(slow, *right).forecast.chance > found(slow).forecast.chance
    assert found(slow, *right).high - found(slow, *right).low < found(slow).high - found(slow).low
    assert found(slow, *right).forecast.reasons == ("往年相近时点的 30 次推算中，有 30 次的误差足以使本指标完不成。",)


def test_points_of_another_kind_or_of_another_season_say_nothing() -> None:
    record = [Ended(replace(HALF, elapsed=0.9), 20), Ended(Course("period_end", 100, 50, 0.5), 20)]

    assert found(HALF, *record) == found(HALF)


def test_each_year_is_guessed_with_the_years_before_alone() -> None:
    ended = [(year, Ended(replace(HALF, done=20.0 + year % 3), 60)) for year in (2022, 2023, 2024) for _ in range(8)]

    told = list(of_indicators(ended))
    first = list(of_indicators(ended[:8]))

    assert told[:8] == first
    found = score(told)
    assert found is not None
    assert found.came == found.number == 24
    assert told[-1].chance > told[0].chance  # it has learned
