"""When updates, reports of changes and re-verifications are due, and until when each step of 称号动态管理 must be done.

The legal dates are those of the rule sets (30 April, 31 May, 3 months); that a right is lost only after the next
working day, and all limits in working days, are proposals of the product (PP). Facts: see `title_maintenance`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, start_of, within
from app.duties.months import months_after
from app.workdays import Calendar

Facts = Mapping[str, Any]

RULES_2022, RULES_2026, RULES_CHAMPION = "cn-2022-63", "cn-2026-2", "cn-2023-138"
UPDATE_DAYS: Mapping[str, tuple[int, int]] = {RULES_2022: (4, 30), RULES_2026: (5, 31), RULES_CHAMPION: (5, 31)}
FIRST_YEAR_OF_2026 = 2026
CHAMPION = "single_champion"

LIMITS: Mapping[str, tuple[int, str]] = {
    "check_update": (10, "年度更新数据报送"),
    "check_change": (10, "重大变化报告"),
    "decide_change_effect": (5, "属地审核变更"),
    "accept_case": (3, "收到线索"),
    "investigate_case": (15, "立案核查"),
    "hear_enterprise": (10, "告知核查事项"),
    "propose_measure": (5, "核查材料齐备"),
    "decide_measure": (5, "处理意见报送"),
    "report_upwards": (5, "决定报请上级取消"),
    "arrange_renewal": (10, "复核批次待落实"),
}
CORRECTION_DAYS = 5
CHANGE_MONTHS = 3
RENEWAL_DAYS_BEFORE = 180  # natural days
RENEWAL_CLOSES_BEFORE = 40  # working days
RENEWED_MONTHS = 36
LOOK_DAYS, MOST_LOOK_DAYS = 60, 180  # natural days to the next look at a batch that has not answered
HEARING_DAYS = 10
RECTIFICATION_DAYS = 60


def update_version(year: int, levels: Iterable[str]) -> str:
    """The rule set whose date counts for an update made in a year: only champions alone have their own."""
    if set(levels) == {CHAMPION}:
        return RULES_CHAMPION
    return RULES_2026 if year >= FIRST_YEAR_OF_2026 else RULES_2022


def update_due(year: int, version: str) -> date:
    """The legal date of the update made in this year, which tells of the year before."""
    return date(year, *UPDATE_DAYS[version])


def change_due(event_on: date) -> date:
    """Three months after the event; where the month is shorter, its last day."""
    return months_after(event_on, CHANGE_MONTHS)


def renewal_opens(valid_to: date) -> date:
    return valid_to - timedelta(days=RENEWAL_DAYS_BEFORE)


def renewal_closes(valid_to: date, calendar: Calendar) -> date:
    return calendar.add(valid_to, -RENEWAL_CLOSES_BEFORE)


def prolonged_to(valid_to: date) -> date:
    """Three more years from the old end, however late the decision came."""
    return months_after(valid_to, RENEWED_MONTHS)


def look_suggested(today: date, calendar: Calendar) -> date:
    return calendar.first_on_or_after(today + timedelta(days=LOOK_DAYS))


def latest_look(today: date) -> date:
    return today + timedelta(days=MOST_LOOK_DAYS)


def shown_due(legal: date, calendar: Calendar) -> date:
    """The day reminders aim at: the last working day on or before the legal date."""
    return calendar.last_on_or_before(legal)


def right_lost_after(legal: date, calendar: Calendar) -> date:
    """The last day that is still in time: a free legal date moves to the next working day, in the firm's favour."""
    return calendar.first_on_or_after(legal)


def is_in_time(done_on: date, legal: date, calendar: Calendar) -> bool:
    return done_on <= right_lost_after(legal, calendar)


