"""Until when each step of 企业认定 must be done; all limits are proposals of the product (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, within
from app.duties.months import months_after
from app.workdays import Calendar

Facts = Mapping[str, Any]

LIMITS: Mapping[str, tuple[int, str]] = {
    "visit_enterprise": (10, "属地初审通过"),
    "sign_locality_opinion": (3, "属地意见报签"),
    "explain_delay": (3, "批次决定超期"),
    "open_batch": (5, "批次启动"),
    "sign_batch_notice": (2, "申报通知报签"),
    "settle_pending": (2, "属地审核期满"),
    "check_list_by_department": (5, "联审名单送达"),
    "press_checks": (1, "联审到期"),
    "score_applications": (7, "评审材料送达"),
    "replace_experts": (2, "评审到期"),
    "decide_list": (5, "评审结果汇总"),
    "sign_list": (3, "名单报审"),
}
CORRECTION_DAYS = 5
LOCALITY_DAYS, LOCALITY_LATEST_DAYS, LOCALITY_CLOSES_DAYS = 5, 10, 20
CHECK_DAYS, SCORE_DAYS = 5, 7
GUARD_DAYS = 20
RECOMMENDATION_DAYS = 10
LEAST_WINDOW_DAYS = 10


def correction_due(returned_on: date, calendar: Calendar) -> date:
    """Until when the enterprise sends a returned application again."""
    return calendar.add(returned_on, CORRECTION_DAYS)


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id in LIMITS:
        days, event = LIMITS[element_id]
        return within(event, facts["opened_on"], days, facts["calendar"])
    rule = BY_THE_BATCH.get(element_id)
    return rule(facts) if rule else None


def _submission_due(facts: Facts) -> Due:
    """The end of the window, or five working days after a return, whichever comes later."""
    calendar, last, corrected = facts["calendar"], facts["window_to"], facts.get("correction_on")
    if corrected is not None and corrected > last:
        why = f"申请退回补正后{CORRECTION_DAYS}个工作日内重新提交，即{chinese_date(corrected)}"
        return explained(corrected, CORRECTION_DAYS, why, calendar.is_provisional(corrected))
    days = max(calendar.count(facts["opened_on"], last), 0)
    return explained(last, days, f"本批次申报期至{chinese_date(last)}", calendar.is_provisional(last))


def _locality_due(facts: Facts) -> Due:
    """Five working days after submission, at the latest ten after the window's end."""
    calendar, opened = facts["calendar"], facts["opened_on"]
    latest = calendar.add(facts["window_to"], LOCALITY_LATEST_DAYS)
    due = within("企业提交申请", opened, LOCALITY_DAYS, calendar)
    if due.on <= latest or opened > latest:
        return due
    why = f"申报期结束后{LOCALITY_LATEST_DAYS}个工作日内完成初审，至迟{chinese_date(latest)}"
    return explained(latest, calendar.count(opened, latest), why, calendar.is_provisional(latest))


def _recommendation_due(facts: Facts) -> Due:
    """The upper level's own day where the round names one."""
    day, calendar = facts.get("upper_due_on"), facts["calendar"]
    if day is None:
        return within("公示办结", facts["opened_on"], RECOMMENDATION_DAYS, calendar)
    days = max(calendar.count(facts["opened_on"], day), 0)
    return explained(day, days, f"上级要求{chinese_date(day)}前报送推荐名单", calendar.is_provisional(day))


def _outcome_due(facts: Facts) -> Due:
    """Nobody is late while the upper level has not announced: the day is that of the next look."""
    day = months_after(facts["opened_on"], 1)
    return explained(day, None, "上级公布结果后3个工作日内登记，未公布的每月查看一次", is_provisional=False)


BY_THE_BATCH: Mapping[str, Callable[[Facts], Due]] = {
    "submit_application": _submission_due,
    "check_at_locality": _locality_due,
    "send_recommendation": _recommendation_due,
    "record_outcome": _outcome_due,
}


def submit_closes_at(facts: Facts) -> datetime:
    """The later of the window's end and the day of the correction."""
    return end_of(max(facts["window_to"], facts.get("correction_on") or facts["window_to"]))


def decision_guard_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["expected_on"], GUARD_DAYS))


def window_closes_at(facts: Facts) -> datetime:
    return end_of(facts["window_to"])


def locality_closes_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["window_to"], LOCALITY_CLOSES_DAYS))


def checks_close_at(facts: Facts) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], CHECK_DAYS))


def scores_close_at(facts: Facts) -> datetime:
    """Each round of the experts has its own seven days."""
    return end_of(facts["calendar"].add(facts["opened_on"], SCORE_DAYS))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "submit_closes_at": submit_closes_at,
    "decision_guard_at": decision_guard_at,
    "window_closes_at": window_closes_at,
    "locality_closes_at": locality_closes_at,
    "checks_close_at": checks_close_at,
    "scores_close_at": scores_close_at,
}
