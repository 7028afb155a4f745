"""The clock of a copy runs on: each working day the calendar opens, timers fire, the ladder rises; nobody works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from app import clock
from app.services import daily
from app.services.house import House

MORNING = time(8, 30)


def run(copy: House, first: date, until: date, step: Callable[[date], None]) -> None:
    """From the morning of the first day to that of the last. step: told of each day; it may raise to stop."""
    day = first
    while day <= until:
        step(day)
        if day == until or copy.calendar.is_working_day(day):
            with clock.held(datetime.combine(day, MORNING, clock.ZONE).astimezone(UTC)):
                daily.settle(copy)
                daily.open_campaigns(copy)
                daily.open_what_is_owed(copy)
                daily.remind(copy)
                daily.settle(copy)
        day += timedelta(days=1)
