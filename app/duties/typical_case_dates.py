"""Until when each step of 典型案例 must be done; no text names a day, so all limits are proposals (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.limits import end_of, within

Facts = Mapping[str, Any]

WRITE_DAYS, REWRITE_DAYS = 10, 5
LEAD_DAYS, RETURNED_DAYS = 30, 15
CONSENT_DAYS = 8
FACTS_DAYS = 5
CALL_MONTH, CALL_DAY = 9, 1

LIMITS: Mapping[str, tuple[int, str]] = {
    "sign_case": (3, "案例报签"),
    "confirm_by_firm": (5, "案例送达企业"),
    "review_case": (10, "案例报送"),
    "check_facts": (FACTS_DAYS, "核实要求送达"),
    "approve_publishing": (3, "案例报签"),
}


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    opened, calendar = facts["opened_on"], facts["calendar"]
    if element_id == "write_case":
        is_again = facts["is_returned"]
        days, event = (REWRITE_DAYS, "案例退回修改") if is_again else (WRITE_DAYS, "案例线索提出")
        return within(event, opened, days, calendar)
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, opened, days, calendar)


def lead_closes_at(facts: Facts) -> datetime:
    """When a lead that nobody writes is dropped."""
    return _closes(facts, RETURNED_DAYS if facts["is_returned"] else LEAD_DAYS)


def consent_closes_at(facts: Facts) -> datetime:
    return _closes(facts, CONSENT_DAYS)


def facts_close_at(facts: Facts) -> datetime:
    return _closes(facts, FACTS_DAYS)


def call_day(year: int) -> date:
    """The day on which everybody is asked for cases."""
    return date(year, CALL_MONTH, CALL_DAY)


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "lead_closes_at": lead_closes_at,
    "consent_closes_at": consent_closes_at,
    "facts_close_at": facts_close_at,
}


def _closes(facts: Facts, days: int) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], days))
