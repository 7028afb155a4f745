"""What the forms of 会商 must satisfy beyond their JSON Schema. Facts are listed in `consultation`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from app.duties.consultation_answers import WANTED, typed
from app.duties.consultation_dates import MEETING_NOTICE_DAYS, is_announced_in_time, meeting_moment
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, required_text

GROUND_LENGTH = 10
REASON_LENGTH = 2
FEWEST_UNITS, MOST_UNITS = 2, 12


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def unit_named(units: Iterable[Row], text: Any) -> str | None:
    """The id of the unit that a person names by its id, full name or short name."""
    found = typed("unit", text, units)
    return None if found is None else str(found)


def _set_consultation(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] != "written":
        yield from required_text(answers, "reason", REASON_LENGTH, "不采用书面会商的，请说明理由")
        return
    named: list[str] = []
    for index, row in enumerate(answers.get("units") or ()):
        unit = unit_named(facts["units"], row["unit"])
        if unit is None:
            yield FieldError(f"units.{index}.unit", WANTED["unit"])
        elif unit in named:
            yield FieldError(f"units.{index}.unit", "该单位已在参加单位中")
        else:
            named.append(unit)
    if not FEWEST_UNITS <= len(named) <= MOST_UNITS:
        yield FieldError("units", f"书面会商的参加单位为{FEWEST_UNITS}至{MOST_UNITS}个")


def _answer_consultation(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers["answers"]):
        at = f"answers.{index}"
        if is_empty(row, "value"):
            if not answers.get("follows"):
                yield FieldError(f"{at}.value", "请填写意见，或勾选同意多数意见")
            continue
        yield from _of_its_kind(row, facts, at)
        yield from required_text(row, "ground", GROUND_LENGTH, "请写明依据", at)


def _decide_directly(answers: Row, facts: Row) -> Errors:
    """Refused: the caller decides itself, so there is only the ground."""
    if facts["is_refused"]:
        return
    yield from _every_question(answers, "answers", facts, "请填写第{no}项的答复")


def _draft_minutes(answers: Row, facts: Row) -> Errors:
    yield from _every_question(answers, "decisions", facts, "请填写第{no}项的会商决定")
    for table in ("objections", "actions"):
        for index, row in enumerate(answers.get(table) or ()):
            if unit_named(facts["units"], row["unit"]) is None:
                yield FieldError(f"{table}.{index}.unit", WANTED["unit"])
    for index, row in enumerate(answers.get("actions") or ()):
        if str(row["due_on"]) <= facts["today"].isoformat():
            yield FieldError(f"actions.{index}.due_on", "落实期限须晚于今日")


def _every_question(answers: Row, table: str, facts: Row, missing: str) -> Errors:
    positions = {row["no"]: index for index, row in enumerate(answers.get(table) or ())}
    for question in facts["questions"]:
        index = positions.get(question["no"])
        if index is None or is_empty(answers[table][index], "value"):
            field = table if index is None else f"{table}.{index}.value"
            yield FieldError(field, missing.format(no=question["no"]))
        else:
            yield from _of_its_kind(answers[table][index], facts, f"{table}.{index}")


def _of_its_kind(row: Row, facts: Row, at: str) -> Errors:
    kind = next(question["kind"] for question in facts["questions"] if question["no"] == row["no"])
    if typed(kind, row["value"], facts["units"]) is None:
        yield FieldError(f"{at}.value", WANTED[kind])


def _call_meeting(answers: Row, facts: Row) -> Errors:
    day = date.fromisoformat(str(answers["meeting_on"]))
    if not is_announced_in_time(facts["today"], day, facts["calendar"]):
        yield FieldError("meeting_on", f"会议时间须至少提前{MEETING_NOTICE_DAYS}个工作日")
    try:
        meeting_moment(day, str(answers["meeting_time"]).strip())
    except ValueError:
        yield FieldError("meeting_time", "请填写时间，例如 14:30")


def _hold_meeting(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] != "held":
        yield from required_text(answers, "reason", REASON_LENGTH, "延期的，请说明原因")
        return
    for index, row in enumerate(answers.get("attendance") or ()):
        if is_empty(row, "state"):
            yield FieldError(f"attendance.{index}.state", "请选择到会情况")
    yield from required_text(answers, "views", GROUND_LENGTH, "请写明会议讨论情况")


def _approve_minutes(answers: Row, facts: Row) -> Errors:
    return approval(answers, facts["today"])


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "set_consultation": _set_consultation,
    "answer_consultation": _answer_consultation,
    "decide_directly": _decide_directly,
    "call_meeting": _call_meeting,
    "hold_meeting": _hold_meeting,
    "draft_minutes": _draft_minutes,
    "approve_minutes": _approve_minutes,
}
