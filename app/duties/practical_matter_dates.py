"""Until when each step of 办实事清单 must be done, and why; the plan names no day, so all limits are proposals (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, within

Facts = Mapping[str, Any]

PROPOSAL_DAYS, COUNTERSIGN_DAYS, RATING_DAYS = 10, 3, 10
CORRECTION_DAYS = 3
ACCEPTANCE_DAY = (11, 20)
LAST_DAY = (1, 15)  # of the year after

LIMITS: Mapping[str, tuple[int, str]] = {
    "propose_matter": (PROPOSAL_DAYS, "办实事征集启动"),
    "choose_matters": (5, "征集完毕"),
    "countersign_matters": (COUNTERSIGN_DAYS, "会签送达"),
    "sign_matters": (2, "清单报签"),
    "approve_matters": (5, "清单上报"),
    "set_milestones": (10, "项目启动"),
    "sign_milestones": (2, "实施计划报签"),
    "sign_acceptance": (2, "验收申请报签"),
    "accept_matter": (5, "申请验收"),
}


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id == "request_acceptance":
        return _request_due(facts)
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def _request_due(facts: Facts) -> Due:
    """20 November or the day that the list names; a few days after a return; never before it was opened."""
    calendar, opened = facts["calendar"], facts["opened_on"]
    if facts["is_returned"]:
        return within("验收退回", opened, CORRECTION_DAYS, calendar)
    named: date | None = facts["planned_on"]
    day = calendar.first_on_or_after(max(named or date(facts["year"], *ACCEPTANCE_DAY), opened))
    why = f"清单确定{chinese_date(day)}前申请验收" if named else f"每年11月20日前申请验收，即{chinese_date(day)}"
    return explained(day, None, why, calendar.is_provisional(day))


def proposals_close_at(facts: Facts) -> datetime:
    return _close_of(facts, PROPOSAL_DAYS)


def countersign_close_at(facts: Facts) -> datetime:
    return _close_of(facts, COUNTERSIGN_DAYS)


def ratings_close_at(facts: Facts) -> datetime:
    return _close_of(facts, RATING_DAYS)


def items_close_at(facts: Facts) -> datetime:
    """15 January; a list that came so far only after it closes the same day."""
    return end_of(max(date(facts["year"] + 1, *LAST_DAY), facts["opened_on"]))


def _close_of(facts: Facts, days: int) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], days))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "proposals_close_at": proposals_close_at,
    "countersign_close_at": countersign_close_at,
    "items_close_at": items_close_at,
    "ratings_close_at": ratings_close_at,
}
