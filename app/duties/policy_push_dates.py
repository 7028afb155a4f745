"""Until when each step of a push of policies must be done, and when its drawn timers fire.

Four rounds a year, their days and all limits are proposals of the product (PP); no text sets them.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.limits import end_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

ROUND_MONTHS = (2, 5, 8, 11)  # 定期 (A2-1): a round opens on the first working day of each of them

LIMITS: Mapping[str, tuple[int, str]] = {
    "choose_policies": (3, "推送批次启动"),
    "confirm_match": (3, "匹配结果送达"),
    "confirm_package": (3, "政策包生成"),
    "read_package": (20, "政策包送达"),
}
CLOSING: Mapping[str, int] = {
    "match_closes_at": 4,
    "packages_close_at": 30,
    "confirm_closes_at": 4,
    "read_closes_at": 20,
}


def round_day(year: int, number: int, calendar: Calendar) -> date:
    """The day on which the round of a year opens; number: 1 to 4."""
    return calendar.first_on_or_after(date(year, ROUND_MONTHS[number - 1], 1))


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def _closes(days: int) -> Callable[[Facts], datetime]:
    """So many whole working days after the day on which the timer begins to wait."""
    return lambda facts: end_of(facts["calendar"].add(facts["opened_on"], days))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {name: _closes(days) for name, days in CLOSING.items()}
