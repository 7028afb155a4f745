"""Until when each step of 属地工作方案 must be done; the plan names no day, so all limits are proposals (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, start_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

FAR = datetime(9999, 12, 31, tzinfo=UTC)  # «not again»
FIRST_DAYS, YEARLY_DAYS, RETURNED_DAYS = 30, 15, 5
SIGN_DAYS = 3
ESCALATION_DAYS = 5
OPINION_DAYS = 5

LIMITS: Mapping[str, tuple[int, str]] = {
    "decide_plan_delay": (1, "方案报送逾期"),
    "review_plan": (10, "方案报备"),
    "ask_departments_opinion": (OPINION_DAYS, "征求部门意见"),
}


def plan_due(start: date, is_first: bool, calendar: Calendar) -> date:
    """The day until which the contact writes: 30 working days after the plan, 15 after the year's targets."""
    return calendar.add(start, FIRST_DAYS if is_first else YEARLY_DAYS)


def round_due_on(facts: Facts) -> date:
    """Of this round: as an extension moved it, five working days after a return, else from the start."""
    moved: date | None = facts.get("moved_on")
    if moved is not None:
        return moved
    returned: date | None = facts.get("returned_on")
    calendar: Calendar = facts["calendar"]
    if returned is not None:
        return calendar.add(returned, RETURNED_DAYS)
    return plan_due(facts["started_on"], facts["is_first"], calendar)


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id in LIMITS:
        days, event = LIMITS[element_id]
        return within(event, facts["opened_on"], days, facts["calendar"])
    if element_id not in ("write_plan", "sign_plan"):
        return None
    calendar, last = facts["calendar"], round_due_on(facts)
    days, event = _limit(facts)
    if element_id == "sign_plan":
        day, days = calendar.add(last, SIGN_DAYS), days + SIGN_DAYS
        why = f"方案编制时限（{chinese_date(last)}）后{SIGN_DAYS}个工作日内审签，即{chinese_date(day)}"
    else:
        day, why = last, f"{event}后{days}个工作日内编制，即{chinese_date(last)}"
    return explained(day, days, why, calendar.is_provisional(day))


def _limit(facts: Facts) -> tuple[int, str]:
    if facts.get("returned_on") is not None:
        return RETURNED_DAYS, "方案退回修改"
    return (FIRST_DAYS, "行动计划印发") if facts["is_first"] else (YEARLY_DAYS, "年度目标下达")


def escalate_at(facts: Facts) -> datetime:
    """Five working days after the last day of this round, which each return makes a new one."""
    return start_of(facts["calendar"].add(round_due_on(facts), ESCALATION_DAYS))


def opinions_close_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], OPINION_DAYS))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "escalate_at": escalate_at,
    "opinions_close_at": opinions_close_at,
}
