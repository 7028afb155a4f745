"""What the forms of 诉求响应 must satisfy beyond their JSON Schema, and the form with which a demand is raised.

A check answers with the sentence for each field; a field that the schema requires is taken as present and typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text, unit_named

GROUND_LENGTH = 10
FEWEST_JOINT, MOST_JOINT = 2, 5
FOLLOW_UP_DAYS = 60
LAST_ROUND = 2


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def unit_of(facts: Row, text: str) -> str | None:
    """The id of the unit that a person names by its id, full name or short name; None when there is no such unit."""
    return unit_named(facts["units"], text)


def _raise_demand(answers: Row, facts: Row) -> Errors:
    if answers.get("is_urgent"):
        yield from required_text(answers, "urgent_reason", GROUND_LENGTH, "紧急诉求请说明理由")
    if not answers.get("agreement"):
        yield FieldError("agreement", "请确认同意将诉求内容转交承办单位")


def _route_demand(answers: Row, facts: Row) -> Errors:
    outcome, joined = answers["outcome"], sum(bool(row.get("joins")) for row in answers.get("duplicates", ()))
    if joined > 1 or (joined and outcome != "answer_now"):
        yield FieldError("duplicates", "并入相近诉求的，请只勾选一件，并选择直接答复")
    if outcome == "answer_now":
        if not joined:
            yield from required_text(answers, "answer_text", 20, "直接答复的，请填写答复内容")
        return
    yield from _named_unit(answers, facts, "unit", "请填写承办单位")
    if is_empty(answers, "kind"):
        yield FieldError("kind", "请选择办理方式")
    if outcome == "joint":
        yield from _joint_units(answers, facts)
    if facts["proposed_unit"] and unit_of(facts, str(answers.get("unit", ""))) not in (None, facts["proposed_unit"]):
        yield from required_text(answers, "reason", 5, "未按建议单位派单的，请说明理由")


def _joint_units(answers: Row, facts: Row) -> Errors:
    rows = answers.get("joint_units", ())
    named = [unit_of(facts, str(row["unit"])) for row in rows]
    for index, unit in enumerate(named):
        if unit is None:
            yield FieldError(f"joint_units.{index}.unit", "没有找到该单位，请填写单位全称或简称")
        elif unit in named[:index]:
            yield FieldError(f"joint_units.{index}.unit", "该单位已列出")
    if not FEWEST_JOINT <= len(rows) <= MOST_JOINT:
        yield FieldError("joint_units", f"会办的，请列出{FEWEST_JOINT}至{MOST_JOINT}个单位")


def _named_unit(answers: Row, facts: Row, field: str, missing: str) -> Errors:
    if is_empty(answers, field):
        yield FieldError(field, missing)
    elif unit_of(facts, str(answers[field])) is None:
        yield FieldError(field, "没有找到该单位，请填写单位全称或简称")


def _accept_demand(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "no":
        yield from _named_unit(answers, facts, "proposed_unit", "请填写建议承办单位")
        if unit_of(facts, str(answers.get("proposed_unit", ""))) == facts["unit"]:
            yield FieldError("proposed_unit", "建议承办单位不能是本单位")
        yield from required_text(answers, "legal_ground", GROUND_LENGTH, "非本单位职责的，请写明依据")
    elif facts["kind"] == "urgent":
        yield from required_text(answers, "call_note", GROUND_LENGTH, "紧急诉求须在受理时联系企业，请记录首次答复")


def _joint_answer(answers: Row, facts: Row) -> Errors:
    if not answers.get("no_opinion"):
        yield from required_text(answers, "part_text", 20, "请填写会办意见，没有意见的请勾选“无意见”")


def _answer_demand(answers: Row, facts: Row) -> Errors:
    if answers["result"] == "not_allowed" and not answers.get("ground"):
        yield FieldError("ground", "“政策不允许”须注明政策依据")
    if _same(str(answers["answer_text"]), facts["last_answer"]):
        yield FieldError("answer_text", "答复与上次相同，请针对诉求作答")
    if answers["contacted_on"] > facts["today"].isoformat():
        yield FieldError("contacted_on", "联系企业日期不得晚于今天")
    if answers["result"] == "in_progress":
        yield from _follow_up(answers, facts)


def _follow_up(answers: Row, facts: Row) -> Errors:
    if is_empty(answers, "done_by"):
        yield FieldError("done_by", "正在推进的，请填写预计完成日期")
        return
    day, today = date.fromisoformat(str(answers["done_by"])), facts["today"]
    if not today < day <= facts["calendar"].add(today, FOLLOW_UP_DAYS):
        yield FieldError("done_by", f"预计完成日期须在今天之后{FOLLOW_UP_DAYS}个工作日内")


def _same(text: str, last: str) -> bool:
    return bool(last) and "".join(text.split()) == "".join(last.split())


def _rate_answer(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "no":
        yield from required_text(answers, "reason", GROUND_LENGTH, "不满意的，请说明原因")


def _judge_demand(answers: Row, facts: Row) -> Errors:
    yield from required_text(answers, "reason", GROUND_LENGTH, "请说明理由")
    if answers["outcome"] == "again" and not is_empty(answers, "unit"):
        yield from _named_unit(answers, facts, "unit", "")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "raise_demand": _raise_demand,
    "route_demand": _route_demand,
    "accept_demand": _accept_demand,
    "joint_answer": _joint_answer,
    "answer_demand": _answer_demand,
    "rate_answer": _rate_answer,
    "judge_demand": _judge_demand,
}
