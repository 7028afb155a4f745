"""How long a title is valid and a ban runs, and since when 近三年 counts."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def validity(announced_on: date, years: int = 3) -> date:
    """The last day: the day before the same day so many years on; a clamped month end is itself the last day."""
    day = _same_day(announced_on, years)
    return day if day.day != announced_on.day else day - timedelta(days=1)


def ban_until(established_on: date, years: int = 3) -> date:
    """The last day on which no application is taken."""
    return _same_day(established_on, years)


def years_before(day: date, years: int) -> date:
    """The first day of the last so many years; the day itself counts."""
    return _same_day(day, -years)


def _same_day(day: date, years: int) -> date:
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
