"""What the forms of 企业认定 must satisfy beyond their JSON Schema; the application itself has a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from app.duties.duty import FieldError
from app.duties.enterprise_recognition_application import check_application
from app.duties.enterprise_recognition_dates import LEAST_WINDOW_DAYS
from app.duties.enterprise_recognition_list import LEAST_SHEETS, SHEET
from app.duties.form_parts import Errors, Row, is_empty, required_text

Facts = Mapping[str, Any]

LAST_RETURN_ROUND = 2  # returned twice at most; the third check passes or rejects


def check(element_id: str, answers: Row, facts: Facts) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _open_batch(answers: Row, facts: Facts) -> Errors:
    opens, closes = _day(answers["window_from"]), _day(answers["window_to"])
    if opens < facts["today"]:
        yield FieldError("window_from", "申报期不得早于今日")
    if facts["calendar"].count(opens, closes) < LEAST_WINDOW_DAYS:
        yield FieldError("window_to", f"申报期不少于{LEAST_WINDOW_DAYS}个工作日")
    if _day(answers["expected_on"]) <= closes:
        yield FieldError("expected_on", "预计公布日期应晚于申报期结束")
    if not is_empty(answers, "upper_due_on") and _day(answers["upper_due_on"]) <= closes:
        yield FieldError("upper_due_on", "上级要求的报送日期应晚于申报期结束")
    if not any(row.get("is_asked") for row in answers["checks"]):
        yield FieldError("checks", "请至少选择一个联审部门")


def _check_at_locality(answers: Row, facts: Facts) -> Errors:
    points = answers.get("return_points")
    if answers["outcome"] == "returned":
        if facts["round"] > LAST_RETURN_ROUND:
            yield FieldError("outcome", "已退回两次，不能再次退回，请选择通过或不予推荐")
        elif not points:
            yield FieldError("return_points", "退回补正的，请逐项列明须补正的内容")
        return
    if points:
        yield FieldError("return_points", "已列明须补正的内容，请选择退回补正，或删除所列内容")
    if answers["outcome"] == "reject":
        yield from required_text(answers, "reason", 20, "不予推荐的，请说明理由")
        return
    for index, row in enumerate(answers.get("judgements", ())):
        if is_empty(row, "judged"):
            yield FieldError(f"judgements.{index}.judged", "通过的，请逐项判断")


def _visit_enterprise(answers: Row, facts: Facts) -> Errors:
    if answers["first_visitor"].strip() == answers["second_visitor"].strip():
        yield FieldError("second_visitor", "实地核查须由两人进行")
    if _day(answers["visited_on"]) > facts["today"]:
        yield FieldError("visited_on", "核查日期不得晚于今日")


def _settle_pending(answers: Row, facts: Facts) -> Errors:
    for index, row in enumerate(answers.get("pending", ())):
        if is_empty(row, "settlement"):
            yield FieldError(f"pending.{index}.settlement", "请选择处理方式")


def _check_list(answers: Row, facts: Facts) -> Errors:
    rows = answers["rows"]
    open_ = [index for index, row in enumerate(rows) if is_empty(row, "finding")]
    if open_:
        yield FieldError("rows", f"还有{len(open_)}家未填写")
        yield from (FieldError(f"rows.{index}.finding", "请选择无问题或有问题") for index in open_)
    for index, row in enumerate(rows):
        if row.get("finding") == "problem":
            yield from required_text(row, "fact", 2, "有问题的，请写明事实", f"rows.{index}")
            yield from _problem_proof(row, index, facts["today"])


def _problem_proof(row: Row, index: int, today: date) -> Errors:
    if is_empty(row, "fact_on"):
        yield FieldError(f"rows.{index}.fact_on", "有问题的，请填写发生日期")
    elif _day(row["fact_on"]) > today:
        yield FieldError(f"rows.{index}.fact_on", "发生日期不得晚于今日")
    if is_empty(row, "document_no"):
        yield FieldError(f"rows.{index}.document_no", "有问题的，请填写文书编号")


def _score_applications(answers: Row, facts: Facts) -> Errors:
    for index, row in enumerate(answers["rows"]):
        if row.get("is_recused"):
            yield from required_text(row, "recuse_reason", 2, "回避的，请说明理由", f"rows.{index}")
        else:
            yield from _sheet(row, index)


def _sheet(row: Row, index: int) -> Errors:
    is_low = False
    for part, (name, most) in SHEET.items():
        if is_empty(row, part):
            yield FieldError(f"rows.{index}.{part}", f"请填写{name}得分")
        elif row[part] > most:
            yield FieldError(f"rows.{index}.{part}", f"{name}不超过{most}分")
        else:
            is_low = is_low or row[part] * 2 < most
    if is_low:
        yield from required_text(row, "remark", 2, "有低于该项满分一半的，请写明理由", f"rows.{index}")


def _replace_experts(answers: Row, facts: Facts) -> Errors:
    sheets = {row["no"]: row["least_sheets"] for row in facts["silent"]}
    for index, row in enumerate(answers.get("silent", ())):
        if is_empty(row, "settlement"):
            yield FieldError(f"silent.{index}.settlement", "请选择处理方式")
        elif row["settlement"] == "stand":
            yield from required_text(row, "reason", 2, "以已有评分为准的，请说明理由", f"silent.{index}")
            if sheets[row["no"]] < LEAST_SHEETS:
                yield FieldError(f"silent.{index}.settlement", f"有申请的评分少于{LEAST_SHEETS}份，请另抽专家")


def _decide_list(answers: Row, facts: Facts) -> Errors:
    known = {row["credit_code"]: row for row in facts["rows"]}
    for index, row in enumerate(answers["rows"]):
        of_rule = known[row["credit_code"]]
        if is_empty(row, "decision"):
            yield FieldError(f"rows.{index}.decision", "请选择拟认定或不予认定")
        elif of_rule["is_pending"] and row["decision"] == "granted":
            yield FieldError(f"rows.{index}.decision", "属地意见尚未报送，不能拟认定")
        elif (row["decision"] == "granted") is not of_rule["is_proposed"]:
            yield from required_text(row, "reason", 2, "与系统建议不一致的，请说明理由", f"rows.{index}")


def _send_recommendation(answers: Row, facts: Facts) -> Errors:
    places = [row.get("place") for row in answers["rows"]]
    if len(set(places)) < len(places) or None in places:
        yield FieldError("rows", "请为每家企业填写不重复的排序")


def _record_outcome(answers: Row, facts: Facts) -> Errors:
    rows = answers["rows"]
    open_ = [index for index, row in enumerate(rows) if is_empty(row, "result")]
    if open_:
        yield FieldError("rows", f"还有{len(open_)}家未登记结果，可先暂存")
    for index, row in enumerate(rows):
        if row.get("result") == "granted":
            yield from _granted(row, index, facts["today"])
        elif row.get("result") == "refused":
            yield from required_text(row, "reason", 2, "未通过的，请写明原因", f"rows.{index}")


def _granted(row: Row, index: int, today: date) -> Errors:
    for column, name in (("document_no", "公布文号"), ("announced_on", "公布日期")):
        if is_empty(row, column):
            yield FieldError(f"rows.{index}.{column}", f"通过的，请填写{name}")
    if not is_empty(row, "announced_on") and _day(row["announced_on"]) > today:
        yield FieldError(f"rows.{index}.announced_on", "公布日期不得晚于今日")
    if not is_empty(row, "valid_from") and not is_empty(row, "valid_to") and row["valid_to"] <= row["valid_from"]:
        yield FieldError(f"rows.{index}.valid_to", "有效期止应晚于有效期起")


def _day(value: Any) -> date:
    return date.fromisoformat(str(value))


def _application(answers: Row, facts: Facts) -> Iterator[FieldError]:
    return check_application(answers, facts)


CHECKS: Mapping[str, Callable[[Row, Facts], Errors]] = {
    "submit_application": _application,
    "check_at_locality": _check_at_locality,
    "visit_enterprise": _visit_enterprise,
    "open_batch": _open_batch,
    "settle_pending": _settle_pending,
    "check_list_by_department": _check_list,
    "score_applications": _score_applications,
    "replace_experts": _replace_experts,
    "decide_list": _decide_list,
    "send_recommendation": _send_recommendation,
    "record_outcome": _record_outcome,
}
