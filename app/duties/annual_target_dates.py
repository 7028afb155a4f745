"""Until when each step of 年度目标设定 must be done, and why.

Limits are the spec's working days, counted from the day after the task was opened; the timetable of the campaign is a
proposal of the product (PP), no text sets it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.duties.duty import Due
from app.duties.limits import end_of, within

LIMITS: Mapping[str, tuple[int, str]] = {
    "settle_basis": (5, "目标清单生成"),
    "propose_target": (5, "申报任务下达"),
    "sign_proposal": (2, "目标建议报送"),
    "countersign_target": (3, "会签送达"),
    "answer_objection": (2, "会签意见汇总"),
    "decide_alone": (2, "提请办公室裁定"),
    "chase_proposals": (1, "申报期届满"),
    "review_package": (5, "目标方案汇总"),
    "sign_package": (2, "目标方案报签"),
    "approve_package": (5, "目标方案上报"),
    "confirm_breakdown": (3, "年度目标审定"),
    "answer_breakdown": (4, "分解方案送达"),
    "sign_breakdown": (1, "分解意见报送"),
    "decide_breakdown_objection": (3, "属地提出异议"),
    "settle_breakdown": (3, "分解合计核对"),
    "issue_letters": (2, "分解方案确定"),
}
RETURNED_PROPOSAL = (3, "目标建议退回")

COLLECTION_DAYS = 10
REOPENED_COLLECTION_DAYS = 6  # only the returned items, so a shorter round
LOCALITIES_DAYS = 6
COUNTERSIGN_DAYS = 5


def due_on(element_id: str, facts: Mapping[str, Any]) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id not in LIMITS:
        return None
    is_returned = element_id == "propose_target" and facts.get("is_returned", False)
    days, event = RETURNED_PROPOSAL if is_returned else LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def proposals_close_at(facts: Mapping[str, Any]) -> datetime:
    return _close_of(facts, REOPENED_COLLECTION_DAYS if facts["revision"] else COLLECTION_DAYS)


def localities_close_at(facts: Mapping[str, Any]) -> datetime:
    return _close_of(facts, LOCALITIES_DAYS)


def countersign_close_at(facts: Mapping[str, Any]) -> datetime:
    return _close_of(facts, COUNTERSIGN_DAYS)


DEADLINES: Mapping[str, Callable[[Mapping[str, Any]], datetime]] = {
    "proposals_close_at": proposals_close_at,
    "localities_close_at": localities_close_at,
    "countersign_close_at": countersign_close_at,
}


def _close_of(facts: Mapping[str, Any], days: int) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], days))
