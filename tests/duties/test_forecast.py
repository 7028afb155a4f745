"""The forecast of lateness: it follows the record, says how sure it is, and its score is that of an honest guess."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.duties.forecast import Finished, Forecast, History, Open, elapsed, forecast
from app.duties.forecast_beta import beta_quantile, beta_share
from app.duties.forecast_score import Told, of_tasks, score
from app.duties.forecast_words import chance_text, level

DAY = date(2024, 3, 1)
TASK = Open("december_report", "sci", DAY, DAY + timedelta(days=19))
counts = st.integers(0, 12)


def done(duty: str, unit: str, late: bool, used: float = 0.5, since: date = DAY - timedelta(days=200)) -> Finished:
    due_on = since + timedelta(days=19)
    done_on = due_on + timedelta(days=3) if late else since + timedelta(days=int(19 * used))
    return Finished(duty, unit, since, due_on, done_on)


def history(*records: tuple[str, str, int, int]) -> History:
    """(duty, unit, in time, late); forty others in time, so that something may be said."""
    found = History()
    for duty, unit, in_time, late in (("other", "com", 36, 4), *records):
        for number in range(in_time + late):
            found.add(done(duty, unit, number >= in_time))
    return found


def chance(known: History, today: date = DAY) -> Forecast:
    found = forecast(TASK, known, today)
    assert found is not None
    return found


def test_nothing_is_said_before_there_is_a_record_and_after_the_due_day() -> None:
    assert forecast(TASK, History(), DAY) is None
    assert forecast(TASK, history(), TASK.due_on + timedelta(days=1)) is None
    assert forecast(TASK, history(), TASK.due_on) is not None


@settings(max_examples=40, deadline=None)
@given(counts, counts, counts, counts)
def test_a_chance_lies_in_its_range_and_a_worse_record_never_lowers_it(a: int, b: int, c: int, d: int) -> None:
    known = history(("december_report", "sci", a, b), ("december_report", "fin", c, d))
    worse = history(("december_report", "sci", a, b + 1), ("december_report", "fin", c, d))

    found, more = chance(known), chance(worse)

    assert 0 < found.low <= found.chance <= found.high < 1
    assert more.chance > found.chance


@settings(max_examples=40, deadline=None)
@given(counts, counts)
def test_while_a_task_stays_open_its_chance_never_falls(in_time: int, late: int) -> None:
    known = history(("december_report", "sci", in_time, late))

    by_day = [chance(known, DAY + timedelta(days=day)).chance for day in range(20)]

    assert by_day == sorted(by_day)


def test_more_record_makes_the_range_narrower() -> None:
    few, many = history(("december_report", "sci", 2, 1)), history(("december_report", "sci", 40, 20))

    assert chance(many).high - chance(many).low < chance(few).high - chance(few).low


def test_a_unit_that_is_late_elsewhere_is_thought_to_be_late_here_and_others_are_not() -> None:
    known = history(("survey", "sci", 2, 10), ("december_report", "fin", 10, 2))
    other = Open("december_report", "drc", TASK.opened_on, TASK.due_on)
    elsewhere = forecast(other, known, DAY)

    assert elsewhere is not None
    assert chance(known).chance > 1.5 * elsewhere.chance


def test_the_reasons_count_what_was_looked_at() -> None:
    known = history(("december_report", "sci", 3, 1), ("december_report", "fin", 8, 2))

    assert chance(known, DAY + timedelta(days=10)).reasons == (
        "本单位同类事项 4 件，其中逾期 1 件。",
        "其他单位同类事项 10 件，其中逾期 2 件。",
        "本单位其他事项尚无办结记录。",
        "办理时间已过 50%；按时办结的同类事项，到这时约 98% 已经办结。",
    )


def test_a_task_that_is_open_past_its_due_day_counts_as_late_from_then_on() -> None:
    waiting = Finished("survey", "sci", DAY, DAY + timedelta(days=4), None)

    assert waiting.is_late
    assert waiting.known_on == DAY + timedelta(days=5)
    assert done("survey", "sci", False).known_on == done("survey", "sci", False).done_on


@settings(deadline=None)
@given(st.dates(date(2022, 1, 1), date(2024, 12, 31)), st.integers(0, 90), st.integers(0, 90))
def test_the_share_of_a_span_is_below_one_until_it_is_over(opened_on: date, span: int, after: int) -> None:
    share = elapsed(opened_on, opened_on + timedelta(days=span), opened_on + timedelta(days=after))

    assert 0 <= share <= 1
    assert (share == 1) == (after > span)


@settings(deadline=None)
@given(st.floats(0.5, 60), st.floats(0.5, 60), st.floats(0.02, 0.98))
def test_a_quantile_is_where_its_share_lies(a: float, b: float, share: float) -> None:
    assert beta_share(beta_quantile(share, a, b), a, b) == pytest.approx(share, abs=1e-6)


def test_the_beta_distribution_is_that_of_the_books() -> None:
    assert beta_share(0.3, 1, 1) == pytest.approx(0.3)
    assert beta_share(0.5, 2, 3) == pytest.approx(0.6875)
    assert beta_share(0.25, 0.5, 0.5) == pytest.approx(1 / 3)


def test_units_of_different_habits_are_told_apart_better_than_by_the_plain_rate() -> None:
    chosen, habits = random.Random(7), {"sci": 0.05, "fin": 0.5, "com": 0.15, "drc": 0.3}
    tasks = [
        done(chosen.choice(["a", "b", "c"]), unit, chosen.random() < rate, chosen.random(), DAY + timedelta(days=day))
        for day in range(0, 900, 3)
        for unit, rate in habits.items()
    ]

    found = score(of_tasks(tasks, (0.0,)))

    assert found is not None
    assert found.number > 1000
    assert found.skill > 0.05
    for one in found.bins:
        assert one.number < 100 or abs(one.said - one.came) < 0.1


def test_a_forecast_knows_nothing_of_the_days_after_it() -> None:
    past = [done("a", "sci", number % 4 == 0, since=DAY + timedelta(days=number)) for number in range(60)]
    later = [done("a", "sci", True, since=DAY + timedelta(days=400 + number)) for number in range(60)]

    told = list(of_tasks(past))

    assert list(of_tasks([*past, *later]))[: len(told)] == told


def test_the_score_of_certainty_and_of_a_coin() -> None:
    sure = score([Told(1.0, 0.5, True, 0), Told(0.0, 0.5, False, 0)])
    coin = score([Told(0.5, 0.5, True, 0), Told(0.5, 0.5, False, 0)])

    assert sure is not None
    assert coin is not None
    assert (sure.brier, sure.skill) == (0, 1)
    assert (coin.brier, coin.skill) == (0.25, 0)
    assert score([]) is None


@pytest.mark.parametrize(
    ("chance", "text", "word"),
    [
        (0.01, "不到 5%（0% 至 10%）", "可能性较小"),
        (0.34, "约 35%（0% 至 10%）", "有一定可能"),
        (0.999, "95% 以上（0% 至 10%）", "可能性较大"),
    ],
)
def test_a_chance_is_told_no_more_exactly_than_it_is_known(chance: float, text: str, word: str) -> None:
    assert chance_text(Forecast(chance, 0.01, 0.12, ())) == text
    assert level(chance) == word
