"""Until when each step of 千企升级入库培育 must be done, and why; all limits are proposals of the product (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, within

Facts = Mapping[str, Any]

NOMINATION_DAYS = 20
CONSENT_GUARD_DAYS = 8
PROXY_DAYS = 5  # so long after its due day a yearly check may be run in the locality's name

LIMITS: Mapping[str, tuple[int, str]] = {
    "sign_nomination": (2, "推荐名单报签"),
    "collect_consent": (5, "企业确认开始"),
    "review_nomination": (5, "推荐名单报送"),
    "sign_entry": (2, "入库名单报签"),
    "check_library": (15, "年度核查启动"),
    "sign_check": (2, "核查结果报签"),
    "review_check": (5, "核查结果报送"),
}
RETURNED: Mapping[str, tuple[int, str]] = {
    "nominate_enterprises": (3, "推荐名单退回补正"),
    "check_library": (3, "核查结果退回"),
}


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id in RETURNED and facts.get("is_returned"):
        return _within(RETURNED[element_id], facts)
    if element_id == "nominate_enterprises":
        return _nomination_due(facts)
    return _within(LIMITS[element_id], facts) if element_id in LIMITS else None


def consent_closes_at(facts: Facts) -> datetime:
    """Enterprises that have not answered until then wait for the next list."""
    return end_of(facts["calendar"].add(facts["opened_on"], CONSENT_GUARD_DAYS))


def proxy_from(due: date, calendar: Any) -> date:
    """The first day on which the bureau may act in the name of a locality that is silent."""
    day: date = calendar.add(due, PROXY_DAYS + 1)
    return day


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {"consent_closes_at": consent_closes_at}


def _nomination_due(facts: Facts) -> Due:
    """From the round's start, however often the list went back to be filled again without a valid row."""
    calendar, started = facts["calendar"], facts["round_opened_on"]
    day = calendar.add(started, NOMINATION_DAYS)
    why = f"推荐启动后{NOMINATION_DAYS}个工作日内办理：{chinese_date(started)}启动，至{chinese_date(day)}"
    return explained(day, NOMINATION_DAYS, why, calendar.is_provisional(started) or calendar.is_provisional(day))


def _within(limit: tuple[int, str], facts: Facts) -> Due:
    days, event = limit
    return within(event, facts["opened_on"], days, facts["calendar"])
