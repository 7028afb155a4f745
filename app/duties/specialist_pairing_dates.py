"""Until when each step of 服务专员结对 and of 季度走访 must be done; all limits are proposals of the product (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, start_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

FAR = datetime(9999, 12, 31, tzinfo=UTC)  # «not again»

LIMITS: Mapping[str, tuple[int, str]] = {
    "widen_search": (2, "候选人不足"),
    "choose_specialist": (3, "候选专员提出"),
    "approve_sending": (2, "派员请求送达"),
    "accept_pairing": (2, "结对通知送达"),
    "appoint_specialist": (2, "三次未果"),
    "decide_first_visit": (2, "首次走访逾期"),
    "ask_enterprise": (10, "首次走访完成"),
    "rate_visit": (10, "走访登记"),
    "decide_change": (5, "企业评价较低"),
    "explain_missed_visit": (3, "季度走访逾期"),
}

FIRST_VISIT_DAYS = 15
SETTLING_DAYS = 30  # a pairing younger than this has no visit in the quarter that begins
HANDOVER_DAYS = 20  # so many must remain in the quarter for the successor to visit
ACCEPT_DAYS = 3
GUARD_DAYS = 5
RATING_DAYS = 10


def first_visit_due(accepted_on: date, calendar: Calendar) -> date:
    return calendar.add(accepted_on, FIRST_VISIT_DAYS)


def visit_due(year: int, quarter: int, calendar: Calendar) -> date:
    """The last working day of the quarter."""
    following = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return calendar.last_on_or_before(following - timedelta(days=1))


def visits_open_on(year: int, quarter: int, calendar: Calendar) -> date:
    """The first working day of the quarter."""
    return calendar.first_on_or_after(date(year, quarter * 3 - 2, 1))


def quarter_of(day: date) -> tuple[int, int]:
    """(2022, 4) for a day of October to December 2022."""
    return day.year, (day.month - 1) // 3 + 1


def is_visit_opened(pairing_from: date, opens_on: date, calendar: Calendar) -> bool:
    """Not in the quarter that follows at once on a new pairing: there the first visit counts."""
    return calendar.count(pairing_from, opens_on) >= SETTLING_DAYS


def is_visit_handed_over(on: date, due_on: date, calendar: Calendar) -> bool:
    """Whether enough of the quarter is left for the successor to visit; else the visit is waived."""
    return calendar.count(on, due_on) >= HANDOVER_DAYS


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id == "first_visit":
        return _first_visit_due(facts)
    if element_id == "visit_enterprise":
        return _visit_due(facts)
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def accept_closes_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], ACCEPT_DAYS))


def first_visit_guard_at(facts: Facts) -> datetime:
    """Entered again after a change of person it is counted from the new acceptance."""
    due = facts.get("first_visit_on") or first_visit_due(facts["accepted_on"], facts["calendar"])
    return start_of(facts["calendar"].add(due, GUARD_DAYS))


def rating_closes_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], RATING_DAYS))


def visit_guard_at(facts: Facts) -> datetime:
    return start_of(facts["calendar"].add(_quarter_end(facts), GUARD_DAYS))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "accept_closes_at": accept_closes_at,
    "first_visit_guard_at": first_visit_guard_at,
    "rating_closes_at": rating_closes_at,
    "visit_guard_at": visit_guard_at,
}


def _first_visit_due(facts: Facts) -> Due:
    if facts.get("first_visit_on"):
        day, calendar = facts["first_visit_on"], facts["calendar"]
        return explained(
            day, FIRST_VISIT_DAYS, f"首次走访另定于{chinese_date(day)}前完成", calendar.is_provisional(day)
        )
    return within("结对生效", facts["accepted_on"], FIRST_VISIT_DAYS, facts["calendar"])


def _visit_due(facts: Facts) -> Due:
    calendar, day = facts["calendar"], _quarter_end(facts)
    opened = visits_open_on(facts["year"], facts["quarter"], calendar)
    why = f"每季度至少走访一次，{facts['year']}年第{facts['quarter']}季度的最后一个工作日为{chinese_date(day)}"
    return explained(day, calendar.count(opened, day), why, calendar.is_provisional(day))


def _quarter_end(facts: Facts) -> date:
    return visit_due(facts["year"], facts["quarter"], facts["calendar"])
