"""What the forms of 督办单办理 must satisfy beyond their JSON Schema.

A check answers with the sentence for each field; a field that the schema requires is taken as present and typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, required_text, unit_named
from app.duties.lights import chinese_date
from app.duties.supervision_order_levels import MOST_LIMIT_DAYS, latest_limit, next_level

OFFICE = "office"
REASON_LENGTH = 10
DROP_LENGTH = 5
WANTED = ("wants_result", "wants_evidence", "wants_plan", "wants_statement")


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def unit_of(facts: Row, text: str) -> str | None:
    """The id of the unit that a person names by its id, full name or short name; None when there is no such unit."""
    return unit_named(facts["units"], text)


def _draft_order(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "drop":
        yield from required_text(answers, "drop_reason", DROP_LENGTH, "不发出的，请写明原因")
        return
    yield from _wording(answers, facts)
    yield from _unit(answers, facts)
    yield from _co_units(answers, facts)
    yield from _level(answers, facts)
    if is_empty(answers, "limit_on"):
        yield FieldError("limit_on", "请填写办理时限")
    else:
        yield from _limit(answers, "limit_on", facts)


def _wording(answers: Row, facts: Row) -> Errors:
    yield from required_text(answers, "title", 5, "请填写督办事项")
    yield from required_text(answers, "content", 20, "请填写办理要求")
    if not any(answers.get(name) for name in WANTED):
        yield FieldError("wants_result", "请至少勾选一项反馈要求")
    if facts["source"] == "instruction":
        yield from required_text(answers, "instruction", 2, "来源为领导批示的，请填写批示内容")
        if not answers.get("instruction_file"):
            yield FieldError("instruction_file", "来源为领导批示的，请上传批示件")
    if facts["open_order"]:
        yield FieldError("title", f"该事项已有督办单{facts['open_order']}在办")


def _unit(answers: Row, facts: Row, field: str = "unit") -> Errors:
    if is_empty(answers, field):
        yield FieldError(field, "请填写承办单位")
        return
    unit = unit_of(facts, str(answers[field]))
    if unit is None:
        yield FieldError(field, "没有找到该单位，请填写单位全称或简称")
    elif unit == OFFICE:
        yield FieldError(field, "办公室不得向本室发单")


def _co_units(answers: Row, facts: Row) -> Errors:
    lead = unit_of(facts, str(answers.get("unit", "")))
    named: list[str | None] = []
    for index, row in enumerate(answers.get("co_units", ())):
        unit = unit_of(facts, str(row["unit"]))
        if unit is None:
            yield FieldError(f"co_units.{index}.unit", "没有找到该单位，请填写单位全称或简称")
        elif unit == lead:
            yield FieldError(f"co_units.{index}.unit", "承办单位不再列为配合单位")
        elif unit in named:
            yield FieldError(f"co_units.{index}.unit", "该单位已列出")
        named.append(unit)


def _level(answers: Row, facts: Row) -> Errors:
    if is_empty(answers, "level"):
        yield FieldError("level", "请选择督办等级")
        return
    if answers.get("is_urgent"):
        yield from required_text(answers, "urgent_reason", REASON_LENGTH, "紧急督办请注明理由")
    level, is_urgent = answers["level"], bool(answers.get("is_urgent"))
    if next_level(facts["history"], is_urgent, level) is None:
        yield FieldError("level", _refusal(facts, level))


def _refusal(facts: Row, level: str) -> str:
    if next_level(facts["history"], True, level) is None:
        return "督办等级不得低于已发出的等级"
    return "上一级督办单未逾期，不得升级；如紧急请注明理由"


def _limit(answers: Row, field: str, facts: Row) -> Errors:
    day, calendar, today = date.fromisoformat(str(answers[field])), facts["calendar"], facts["today"]
    if day <= today or not calendar.is_working_day(day):
        yield FieldError(field, "办理时限须为工作日且晚于今日")
    elif day > (last := latest_limit(today, calendar)):
        yield FieldError(field, f"办理时限最长{MOST_LIMIT_DAYS}个工作日，至迟{chinese_date(last)}")


def _by_leader(answers: Row, facts: Row) -> Errors:
    yield from approval(answers, facts["today"])


def _sign_for(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "yes":
        yield from required_text(answers, "handler", 2, "请填写承办人")
        return
    yield from required_text(answers, "reason", REASON_LENGTH, "非本单位职责的，请写明依据")
    yield from _unit(answers, facts, "proposed_unit")
    if unit_of(facts, str(answers.get("proposed_unit", ""))) == facts["unit"]:
        yield FieldError("proposed_unit", "建议承办单位不能是本单位")


def _settle_unit(answers: Row, facts: Row) -> Errors:
    yield from _unit(answers, facts)


def _report_back(answers: Row, facts: Row) -> Errors:
    if answers["state"] == "done":
        if not answers.get("evidence"):
            yield FieldError("evidence", "已办结须附佐证材料")
        return
    yield from required_text(answers, "problem", 5, "未办结的，请写明存在问题")
    yield from required_text(answers, "next_step", 5, "未办结的，请写明下一步措施")
    if is_empty(answers, "next_on"):
        yield FieldError("next_on", "未办结的，请填写预计完成日期")
    elif str(answers["next_on"]) <= facts["today"].isoformat():
        yield FieldError("next_on", "预计完成日期须晚于今天")


def _decide_next(answers: Row, facts: Row) -> Errors:
    yield from required_text(answers, "reason", REASON_LENGTH, "请说明理由")
    if answers["outcome"] == "new_limit":
        yield from _new_limit(answers, facts)


def _new_limit(answers: Row, facts: Row) -> Errors:
    if is_empty(answers, "new_limit_on"):
        yield FieldError("new_limit_on", "请填写新的办理时限")
    else:
        yield from _limit(answers, "new_limit_on", facts)


def _decide_final(answers: Row, facts: Row) -> Errors:
    yield from approval(answers, facts["today"])
    yield from required_text(answers, "text", REASON_LENGTH, "请写明处置意见")
    if answers.get("has_talk") and is_empty(answers, "talk_on"):
        yield FieldError("talk_on", "约谈的，请填写约谈日期")
    if answers["outcome"] != "transfer":
        yield from _new_limit(answers, facts)


def _explain(answers: Row, facts: Row) -> Errors:
    if str(answers["promise_on"]) <= facts["today"].isoformat():
        yield FieldError("promise_on", "承诺完成日期须晚于今天")


def _verify_report(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "returned" and not answers.get("return_points"):
        yield FieldError("return_points", "退回的，请逐条写明需补充的内容")
    if answers["outcome"] == "accepted" and is_empty(answers, "quality_level"):
        yield FieldError("quality_level", "请评定反馈质量")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "draft_order": _draft_order,
    "approve_order": _by_leader,
    "confirm_closing": _by_leader,
    "sign_for": _sign_for,
    "settle_unit": _settle_unit,
    "report_back": _report_back,
    "decide_next": _decide_next,
    "decide_final": _decide_final,
    "explain_in_writing": _explain,
    "verify_report": _verify_report,
}
