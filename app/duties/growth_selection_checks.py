"""What the forms of 高成长企业遴选 must satisfy beyond their JSON Schema: the sentence for each field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, precise, required_text
from app.duties.growth_selection_list import Bounds, most_nominated
from app.duties.growth_selection_score import HUNDRED, PARTS
from app.duties.quantity import to_decimal

REASON_LENGTH = 2
NOMINATION_LENGTH = 20
PANEL_PARTS = ("technology", "market", "team")
SUPPORTS = ("对标赶超", "揭榜攻关", "人才", "资金", "用地", "上市", "市场")


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def wanted(row: Row) -> list[str]:
    """The kinds of support an enterprise asks for, as they were typed one after the other."""
    words = re.split(r"[、，,；;\s]+", str(row.get("wants") or ""))
    return [word for word in words if word]


def _set_selection(answers: Row, facts: Row) -> Errors:
    allowed: Bounds = facts["bounds"]
    if not allowed.least <= answers["number"] <= allowed.most:
        yield FieldError("number", allowed.text)
    yield from _weights(answers)
    if answers.get("panel"):
        yield from _experts(answers, facts)


def _weights(answers: Row) -> Errors:
    given = {row["no"]: row.get("weight") for row in answers["weights"]}
    if given.keys() != set(range(1, len(PARTS) + 1)) or any(weight is None for weight in given.values()):
        yield FieldError("weights", "请填写每一项的权重")
    elif sum((to_decimal(weight) for weight in given.values()), Decimal(0)) != HUNDRED:
        yield FieldError("weights", "权重合计应为100分")


def _experts(answers: Row, facts: Row) -> Errors:
    least, most = facts["panel_size"]
    chosen = [row for row in answers.get("experts", ()) if row.get("is_chosen")]
    if not least <= len(chosen) <= most:
        yield FieldError("experts", f"组织评审的，请选择{least}至{most}名专家")


def _countersign_selection(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] != "yes":
        yield from required_text(answers, "opinion_text", REASON_LENGTH, "请写明修改意见")


def _nominate_growth(answers: Row, facts: Row) -> Errors:
    known = {row["credit_code"]: row for row in facts["rows"]}
    chosen = [(index, row) for index, row in enumerate(answers["rows"]) if row.get("is_chosen")]
    if len(chosen) > most_nominated(facts["quota"]):
        yield FieldError("rows", f"推荐数{len(chosen)}超过名额{facts['quota']}的1.5倍")
    if not chosen and is_empty(answers, "none_reason"):
        yield FieldError("none_reason", "本年不推荐企业的，请说明理由")
    for index, row in chosen:
        yield from _nominated(f"rows.{index}", row, known[row["credit_code"]], facts)


def _nominated(at: str, row: Row, known: Row, facts: Row) -> Errors:
    if not known["is_updated"]:
        yield FieldError(f"{at}.is_chosen", f"{known['name']}未完成年度更新，无法评分")
    yield from required_text(row, "reason", NOMINATION_LENGTH, f"请填写推荐{known['name']}的理由", at)
    if is_empty(row, "consent_on"):
        yield FieldError(f"{at}.consent_on", f"请填写{known['name']}同意推荐的日期")
    elif str(row["consent_on"]) > facts["today"].isoformat():
        yield FieldError(f"{at}.consent_on", "同意日期不得晚于今天")
    if unknown := [word for word in wanted(row) if word not in SUPPORTS]:
        yield FieldError(f"{at}.wants", f"所需支持只填{'、'.join(SUPPORTS)}，没有“{unknown[0]}”")


def _panel_review(answers: Row, facts: Row) -> Errors:
    """An expert scores every enterprise of the band, or declares why not."""
    given = {row["credit_code"]: (index, row) for index, row in enumerate(answers["rows"])}
    for known in facts["rows"]:
        index, row = given.get(known["credit_code"], (0, {}))
        at = f"rows.{index}"
        if row.get("is_recused"):
            yield from required_text(row, "remark", REASON_LENGTH, "回避的，请说明与企业的关系", at)
        elif any(is_empty(row, part) for part in PANEL_PARTS):
            yield FieldError(f"{at}.technology", f"请为{known['name']}的三项打分，或声明回避")
        else:
            for part in PANEL_PARTS:
                yield from precise(f"{at}.{part}", to_decimal(row[part]), 1)


def _choose_growth_list(answers: Row, facts: Row) -> Errors:
    chosen = {row["credit_code"] for row in answers["rows"] if row.get("is_chosen")}
    allowed: Bounds = facts["bounds"]
    if len(chosen) > allowed.most:
        yield FieldError("rows", f"入选{len(chosen)}家，超过{allowed.most}家")
    elif not chosen:
        yield FieldError("rows", "请至少选择一家企业")
    proposed = set(facts["proposed"])
    for index, row in enumerate(answers["rows"]):
        is_changed = bool(row.get("is_chosen")) != (row["credit_code"] in proposed)
        if is_changed and is_empty(row, "reason"):
            yield FieldError(f"rows.{index}.reason", "不按得分次序入选或落选的，请说明理由")


def _approve_growth_list(answers: Row, facts: Row) -> Errors:
    return approval(answers, facts["today"])


def _draft_plan(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers["goals"]):
        if row["year"] < facts["year"]:
            yield FieldError(f"goals.{index}.year", "目标年份不得早于遴选年度")
    for index, row in enumerate(answers["supports"]):
        if facts["unit_named"](row["unit_name"]) is None:
            yield FieldError(f"supports.{index}.unit_name", "没有找到该部门，请填写部门全称或简称")
        if str(row["due_on"]) < facts["today"].isoformat():
            yield FieldError(f"supports.{index}.due_on", "完成时间不得早于今天")


def _review_plan_year(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers["supports"]):
        if row["state"] != "done":
            yield from required_text(row, "note", REASON_LENGTH, "未落实的，请说明原因", f"supports.{index}")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "set_selection": _set_selection,
    "countersign_selection": _countersign_selection,
    "nominate_growth": _nominate_growth,
    "panel_review": _panel_review,
    "choose_growth_list": _choose_growth_list,
    "approve_growth_list": _approve_growth_list,
    "draft_plan": _draft_plan,
    "review_plan_year": _review_plan_year,
}
