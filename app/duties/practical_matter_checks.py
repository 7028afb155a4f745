"""What the forms of 办实事清单 must satisfy beyond their JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.duties.credit_code import is_valid, normalised
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, required_text
from app.duties.practical_matter_rules import Milestone, delivery_ratio
from app.duties.quantity import to_decimal

LAST_RETURN_ROUND = 2
FEWEST, MOST = 8, 12  # PP
LEAST_TITLE, LEAST_CONTENT, LEAST_SUMMARY, LEAST_TEXT = 5, 30, 50, 2
FEWEST_MILESTONES = 2
MOST_FIRMS = 500
BETWEEN_NAMES = re.compile(r"[、，,;；\s]+")
BETWEEN_CODES = re.compile(r"[\s,，;；、]+")


def names_in(text: str | None) -> list[str]:
    """市财政局、市科技局 as a list, each once."""
    return list(dict.fromkeys(filter(None, BETWEEN_NAMES.split(text or ""))))


def codes_in(text: str | None) -> list[str]:
    """Credit codes as they are pasted from a column of a sheet, each once."""
    return list(dict.fromkeys(map(normalised, filter(None, BETWEEN_CODES.split(text or "")))))


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def milestones_of(known: Sequence[Row], told: Sequence[Row]) -> list[Milestone]:
    """The milestones of the plan with what is told of each; known: {no, goal}, told: {no, is_done, value}."""
    said = {row["no"]: row for row in told}
    return [_milestone(row, said.get(row["no"], {})) for row in known]


def counted(known: Sequence[Row], verdicts: Sequence[Row]) -> list[Milestone]:
    """The same as far as the office agrees; one that was refused counts for nothing.

    known: {no, goal, is_done, value}.
    """
    refused = {row["no"] for row in verdicts if row.get("verdict") == "refused"}
    return [_milestone(row, {} if row["no"] in refused else row) for row in known]


def _milestone(known: Row, told: Row) -> Milestone:
    goal, value = (
        None if is_empty(row, name) else to_decimal(row[name]) for row, name in ((known, "goal"), (told, "value"))
    )
    return Milestone(bool(told.get("is_done")), goal, value)


def _propose_matter(answers: Row, facts: Row) -> Errors:
    rows = answers.get("matters", ())
    if answers.get("none"):
        if rows:
            yield FieldError("none", "已提出项目的，请不要勾选无建议")
        return
    if not rows:
        yield FieldError("matters", "请提出项目，没有建议的勾选无建议")
    for index, row in enumerate(rows):
        at = f"matters.{index}"
        yield from _described(row, at)
        yield from _quantified(row, at)
        yield from _named_units(row, at, facts, "co_units")


def _described(row: Row, at: str) -> Errors:
    yield from required_text(row, "title", LEAST_TITLE, "请填写项目名称", at)
    yield from required_text(row, "content", LEAST_CONTENT, "请填写项目内容", at)


def _quantified(row: Row, at: str) -> Errors:
    if not is_empty(row, "quantity") and is_empty(row, "quantity_unit"):
        yield FieldError(f"{at}.quantity_unit", "填写数量的，请填写计量单位")


def _named_units(row: Row, at: str, facts: Row, field: str) -> Errors:
    unknown = [name for name in names_in(row.get(field)) if facts["unit_named"](name) is None]
    if unknown:
        yield FieldError(f"{at}.{field}", f"没有找到单位：{'、'.join(unknown)}")


def _choose_matters(answers: Row, facts: Row) -> Errors:
    chosen = [(index, row) for index, row in enumerate(answers.get("matters", ())) if row.get("is_chosen")]
    if not FEWEST <= len(chosen) <= MOST:
        yield FieldError("matters", f"项目数应为{FEWEST}至{MOST}项，已列入{len(chosen)}项")
    seen: dict[str, int] = {}
    for index, row in chosen:
        at = f"matters.{index}"
        yield from _described(row, at)
        yield from _lead(row, at, facts)
        yield from _named_units(row, at, facts, "co_units")
        yield from _goal(row, at)
        yield from _deadline(row, at, facts)
        title = str(row.get("title", "")).strip()
        if title in seen:
            yield FieldError(f"{at}.title", f"与第{seen[title] + 1}行的项目相同，请核对是否重复", "warning")
        seen.setdefault(title, index)


def _lead(row: Row, at: str, facts: Row) -> Errors:
    leads = names_in(row.get("lead"))
    if len(leads) != 1:
        yield FieldError(f"{at}.lead", "每个项目须明确一个牵头单位")
    elif facts["unit_named"](leads[0]) is None:
        yield FieldError(f"{at}.lead", f"没有找到单位：{leads[0]}")


def _goal(row: Row, at: str) -> Errors:
    if is_empty(row, "quantity"):
        if not row.get("is_qualitative"):
            yield FieldError(f"{at}.quantity", "请填写量化目标，或注明定性")
        return
    yield from _quantified(row, at)


def _deadline(row: Row, at: str, facts: Row) -> Errors:
    if not is_empty(row, "by") and date.fromisoformat(str(row["by"])).year != facts["year"]:
        yield FieldError(f"{at}.by", f"完成时间须在{facts['year']}年内")


def _countersign(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "remark":
        yield from required_text(answers, "opinion_text", LEAST_TEXT, "有意见的，请写明意见")


def _approve(answers: Row, facts: Row) -> Errors:
    yield from approval(answers, facts["today"])


def _set_milestones(answers: Row, facts: Row) -> Errors:
    rows = answers.get("milestones", ())
    if len(rows) < FEWEST_MILESTONES:
        yield FieldError("milestones", f"实施计划不少于{FEWEST_MILESTONES}个节点")
    for index, row in enumerate(rows):
        at = f"milestones.{index}"
        if is_empty(row, "by"):
            yield FieldError(f"{at}.by", "请填写完成时间")
        elif date.fromisoformat(str(row["by"])).year != facts["year"]:
            yield FieldError(f"{at}.by", f"完成时间须在{facts['year']}年内")
        if not is_empty(row, "goal") and is_empty(row, "goal_unit"):
            yield FieldError(f"{at}.goal_unit", "填写目标值的，请填写计量单位")


def _request_acceptance(answers: Row, facts: Row) -> Errors:
    rows = {row["no"]: (index, row) for index, row in enumerate(answers.get("milestones", ()))}
    for place, known in enumerate(facts["milestones"]):
        index, row = rows.get(known["no"], (place, {}))
        yield from _reported(known, row, f"milestones.{index}")
    yield from required_text(answers, "summary", LEAST_SUMMARY, "请填写实施情况")
    codes = codes_in(answers.get("firms"))
    wrong = [code for code in codes if not is_valid(code)]
    if wrong:
        yield FieldError("firms", f"统一社会信用代码有误：{'、'.join(wrong[:3])}")
    elif strange := facts["without_file"](codes):
        named = "、".join(strange[:3])
        yield FieldError("firms", f"{len(strange)}家没有企业档案，不参加评价抽样：{named}", "warning")
    if len(codes) > MOST_FIRMS:
        yield FieldError("firms", f"受益企业最多{MOST_FIRMS}家，可以只列代表企业")


def _reported(known: Row, row: Row, at: str) -> Errors:
    if known.get("is_closed"):
        return
    if row.get("is_done") and not row.get("evidence"):
        yield FieldError(f"{at}.evidence", "已完成的节点须附佐证")
    if not is_empty(known, "goal") and is_empty(row, "value"):
        yield FieldError(f"{at}.value", "有目标值的节点，请填写完成值")


def _accept_matter(answers: Row, facts: Row) -> Errors:
    rows, outcome = answers.get("milestones", ()), answers["outcome"]
    refused = [(index, row) for index, row in enumerate(rows) if row.get("verdict") == "refused"]
    for index, row in refused:
        yield from required_text(row, "point", LEAST_TEXT, "不认可的，请写明须补充的内容", f"milestones.{index}")
    if outcome == "returned":
        yield from _returned(bool(refused), facts)
        return
    if is_empty(answers, "quality_level"):
        yield FieldError("quality_level", "请评定质量等次")
    if outcome == "accepted":
        yield from _accepted(answers, bool(refused), delivery_ratio(counted(facts["milestones"], rows)), facts)
    elif is_empty(answers, "remark"):
        yield FieldError("remark", "部分完成的，请写明未完成的内容")


def _returned(is_any_refused: bool, facts: Row) -> Errors:
    if facts["round"] > LAST_RETURN_ROUND:
        yield FieldError("outcome", "已退回两次，不能再次退回，请选择通过或部分完成")
    elif not is_any_refused:
        yield FieldError("milestones", "退回的，请指出须补充的节点")


def _accepted(answers: Row, is_any_refused: bool, ratio: object, facts: Row) -> Errors:
    if is_any_refused:
        yield FieldError("outcome", "有节点未认可，请选择部分完成或退回")
    elif ratio != 1:
        yield FieldError("outcome", "仍有节点未完成，请选择部分完成或退回")
    if facts["round"] > LAST_RETURN_ROUND:
        yield from required_text(answers, "remark", LEAST_TEXT, "第三次验收通过的，请写明理由")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "propose_matter": _propose_matter,
    "choose_matters": _choose_matters,
    "countersign_matters": _countersign,
    "approve_matters": _approve,
    "set_milestones": _set_milestones,
    "request_acceptance": _request_acceptance,
    "accept_matter": _accept_matter,
}
