"""延期申请: more time for an open user task, asked for before its limit; both days stay for ever.

Facts:
    opened_on, today, calendar
    old_due_on      date; the due day of the task before anything was asked
    latest_on       date; the latest day that may be asked for
    number          int; which request on the task this is, from 1
    new_due_on      date; the day that was asked for, None before it was written
    needs_leader    bool; the leading group decides
    open_tasks      {unit id: [task id]} of other units in the matter, which may be named as the cause
    units           every unit {unit, name, short_name}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.duties.duty import Due, Duty, FieldError
from app.duties.extension_request_rules import (
    MOST_REQUESTS,
    NEEDS_PROOF,
    OTHER_UNIT,
    REASONS,
    Asked,
    assessed_due,
    is_in_time,
    max_extension,
    may_ask,
    needs_leader,
)
from app.duties.form_parts import Errors, Row, approval, is_empty, required_text
from app.duties.lights import chinese_date
from app.duties.limits import explained, start_of, within
from app.duties.supervision_order_checks import unit_of

__all__ = [
    "DUTY",
    "MOST_REQUESTS",
    "OUTCOMES",
    "REASONS",
    "USER_TASKS",
    "Asked",
    "assessed_due",
    "is_in_time",
    "max_extension",
    "may_ask",
    "needs_leader",
    "unit_of",
]

Facts = Mapping[str, Any]

GUARD_DAYS = 3
REASON_LENGTH = 10
LIMITS: Mapping[str, tuple[int, str]] = {
    "review_extension": (1, "延期申请报送"),
    "press_review": (1, "延期审核逾期"),
    "decide_extension": (2, "延期申请上报"),
}
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_extension": ("yes", "no"),
    "review_extension": ("granted", "other_day", "refused", "to_leader"),
    "decide_extension": ("granted", "other_day", "refused"),
    "press_review": ("urge", "take_over"),
}
USER_TASKS = ("write_extension", "sign_extension", "review_extension", "press_review", "decide_extension")


def due_on(element_id: str, facts: Facts) -> Due | None:
    """The due day of a user task with the sentence that explains it; None for an element that is no user task."""
    if element_id in ("write_extension", "sign_extension"):
        return _before_the_limit(facts)
    if element_id not in LIMITS:
        return None
    days, event = LIMITS[element_id]
    return within(event, facts["opened_on"], days, facts["calendar"])


def _before_the_limit(facts: Facts) -> Due:
    """By the old limit; a request that comes after it, the same day."""
    calendar, old = facts["calendar"], facts["old_due_on"]
    day = max(old, facts["opened_on"])
    why = f"延期须在原时限（{chinese_date(old)}）届满前提出"
    return explained(day, max(calendar.count(facts["opened_on"], day), 0), why, calendar.is_provisional(day))


def review_guard_at(facts: Facts) -> datetime:
    return start_of(facts["calendar"].add(facts["opened_on"], GUARD_DAYS + 1))


DEADLINES: Mapping[str, Callable[[Facts], datetime]] = {"review_guard_at": review_guard_at}


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    """What a form must satisfy beyond its schema."""
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _write(answers: Row, facts: Row) -> Errors:
    yield from _day(answers, "new_due_on", facts)
    yield from _not_over(answers, facts)
    if answers["reason_kind"] in NEEDS_PROOF and not answers.get("attachments"):
        yield FieldError("attachments", f"{REASONS[answers['reason_kind']]}的，请附佐证材料")
    if answers["reason_kind"] == OTHER_UNIT:
        yield from _other_unit(answers, facts)
    if facts["number"] > 1:
        text = f"该事项已延期{facts['number'] - 1}次，须由领导小组批准"
        yield FieldError("new_due_on", text, "warning")


def _not_over(answers: Row, facts: Row) -> Errors:
    """More time that is over already is none."""
    day, latest, today = date.fromisoformat(str(answers["new_due_on"])), facts["latest_on"], facts["today"]
    if latest < today:
        yield FieldError("new_due_on", "可以延期的期限已过，批准后仍为逾期，请尽快办理", "warning")
    elif day < today:
        yield FieldError("new_due_on", "申请延至日期不得早于今天")


def _other_unit(answers: Row, facts: Row) -> Errors:
    if is_empty(answers, "other_unit"):
        yield FieldError("other_unit", "协同单位未反馈的，请填写该单位")
        return
    unit = unit_of(facts, str(answers["other_unit"]))
    if unit is None:
        yield FieldError("other_unit", "没有找到该单位，请填写单位全称或简称")
    elif not facts["open_tasks"].get(unit):
        yield FieldError("other_unit", "该单位在本事项中没有在办环节，请核对")


def _day(answers: Row, field: str, facts: Row) -> Errors:
    day, latest = date.fromisoformat(str(answers[field])), facts["latest_on"]
    if day <= facts["old_due_on"] or not facts["calendar"].is_working_day(day):
        yield FieldError(field, "申请延至日期须为工作日且晚于原时限")
    elif day > latest:
        yield FieldError(field, f"最多可延至{chinese_date(latest)}")


def _decide(answers: Row, facts: Row) -> Errors:
    outcome = answers["outcome"]
    if outcome == "other_day":
        if is_empty(answers, "granted_on"):
            yield FieldError("granted_on", "另定日期的，请填写延至日期")
        else:
            yield from _day(answers, "granted_on", facts)
    if outcome != "granted":
        yield from required_text(answers, "opinion_text", REASON_LENGTH, "请说明理由")


def _by_leader(answers: Row, facts: Row) -> Errors:
    yield from _decide(answers, facts)
    yield from approval(answers, facts["today"])


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "write_extension": _write,
    "review_extension": _decide,
    "decide_extension": _by_leader,
}


def outcomes_offered(element_id: str, facts: Facts) -> tuple[str, ...]:
    """The outcomes a form may offer; where the leading group decides, the office only passes on."""
    if element_id == "review_extension" and facts["needs_leader"]:
        return ("to_leader",)
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="extension_request",
    name="延期申请",
    clause="P25",
    processes=("extension_request",),
    forms={task: f"extension_request.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
