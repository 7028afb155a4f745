"""What the forms of 年度反馈 must satisfy beyond their JSON Schema; the draft itself is checked in its own file.

A check answers with the sentence for each field; a field that the schema requires is taken as present and typed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from app.duties.december_report_dates import opening_day, report_due_on
from app.duties.december_report_draft import check_draft
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, precise, required_text, unit_named
from app.duties.lights import chinese_date
from app.duties.quantity import to_decimal

LAST_RETURN_ROUND = 2  # a report is returned twice at most; the third review accepts it, with a reservation
REASON_LENGTH = 2


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _confirm_notice(answers: Row, facts: Row) -> Errors:
    yield from _due_override(answers, facts)
    for index, row in enumerate(answers["units"]):
        if row.get("exempt"):
            yield from required_text(row, "exempt_reason", REASON_LENGTH, "免报的，请说明理由", f"units.{index}")
    reporting = {row["unit"] for row in answers["units"] if not row.get("exempt")}
    if not reporting and not answers.get("added_units"):
        yield FieldError("units", "请至少保留一个报送单位")
    listed = {row["unit"] for row in answers["units"]}
    for index, row in enumerate(answers.get("added_units", ())):
        unit = unit_named(facts["units"], row["unit"])
        if unit is None:
            yield FieldError(f"added_units.{index}.unit", "没有找到该单位，请填写单位全称或简称")
        elif unit in listed:
            yield FieldError(f"added_units.{index}.unit", "该单位已在报送名单中")
        else:
            listed.add(unit)


def _due_override(answers: Row, facts: Row) -> Errors:
    if is_empty(answers, "due_override"):
        return
    day, calendar = date.fromisoformat(str(answers["due_override"])), facts["calendar"]
    if day < opening_day(facts):
        yield FieldError("due_override", "时限早于12月1日")
        return
    if day > report_due_on(facts):
        yield from required_text(answers, "override_reason", REASON_LENGTH, "晚于规定时限的，请说明理由")
    if not calendar.is_working_day(day):
        yield FieldError("due_override", f"{chinese_date(day)}不是工作日", "warning")


def _decide_escalation(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "none":
        yield from required_text(answers, "reason", REASON_LENGTH, "暂不督办的，请说明理由")


def _name_successor(answers: Row, facts: Row) -> Errors:
    if not answers["has_successor"]:
        if not is_empty(answers, "successor"):
            yield FieldError("successor", "免予报送的，不填写承接单位")
        return
    if is_empty(answers, "successor"):
        yield FieldError("successor", "请填写承接单位")
        return
    unit = unit_named(facts["units"], str(answers["successor"]))
    if unit is None:
        yield FieldError("successor", "没有找到该单位，请填写单位全称或简称")
    elif unit == facts["unit"]:
        yield FieldError("successor", "承接单位不能是已撤并的单位本身")


def _review_report(answers: Row, facts: Row) -> Errors:
    points = answers.get("return_points")
    if answers["outcome"] == "returned":
        if facts["round"] > LAST_RETURN_ROUND:
            yield FieldError("outcome", "已退回两次，不能再次退回，请写明保留意见后通过")
        elif not points:
            yield FieldError("return_points", "退回补正的，请逐项列明须补正的内容")
        return
    if points:
        yield FieldError("return_points", "已列明须补正的内容，请选择退回补正，或删除所列内容")
    if is_empty(answers, "quality_level"):
        yield FieldError("quality_level", "通过审核的，请评定质量等次")
    if facts["round"] > LAST_RETURN_ROUND:
        yield from required_text(answers, "opinion_text", REASON_LENGTH, "第三次审核通过的，请写明保留意见")
    yield from _settled_objections(answers, facts)


def _settled_objections(answers: Row, facts: Row) -> Errors:
    for known, row, field in _each(facts["objections"], answers, "objections", "id", "settled_value"):
        if is_empty(row, "settled_value"):
            yield FieldError(field, f"第{known['no']}项数据有异议，请确认采用的数值")
        else:
            yield from precise(field, to_decimal(row["settled_value"]), known["precision"])


def _edit_annual_report(answers: Row, facts: Row) -> Errors:
    """Every action has its chapter, and every indicator that was not met its word."""
    for action, row, field in _each(facts["actions"], answers, "actions", "no", "text"):
        if is_empty(row, "text"):
            yield FieldError(field, f"请填写“{action['name']}”的推进情况")
    for item, row, field in _each(facts["items"], answers, "indicators", "no", "note"):
        if not item["is_met"] and is_empty(row, "note"):
            yield FieldError(field, f"第{item['no']}项未完成年度目标，请填写差异说明")


def _each(known: Iterable[Row], answers: Row, table: str, key: str, column: str) -> Iterator[tuple[Row, Row, str]]:
    """Each known row with its answer and the path of the column; a row that was left out is answered by nothing."""
    positions = {row[key]: index for index, row in enumerate(answers.get(table, ()))}
    for row in known:
        if row[key] in positions:
            index = positions[row[key]]
            yield row, answers[table][index], f"{table}.{index}.{column}"
        else:
            yield row, {}, table


def _approve_annual_report(answers: Row, facts: Row) -> Errors:
    return approval(answers, facts["today"])


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "confirm_notice": _confirm_notice,
    "draft_report": check_draft,
    "decide_escalation": _decide_escalation,
    "name_successor": _name_successor,
    "review_report": _review_report,
    "edit_annual_report": _edit_annual_report,
    "approve_annual_report": _approve_annual_report,
}
