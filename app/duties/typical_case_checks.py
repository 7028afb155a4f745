"""What the forms of 典型案例 must satisfy beyond their JSON Schema: the sentence for each field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from app.duties.demand_response import alike
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text, unit_named
from app.duties.quantity import plain
from app.duties.typical_case_figures import unsourced_numbers
from app.duties.typical_case_score import proposal, score

LAST_RETURN_ROUND = 2  # a case is returned twice at most; then it is used or not
LIKE = Decimal("0.8")
MOST_UNITS = 3
GROWTH, SERVICE, OTHER = "growth", "service", "other"
WITHOUT_FIRM = (SERVICE, OTHER)

PARTS: Mapping[str, str] = {
    "title": "标题",
    "kind": "类别",
    "situation": "背景",
    "practice": "做法",
    "result": "成效",
    "lesson": "启示",
    "figures": "引用数据",
    "photos": "图片",
}
TEXTS = ("situation", "practice", "result", "lesson")


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def whole_text(answers: Row) -> str:
    return "".join(str(answers.get(part) or "") for part in ("title", *TEXTS))


def _write_case(answers: Row, facts: Row) -> Errors:
    yield from _subject(answers, facts)
    yield from _figures(answers, facts)
    if answers.get("photos") and not answers.get("faces"):
        yield FieldError("faces", "上传图片的，请确认图中人物已同意公开")
    if not answers.get("secrets"):
        yield FieldError("secrets", "请确认案例不含商业秘密和涉密内容")
    text = whole_text(answers)
    for title, published in facts["published"]:
        if alike(text, published) >= LIKE:
            yield FieldError("title", f"案例与已发布的{title}重复度较高", "warning")


def _subject(answers: Row, facts: Row) -> Errors:
    if is_empty(answers, "subject"):
        if answers["kind"] not in WITHOUT_FIRM:
            yield FieldError("subject", "请填写企业全称或统一社会信用代码；只写服务机制的，请选择相应类别")
        return
    firm = facts["firm_named"](str(answers["subject"]).strip())
    if firm is None:
        yield FieldError("subject", "没有找到该企业，请填写企业全称或统一社会信用代码")
    elif answers["kind"] == GROWTH and not firm["holds_title"]:
        text = "该企业称号已失效" if firm["held_title"] else "企业成长类案例的企业须为专精特新等称号企业"
        yield FieldError("subject", text)


def _figures(answers: Row, facts: Row) -> Errors:
    figures = answers.get("figures", ())
    missing = unsourced_numbers(str(answers.get("result") or ""), figures)
    if missing:
        yield FieldError("figures", f"成效中的数据须注明来源：{'、'.join(dict.fromkeys(map(plain, missing)))}")
    for index, row in enumerate(figures):
        if not is_empty(row, "holder") and unit_named(facts["units"], str(row["holder"])) is None:
            yield FieldError(f"figures.{index}.holder", "没有找到该单位，请填写单位全称或简称")
        if str(row.get("as_of") or "") > facts["today"].isoformat():
            yield FieldError(f"figures.{index}.as_of", "数据截止日不得晚于今天")


def _confirm_by_firm(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "changes" and not answers.get("points"):
        yield FieldError("points", "请逐条写明须修改的内容")
    if answers["outcome"] == "yes":
        yield from required_text(answers, "signer", 2, "同意公开的，请填写确认人姓名")


def _review_case(answers: Row, facts: Row) -> Errors:
    outcome = answers["outcome"]
    if outcome == "returned" and not answers.get("return_points"):
        yield FieldError("return_points", "退回修改的，请逐条写明意见")
    if outcome == "yes":
        yield from _departments(answers, facts)
    if outcome != proposal(score(answers)) or outcome == "no":
        missing = "不采用的，请写明原因" if outcome == "no" else f"与得分建议不一致（{score(answers)}分），请说明理由"
        yield from required_text(answers, "opinion_text", 2, missing)


def _departments(answers: Row, facts: Row) -> Errors:
    """Whoever holds the figures that the case uses."""
    rows = answers.get("check_units", ())
    named = [unit_named(facts["units"], str(row.get("unit") or "")) for row in rows]
    if facts["has_figures"] and not rows:
        yield FieldError("check_units", "案例引用了数据，请填写一至三个核实部门")
    for index, unit in enumerate(named):
        if unit is None:
            yield FieldError(f"check_units.{index}.unit", "没有找到该单位，请填写单位全称或简称")
        elif unit in named[:index]:
            yield FieldError(f"check_units.{index}.unit", "该单位已列出")


def _check_facts(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers.get("figures", ())):
        if row.get("verdict") is None:
            yield FieldError(f"figures.{index}.verdict", "请核实该项数据")
        elif row["verdict"] == "wrong":
            if row.get("right_value") is None:
                yield FieldError(f"figures.{index}.right_value", "不属实的，请填写正确数据")
            yield from required_text(row, "right_source", 2, "不属实的，请填写数据来源", f"figures.{index}")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "write_case": _write_case,
    "confirm_by_firm": _confirm_by_firm,
    "review_case": _review_case,
    "check_facts": _check_facts,
}


def unlocked_parts(points: Sequence[Row]) -> list[str]:
    """The parts of a case that a return opens; figures go with a text whose numbers may change."""
    parts = {str(row["field"]) for row in points}
    return [part for part in PARTS if part in parts or (part == "figures" and parts.intersection(TEXTS))]
