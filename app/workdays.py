"""China's working days: which day is one, which comes n working days later, how many lie between two.

Saturdays and Sundays are free, but the State Council's notice frees some weekdays and calls some weekends to work.
So a calendar is Monday to Friday plus a sorted list of deviations, and every question is a binary search in it.
A year without a notice is provisional: its days are an estimate, and whoever shows a date reckoned from it says so.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import accumulate
from types import MappingProxyType

import chinese_calendar
import holidays

SATURDAY = 5
YEARS_ASKED = range(2000, 2100)
ESTIMATED_YEARS = 12  # how far beyond the last notice public holidays are guessed; later years are Monday to Friday
LAST_DAY = date.max.toordinal()


class Calendar:
    """Working days by a table of deviations from Monday to Friday; never changes once built.

    exceptions: day -> is it a working day. Days that say what Monday to Friday says anyway may stand among them.
    known_years: years whose notice is complete; all others are provisional.
    """

    __slots__ = ("_balance", "_exceptions", "_known_years", "_ordinals")

    def __init__(self, exceptions: Mapping[date, bool], known_years: Iterable[int] = ()) -> None:
        self._exceptions = MappingProxyType(dict(exceptions))
        self._known_years = frozenset(known_years)
        deviating = sorted(day for day, works in self._exceptions.items() if works != _is_weekday(day))
        self._ordinals = tuple(day.toordinal() for day in deviating)
        self._balance = (0, *accumulate(1 if self._exceptions[day] else -1 for day in deviating))

    @property
    def exceptions(self) -> Mapping[date, bool]:
        """The days this calendar was given, for storing or showing them."""
        return self._exceptions

    @property
    def known_years(self) -> frozenset[int]:
        """The years whose days are settled by a notice."""
        return self._known_years

    def is_working_day(self, day: date) -> bool:
        return self._exceptions.get(day, _is_weekday(day))

    def is_provisional(self, day: date) -> bool:
        """True when no notice for the day's year is known, so that «working day» is only an estimate."""
        return day.year not in self._known_years

    def add(self, day: date, n: int) -> date:
        """The n-th working day after the day (before it, when n is negative); the day itself is not counted.

        n = 0 gives the day itself, working or not. A result beyond what a date can hold is clamped to the last or
        first date there is, so that the far date 9999-12-31 («not again») survives.
        """
        if n == 0:
            return day
        if n > 0:
            return self._working_day_number(self._rank(day.toordinal()) + n)
        return self._working_day_number(self._rank(day.toordinal() - 1) + n + 1)

    def count(self, a: date, b: date) -> int:
        """Working days in (a, b]: after a, up to and including b. Negative when b lies before a."""
        return self._rank(b.toordinal()) - self._rank(a.toordinal())

    def last_on_or_before(self, day: date) -> date:
        """The day itself when it is a working day, else the nearest one before it."""
        return day if self.is_working_day(day) else self.add(day, -1)

    def first_on_or_after(self, day: date) -> date:
        """The day itself when it is a working day, else the nearest one after it."""
        return day if self.is_working_day(day) else self.add(day, 1)

    def with_days(self, exceptions: Mapping[date, bool], known_years: Iterable[int] = ()) -> "Calendar":
        """A calendar with an imported notice laid over this one.

        A year that becomes known by it forgets what was only estimated; elsewhere the given days win over those here.
        """
        settled = frozenset(known_years)
        estimated = settled - self._known_years
        kept = {day: works for day, works in self._exceptions.items() if day.year not in estimated}
        return Calendar({**kept, **exceptions}, self._known_years | settled)

    def _rank(self, ordinal: int) -> int:
        """Working days from the first date there is up to and including this one."""
        return _weekdays_until(ordinal) + self._balance[bisect_right(self._ordinals, ordinal)]

    def _working_day_number(self, rank: int) -> date:
        """The working day with this rank: the first day at which the rank is reached."""
        position = bisect_left(range(1, LAST_DAY + 1), rank, key=self._rank)
        return date.fromordinal(min(position + 1, LAST_DAY))


def holiday_name(day: date) -> str:
    """春节, for a day that a notice frees or makes up for; empty where none is known."""
    try:
        _is_free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    return next((str(one.chinese) for one in chinese_calendar.Holiday if one.value == name), "")


def _is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def _weekdays_until(ordinal: int) -> int:
    """Mondays to Fridays up to and including this ordinal; ordinal 1 is a Monday."""
    weeks, days = divmod(ordinal, 7)
    return weeks * 5 + min(days, 5)


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


def _is_known(year: int) -> bool:
    """Asks the library itself, because it learns a year with each release; it raises for a year it does not know."""
    try:
        chinese_calendar.is_workday(date(year, 12, 31))
    except NotImplementedError:
        return False
    return True


def _notice_of(year: int) -> dict[date, bool]:
    """The deviations of a year by its notice."""
    answers = {day: bool(chinese_calendar.is_workday(day)) for day in _days_of(year)}
    return {day: works for day, works in answers.items() if works != _is_weekday(day)}


def _estimate_of(years: range) -> dict[date, bool]:
    """The public holidays the law gives without a notice: no make-up weekends, as nobody can know them."""
    free = holidays.country_holidays("CN", years=years)
    return {day: False for day in free if day.year in years and _is_weekday(day)}


def _statutory() -> Calendar:
    known = [year for year in YEARS_ASKED if _is_known(year)]
    exceptions = _estimate_of(range(known[-1] + 1, known[-1] + 1 + ESTIMATED_YEARS))
    for year in known:
        exceptions.update(_notice_of(year))
    return Calendar(exceptions, known)


STATUTORY = _statutory()
"""The State Council's calendar: chinesecalendar's for the years it knows, an estimate by `holidays` for those after."""
