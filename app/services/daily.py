"""What the scheduler does by the clock, done at once and to the end: for a clock that is driven and waits for nobody.

A simulation and a look ahead on a copy live by it. `scheduler/jobs.py` does the same in turns; a test holds that no job
is forgotten here.
"""

from __future__ import annotations

from app import clock
from app.services import (
    activity_reminders,
    assessments,
    case_calls,
    forecasts,
    library_counts,
    light_watch,
    milestone_reminders,
    openings,
    outbox,
    package_handover,
    policies,
    reminders,
    sweep,
    timers,
    title_calendar,
    visit_calendar,
)
from app.services.house import House


def open_campaigns(house: House) -> None:
    """What the calendar opens."""
    openings.open_campaigns(house)
    case_calls.call_for_cases(house)
    milestone_reminders.remind_of_milestones(house)
    assessments.begin_where_ready(house)


def open_what_is_owed(house: House) -> None:
    """By titles and pairings; then packages follow their specialists, and the libraries are counted."""
    for open_ in (title_calendar.open_due, visit_calendar.open_pairings, visit_calendar.open_visits):
        while open_(house):
            pass
    title_calendar.end_titles(house)
    package_handover.follow_pairings(house)
    policies.void_packages_of_closed(house)
    library_counts.count_today(house)


def settle(house: House) -> None:
    """Timers that are due fire, and what instances tell each other arrives."""
    timers.fire_all_due(house)
    outbox.drain(house)


def look_around(house: House) -> tuple[int, int]:
    """Incidents whose cause has gone are closed, and what nothing moves becomes one; how many of each."""
    settled = sweep.settle_gone(house)
    return settled, len(sweep.keep_stuck(house))


def remind(house: House) -> None:
    """The day's digest; it is marked, so that a scheduler which comes later does not write it again."""
    openings.win(house, "digest", clock.today())
    reminders.remind(house)
    activity_reminders.remind_of_activities(house)


def watch_lights(house: House) -> tuple[int, int] | None:
    """Once a day which lights turned and what is forecast, how many; once a month how good that was."""
    today, found = clock.today(), None
    if not openings.is_won(house, "lights", today):
        counts = light_watch.watch(house), forecasts.update(house)
        found = counts if openings.win(house, "lights", today) else None
    month = today.replace(day=1)
    if not openings.is_won(house, "backtest", month):
        forecasts.keep_backtest(house)
        openings.win(house, "backtest", month)
    return found
