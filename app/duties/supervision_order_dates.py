"""Until when each step of 督办单办理 must be done. The limit of the order itself is a day in its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, within

Facts = Mapping[str, Any]

LADDER = "ladder"
LADDER_DRAFT_DAYS = 2
REPORT_DAYS_BEFORE = 1

LIMITS: Mapping[str, tuple[int, str]] = {
    "draft_order": (1, "督办事项立项"),
    "sign_order": (1, "督办单报签"),
    "approve_order": (1, "督办单上报"),
    "sign_for": (1, "督办单送达"),
    "settle_unit": (1, "承办单位提出异议"),
    "decide_next": (1, "督办时限届满"),
    "decide_final": (3, "红色督办单逾期"),
    "explain_in_writing": (3, "要求书面说明"),
    "verify_report": (3, "办理情况报送"),
    "confirm_closing": (3, "报请办结"),
}


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id == "sign_report":
        return _of_order(facts["limit_on"], "办理情况须在督办时限内审签反馈", facts)
    if element_id == "report_back":
        return _report_due(facts)
    if element_id == "sign_for" and facts["is_urgent"]:
        return _of_order(facts["opened_on"], "紧急督办单须当日签收", facts)
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    if element_id == "draft_order" and facts["source"] == LADDER:
        days, event = LADDER_DRAFT_DAYS, "提醒阶梯起草督办单"
    return within(event, facts["opened_on"], days, facts["calendar"])


def limit_at(facts: Facts) -> datetime:
    """The end of the limit, as the order's row says it now."""
    return end_of(facts["limit_on"])


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {"limit_at": limit_at}


def _report_due(facts: Facts) -> Due:
    """A working day before the limit, so that the head can sign; never before the day on which it was opened."""
    day = max(facts["calendar"].add(facts["limit_on"], -REPORT_DAYS_BEFORE), facts["opened_on"])
    return _of_order(min(day, facts["limit_on"]), f"办理情况在时限前{REPORT_DAYS_BEFORE}个工作日报签", facts)


def _of_order(day: date, what: str, facts: Facts) -> Due:
    calendar = facts["calendar"]
    why = f"督办时限为{chinese_date(facts['limit_on'])}，{what}，即{chinese_date(day)}"
    return explained(day, max(calendar.count(facts["opened_on"], day), 0), why, calendar.is_provisional(day))
