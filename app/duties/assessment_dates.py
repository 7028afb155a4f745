"""Until when each step of 年度考核 must be done, and when it goes on without those that were waited for (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.limits import end_of, start_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

APPEAL_DAYS = 5
GUARD_DAYS = 20
OPENS = (1, 10)  # first working day after 10 January of the next year
DATA_CLOSES = (2, 5)

LIMITS: Mapping[str, tuple[int, str]] = {
    "confirm_rules": (5, "年度考核启动"),
    "approve_rules": (5, "考核规则报审"),
    "review_ranking": (5, "名次等次算出"),
    "sign_ranking": (2, "考核结果报签"),
    "approve_ranking": (5, "考核结果报审"),
    "issue_bulletin": (2, "考核结果审定"),
    "confirm_score": (APPEAL_DAYS, "得分下达"),
    "sign_appeal": (2, "申诉送审"),
    "examine_appeal": (5, "申诉提出"),
    "sign_appeal_answer": (2, "申诉答复报签"),
    "decide_appeal": (5, "申诉提请裁定"),
}


def opening_day(year: int, calendar: Calendar) -> date:
    """On which the assessment of a year opens: the first working day after 10 January of the next one."""
    return calendar.add(date(year + 1, *OPENS), 1)


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def data_guard_at(facts: Facts) -> datetime:
    """From 5 February, or the next working day, the last accepted figures count; at once where that is over."""
    last = facts["calendar"].first_on_or_after(date(facts["year"] + 1, *DATA_CLOSES))
    return start_of(max(last, facts["opened_on"]))


def appeals_guard_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], GUARD_DAYS))


def appeal_closes_at(facts: Facts) -> datetime:
    """The end of the unit's limit; silence is taken as no objection. moved_on: as an extension moved it."""
    day: date | None = facts.get("moved_on")
    return end_of(day or facts["calendar"].add(facts["opened_on"], APPEAL_DAYS))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "data_guard_at": data_guard_at,
    "appeals_guard_at": appeals_guard_at,
    "appeal_closes_at": appeal_closes_at,
}