def latest_rectification(decided_on: date, calendar: Calendar) -> date:
    return calendar.add(decided_on, RECTIFICATION_DAYS)


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with its sentence; None where there is no limit (`record_upper_decision`)."""
    if element_id in LIMITS:
        days, event = LIMITS[element_id]
        return within(event, facts["opened_on"], days, facts["calendar"])
    rule = BY_LAW.get(element_id)
    return rule(facts) if rule else None


def update_closes_at(facts: Facts) -> datetime:
    """The legal date, moved behind free days; after a return at least five working days."""
    day = right_lost_after(_update_legal(facts), facts["calendar"])
    if facts.get("is_returned"):
        day = max(day, facts["calendar"].add(facts["opened_on"], CORRECTION_DAYS))
    return end_of(day)


def change_closes_at(facts: Facts) -> datetime:
    return end_of(right_lost_after(change_due(facts["event_on"]), facts["calendar"]))


def renewal_closes_at(facts: Facts) -> datetime:
    return end_of(renewal_closes(facts["valid_to"], facts["calendar"]))


def title_ends_at(facts: Facts) -> datetime:
    return end_of(facts["valid_to"])


def next_look_at(facts: Facts) -> datetime:
    """The morning of the day that was named, so that the task is there when people come."""
    return start_of(facts["next_look_on"])


def hearing_closes_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], HEARING_DAYS))


def rectification_closes_at(facts: Facts) -> datetime:
    return end_of(facts["rectify_by"])


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "update_closes_at": update_closes_at,
    "change_closes_at": change_closes_at,
    "renewal_closes_at": renewal_closes_at,
    "title_ends_at": title_ends_at,
    "next_look_at": next_look_at,
    "hearing_closes_at": hearing_closes_at,
    "rectification_closes_at": rectification_closes_at,
}


def _update_legal(facts: Facts) -> date:
    return update_due(facts["year"], facts["version"])


def _update_due(facts: Facts) -> Due:
    calendar, legal = facts["calendar"], _update_legal(facts)
    day = shown_due(legal, calendar)
    if facts.get("is_returned"):
        corrected = within("退回补正", facts["opened_on"], CORRECTION_DAYS, calendar)
        if corrected.on > day:
            return corrected
    return _by_law(day, f"年度更新的法定期限为{chinese_date(legal)}，请于{chinese_date(day)}前完成", facts)


def _change_due(facts: Facts) -> Due:
    event, legal = facts["event_on"], change_due(facts["event_on"])
    day = shown_due(legal, facts["calendar"])
    why = (
        f"重大变化应在发生后{CHANGE_MONTHS}个月内报告：{chinese_date(event)}发生，法定期限为{chinese_date(legal)}"
        f"，请于{chinese_date(day)}前报告"
    )
    return _by_law(day, why, facts)


def _renewal_due(facts: Facts) -> Due:
    """The batch's window where one is open, else 40 working days before the end."""
    calendar, valid_to = facts["calendar"], facts["valid_to"]
    last, window = renewal_closes(valid_to, calendar), facts.get("window_closes_on")
    if window is not None and window < last:
        return _by_law(window, f"复核批次的申报截止日为{chinese_date(window)}", facts)
    why = f"称号有效期至{chinese_date(valid_to)}，最迟应在届满前{RENEWAL_CLOSES_BEFORE}个工作日提交复核材料"
    return _by_law(last, f"{why}，即{chinese_date(last)}", facts)


def _rectification_due(facts: Facts) -> Due:
    day = facts["rectify_by"]
    return _by_law(day, f"处理决定要求于{chinese_date(day)}前完成整改", facts)


def _by_law(day: date, why: str, facts: Facts) -> Due:
    """The limit counts the working days from the opening, which choose the ladder of reminders."""
    calendar = facts["calendar"]
    limit = max(calendar.count(facts["opened_on"], day), 0)
    return explained(day, limit, why, calendar.is_provisional(day))


BY_LAW: Mapping[str, Callable[[Facts], Due]] = {
    "update_profile": _update_due,
    "report_change": _change_due,
    "apply_renewal": _renewal_due,
    "report_rectification": _rectification_due,
}
