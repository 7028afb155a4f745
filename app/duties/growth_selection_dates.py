"""Until when each step of 高成长企业遴选 must be done, and why; the timetable is a proposal of the product (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, within

Facts = Mapping[str, Any]

LIMITS: Mapping[str, tuple[int, str]] = {
    "set_selection": (5, "遴选启动"),
    "countersign_selection": (3, "会签送达"),
    "sign_selection": (2, "遴选方案报签"),
    "panel_review": (7, "专家复评开始"),
    "choose_growth_list": (5, "评分完成"),
    "sign_growth_list": (2, "入选名单报签"),
    "approve_growth_list": (5, "入选名单上报"),
    "nominate_growth": (15, "推荐任务下达"),
    "sign_growth_nomination": (3, "推荐名单报签"),
    "draft_plan": (20, "培育方案启动"),
    "confirm_plan": (5, "培育方案送达"),
}

COUNTERSIGN_DAYS = 3
NOMINATION_DAYS = 20
PANEL_DAYS = 10
CONFIRM_DAYS = 8
REPLACEMENT_DAYS = 5  # after the end of a notice others may move up, once


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id == "review_plan_year":
        return _review_due(facts)
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def countersign_close_at(facts: Facts) -> datetime:
    return _close_of(facts, COUNTERSIGN_DAYS)


def nominations_close_at(facts: Facts) -> datetime:
    return _close_of(facts, NOMINATION_DAYS)


def panel_closes_at(facts: Facts) -> datetime:
    return _close_of(facts, PANEL_DAYS)


def plan_confirm_closes_at(facts: Facts) -> datetime:
    return _close_of(facts, CONFIRM_DAYS)


def plans_close_at(facts: Facts) -> datetime:
    """The year's end; a selection that came so far only after it closes the same day."""
    return end_of(max(date(facts["year"], 12, 31), facts["opened_on"]))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "countersign_close_at": countersign_close_at,
    "nominations_close_at": nominations_close_at,
    "panel_closes_at": panel_closes_at,
    "plans_close_at": plans_close_at,
    "plan_confirm_closes_at": plan_confirm_closes_at,
}


def _close_of(facts: Facts, days: int) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], days))


def _review_due(facts: Facts) -> Due:
    """15 December; a plan that was agreed later is reviewed by the year's last working day, or at once."""
    calendar, opened, year = facts["calendar"], facts["opened_on"], facts["year"]
    day = calendar.first_on_or_after(date(year, 12, 15))
    if opened > day:
        day = max(opened, calendar.last_on_or_before(date(year, 12, 31)))
    why = f"每年12月15日前评估当年培育成效，至迟{chinese_date(day)}办理"
    return explained(day, None, why, calendar.is_provisional(day))
