"""Until when each step of a service month must be done, and why; the limits are proposals of the product (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, within
from app.duties.service_month_calendar import moment

Facts = Mapping[str, Any]

LIMITS: Mapping[str, tuple[int, str]] = {
    "frame_month": (10, "服务月启动"),
    "offer_activities": (10, "征集通知下达"),
    "compose_month": (5, "活动申报结束"),
    "sign_month": (2, "服务月方案报签"),
    "approve_month": (5, "服务月方案上报"),
    "review_month": (10, "服务月结束"),
    "sign_month_summary": (2, "服务月总结报签"),
}
OFFER_DAYS = 10
CONFIRM_DAYS = 10  # before the day of the activity
LEAST_CONFIRM_DAYS = 2
REPORT_DAYS = 5
RATING_DAYS = 5
GUARD_DAYS = 15
UNREPORTED_DAYS = 5  # so many late, the office enters 未反馈


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id == "confirm_activity":
        return _confirm_due(facts)
    if element_id == "report_activity":
        return within("活动举行", facts["activity"]["on_day"], REPORT_DAYS, facts["calendar"])
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def offers_close_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], OFFER_DAYS))


def month_closes_at(facts: Facts) -> datetime:
    """Fifteen working days after its last day; a month that is over already waits no longer than today."""
    return end_of(max(facts["calendar"].add(facts["to_on"], GUARD_DAYS), facts["opened_on"]))


def activity_at(facts: Facts) -> datetime:
    """As it was confirmed or moved; the process has it in its data, where the engine looks first."""
    return moment(facts["activity"]["on_day"], facts["activity"]["on_time"])


def ratings_close_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], RATING_DAYS))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "offers_close_at": offers_close_at,
    "month_closes_at": month_closes_at,
    "activity_at": activity_at,
    "ratings_close_at": ratings_close_at,
}


def is_unreported(report_due_on: date, today: date, calendar: Any) -> bool:
    """Whether the office may enter 未反馈 for an activity whose report was due on that day."""
    return bool(calendar.count(report_due_on, today) >= UNREPORTED_DAYS)


def _confirm_due(facts: Facts) -> Due:
    """Ten working days before the day; of an activity that was published late, soon, and before it is held."""
    calendar, day, opened = facts["calendar"], facts["activity"]["on_day"], facts["opened_on"]
    planned = calendar.add(day, -CONFIRM_DAYS)
    soonest = calendar.add(opened, LEAST_CONFIRM_DAYS)
    due = planned if planned >= soonest else max(min(soonest, calendar.last_on_or_before(day)), opened)
    why = f"活动日前{CONFIRM_DAYS}个工作日确认安排：活动日为{chinese_date(day)}，至迟{chinese_date(due)}办理"
    return explained(due, None, why, calendar.is_provisional(due) or calendar.is_provisional(day))
