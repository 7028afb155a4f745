"""Working days over China's holidays: examples from the notices, and the laws every calendar obeys."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workdays import STATUTORY, Calendar

PLAIN = Calendar({})
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
UNKNOWN_YEAR = max(STATUTORY.known_years) + 1


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 18), True),  # a Sunday worked for the Spring Festival
        (date(2024, 2, 16), False),  # a Friday within it
        (date(2024, 2, 19), True),
        (date(2024, 10, 12), True),  # a Saturday worked for the National Day
        (date(2024, 12, 31), True),
        (date(2023, 12, 30), False),
        (date(2022, 4, 24), True),
        (date(2020, 1, 31), False),  # the prolonged festival of 2020
    ],
)
def test_holidays_and_make_up_days_follow_the_notice(day: date, works: bool) -> None:
    assert STATUTORY.is_working_day(day) is works


def test_five_working_days_over_the_spring_festival_end_on_the_make_up_sunday_side() -> None:
    assert STATUTORY.add(date(2024, 2, 7), 2) == date(2024, 2, 9)  # the eve is worked in 2024
    assert STATUTORY.add(date(2024, 2, 8), 2) == date(2024, 2, 18)
    assert STATUTORY.add(date(2024, 2, 8), 5) == date(2024, 2, 21)


def test_a_friday_before_a_long_holiday_reaches_over_it() -> None:
    assert STATUTORY.add(date(2024, 9, 30), 1) == date(2024, 10, 8)
    assert STATUTORY.add(date(2024, 9, 30), 5) == date(2024, 10, 12)
    assert STATUTORY.add(date(2024, 10, 8), -1) == date(2024, 9, 30)


def test_nothing_added_leaves_even_a_sunday_where_it_is() -> None:
    assert STATUTORY.add(date(2024, 12, 29), 0) == date(2024, 12, 29)


def test_the_plans_locality_due_date_is_thirty_working_days_after_its_issue() -> None:
    assert STATUTORY.add(date(2022, 4, 18), 30) == date(2022, 5, 31)


def test_december_31_that_is_no_working_day_moves_forward() -> None:
    assert STATUTORY.last_on_or_before(date(2023, 12, 31)) == date(2023, 12, 29)
    assert STATUTORY.last_on_or_before(date(2022, 12, 31)) == date(2022, 12, 30)
    assert STATUTORY.last_on_or_before(date(2024, 12, 31)) == date(2024, 12, 31)


def test_first_on_or_after_skips_the_holiday() -> None:
    assert STATUTORY.first_on_or_after(date(2024, 10, 1)) == date(2024, 10, 8)
    assert STATUTORY.first_on_or_after(date(2024, 10, 8)) == date(2024, 10, 8)


def test_count_leaves_the_first_day_out_and_takes_the_last_in() -> None:
    assert STATUTORY.count(date(2024, 12, 16), date(2024, 12, 31)) == 11
    assert STATUTORY.count(date(2024, 12, 31), date(2024, 12, 16)) == -11
    assert STATUTORY.count(date(2024, 12, 16), date(2024, 12, 16)) == 0


def test_a_year_without_a_notice_is_provisional_and_raises_nothing() -> None:
    assert STATUTORY.is_provisional(date(UNKNOWN_YEAR, 6, 1))
    assert not STATUTORY.is_provisional(date(UNKNOWN_YEAR - 1, 6, 1))
    assert not STATUTORY.is_working_day(date(UNKNOWN_YEAR, 10, 1))


def test_a_date_far_away_is_answered_by_weekdays() -> None:
    assert STATUTORY.is_working_day(date(9999, 12, 31)) is True  # a Friday
    assert STATUTORY.add(date(9999, 12, 31), 10) == date(9999, 12, 31)
    assert STATUTORY.add(date(1, 1, 1), -10) == date(1, 1, 1)
    assert STATUTORY.count(date(2024, 1, 1), date(9999, 12, 31)) > 2_000_000
    assert STATUTORY.is_provisional(date(9999, 12, 31))
    assert STATUTORY.is_working_day(date(1949, 10, 1)) is False  # a Saturday


def test_an_imported_notice_replaces_the_estimate_of_its_year() -> None:
    saturday = date(UNKNOWN_YEAR, 10, 1)
    while saturday.weekday() != 5 or saturday.day < 8:
        saturday += timedelta(days=1)
    estimated_free_weekdays = [d for d in STATUTORY.exceptions if d.year == UNKNOWN_YEAR]

    notified = STATUTORY.with_days({date(UNKNOWN_YEAR, 10, 1): False, saturday: True}, [UNKNOWN_YEAR])

    assert estimated_free_weekdays
    assert notified.is_working_day(saturday)
    assert not notified.is_working_day(date(UNKNOWN_YEAR, 10, 1))
    assert not notified.is_provisional(saturday)
    assert [d for d in notified.exceptions if d.year == UNKNOWN_YEAR] == [date(UNKNOWN_YEAR, 10, 1), saturday]
    assert STATUTORY.is_provisional(saturday), "the calendar it was laid over stays as it was"


def test_days_of_a_known_year_are_laid_over_and_the_rest_of_it_stays() -> None:
    own = STATUTORY.with_days({date(2024, 12, 30): False})

    assert not own.is_working_day(date(2024, 12, 30))
    assert own.add(date(2024, 12, 27), 1) == date(2024, 12, 31)
    assert not own.is_working_day(date(2024, 10, 1))
    assert not own.is_provisional(date(2024, 12, 30))


@given(DAYS, st.integers(1, 400))
def test_adding_then_counting_gives_the_number_back(day: date, n: int) -> None:
    later, earlier = STATUTORY.add(day, n), STATUTORY.add(day, -n)

    assert STATUTORY.is_working_day(later)
    assert STATUTORY.is_working_day(earlier)
    assert later > day > earlier
    assert STATUTORY.count(day, later) == n
    assert STATUTORY.count(earlier - timedelta(days=1), day - timedelta(days=1)) == n


@given(DAYS, st.integers(0, 120), st.dictionaries(DAYS, st.booleans(), max_size=30))
def test_counting_agrees_with_walking_day_by_day(first: date, span: int, exceptions: dict[date, bool]) -> None:
    calendar = Calendar(exceptions)
    last = first + timedelta(days=span)

    walked = sum(calendar.is_working_day(first + timedelta(days=n)) for n in range(1, span + 1))

    assert calendar.count(first, last) == walked
    assert calendar.count(last, first) == -walked


@given(DAYS)
def test_without_exceptions_a_week_has_five_working_days(day: date) -> None:
    assert PLAIN.count(day, day + timedelta(days=7)) == 5
    assert PLAIN.add(day, 5) > day + timedelta(days=4)


def test_a_calendar_cannot_be_changed_through_what_it_gives_out() -> None:
    with pytest.raises(TypeError):
        STATUTORY.exceptions[date(2024, 1, 1)] = True  # type: ignore[index]
