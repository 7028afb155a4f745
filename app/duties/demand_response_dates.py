"""Until when each step of 诉求响应 must be done. The clock of an answer runs from acceptance; limits are data (PP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.duties.demand_response_routes import KIND_WORDS
from app.duties.duty import Due
from app.duties.lights import chinese_date
from app.duties.limits import end_of, explained, start_of, within
from app.workdays import Calendar

Facts = Mapping[str, Any]

FAR = datetime(9999, 12, 31, tzinfo=UTC)  # «not again»

LIMITS: Mapping[str, tuple[int, str]] = {
    "route_demand": (1, "诉求待分办"),
    "accept_demand": (1, "诉求派单"),
    "joint_answer": (5, "会办送达"),
    "judge_delay": (1, "答复逾期"),
    "rate_answer": (5, "答复送达"),
    "judge_demand": (3, "企业评价不满意"),
}
SIGN_DAYS = 2
JOINT_DAYS = 5
GUARD_DAYS = 2
RATING_DAYS = 5
CONSULTATION_DAYS = 20


def answer_due(accepted_on: date, limit_days: int, calendar: Calendar, stopped_days: int = 0) -> date:
    """stopped_days: working days of a consultation, in which the clock stood still."""
    return calendar.add(accepted_on, limit_days + stopped_days)


def is_on_time(answered_on: date, due_on: date) -> bool:
    return answered_on <= due_on


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id == "answer_demand":
        return _answer_due(facts)
    if element_id == "sign_answer":
        return _sign_due(facts)
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def joint_closes_at(facts: Facts) -> datetime:
    return _closes(facts, JOINT_DAYS)


def answer_guard_at(facts: Facts) -> datetime:
    """Once in a round: an answer that the head returned does not make the office judge the delay again."""
    if facts["is_delay_judged"]:
        return FAR
    return start_of(facts["calendar"].add(_answered_by(facts), GUARD_DAYS))


def rating_closes_at(facts: Facts) -> datetime:
    return _closes(facts, RATING_DAYS)


def consultation_guard_at(facts: Facts) -> datetime:
    return _closes(facts, CONSULTATION_DAYS)


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {
    "joint_closes_at": joint_closes_at,
    "answer_guard_at": answer_guard_at,
    "rating_closes_at": rating_closes_at,
    "consultation_guard_at": consultation_guard_at,
    "meeting_guard_at": consultation_guard_at,
}


def _closes(facts: Facts, days: int) -> datetime:
    return end_of(facts["calendar"].add(facts["opened_on"], days))


def _answered_by(facts: Facts) -> date:
    return answer_due(facts["accepted_on"], facts["limit_days"], facts["calendar"], facts["stopped_days"])


def _answer_due(facts: Facts) -> Due:
    calendar, day, limit = facts["calendar"], _answered_by(facts), facts["limit_days"]
    stopped = f"，扣除会商的{facts['stopped_days']}个工作日" if facts["stopped_days"] else ""
    why = (
        f"{KIND_WORDS[facts['kind']]}类诉求自受理次日起{limit}个工作日内答复：{chinese_date(facts['accepted_on'])}受理"
        f"{stopped}，时限为{chinese_date(day)}"
    )
    return explained(day, limit, why, calendar.is_provisional(facts["accepted_on"]) or calendar.is_provisional(day))


def _sign_due(facts: Facts) -> Due:
    """Within the limit of the answer; when that is over, by the next working day."""
    calendar, last = facts["calendar"], _answered_by(facts)
    if facts["opened_on"] > last:
        return within("逾期答复报签", facts["opened_on"], 1, calendar)
    due = within("答复报签", facts["opened_on"], SIGN_DAYS, calendar)
    if due.on <= last:
        return due
    why = f"答复须在办理时限内发出，即{chinese_date(last)}前"
    return explained(last, SIGN_DAYS, why, calendar.is_provisional(last))
