"""What the forms of 年度考核 must satisfy beyond their JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from app.duties.assessment_rules import WHOLE
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, required_text
from app.duties.quantity import plain, to_decimal

LEAST_REASON, LEAST_GROUND = 2, 10
GROUNDS: Mapping[str, str] = {
    "city_praise": "上级表扬",
    "province_praise": "省级推广",
    "talk": "约谈",
    "falsified": "数据造假",
    "correction": "更正得分",
}
PRAISE = ("city_praise", "province_praise")


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _confirm_rules(answers: Row, facts: Row) -> Errors:
    weights = [answers[f"weight_{part}"] for part in ("timeliness", "completion", "quality")]
    if sum(weights) != WHOLE:
        yield FieldError("weight_quality", f"权重合计须为{WHOLE}")
    known = facts["weights"]
    if weights != known:
        yield from required_text(answers, "change_reason", LEAST_REASON, "改动权重的，请说明理由")
    rows = answers["units"]
    for index, row in enumerate(rows):
        if row.get("exempt"):
            yield from required_text(row, "exempt_reason", LEAST_REASON, "免考的，请说明理由", f"units.{index}")
    if all(row.get("exempt") for row in rows):
        yield FieldError("units", "请至少保留一个考核单位")


def _approval(answers: Row, facts: Row) -> Errors:
    yield from approval(answers, facts["today"])


def _approve_ranking(answers: Row, facts: Row) -> Errors:
    yield from approval(answers, facts["today"])
    for index, row in enumerate(answers.get("returned_units", ())):
        if facts["unit_named"](row["unit"]) is None:
            yield FieldError(f"returned_units.{index}.unit", "没有找到该单位，请填写单位全称或简称")
    if answers["outcome"] == "yes" and answers.get("returned_units"):
        yield FieldError("returned_units", "已列明退回单位的，请选择退回，或者删除所列单位")


def _confirm_score(answers: Row, facts: Row) -> Errors:
    appeals = answers.get("appeals", ())
    if answers["outcome"] == "confirmed":
        if appeals:
            yield FieldError("appeals", "已填写申诉事项的，请选择申诉，或者删除所填事项")
        return
    if not appeals:
        yield FieldError("appeals", "请至少选择一项申诉事项")
    seen = set()
    for index, row in enumerate(appeals):
        if row["no"] not in facts["numbers"]:
            yield FieldError(f"appeals.{index}.no", "该事项不在本单位得分内")
        elif row["no"] in seen:
            yield FieldError(f"appeals.{index}.no", "该事项已经填写")
        seen.add(row["no"])


def _examine_appeal(answers: Row, facts: Row) -> Errors:
    yield from _verdicts(answers.get("findings", ()), "findings", facts)


def _decide_appeal(answers: Row, facts: Row) -> Errors:
    yield from _verdicts(answers.get("rulings", ()), "rulings", facts)
    yield from approval(answers, facts["today"])


def _verdicts(rows: list[Row], name: str, facts: Row) -> Errors:
    for index, row in enumerate(rows):
        at = f"{name}.{index}"
        if is_empty(row, "verdict"):
            yield FieldError(f"{at}.verdict", "请逐项作出结论")
            continue
        yield from required_text(row, "ground", LEAST_GROUND, "请写明依据", at)
        if row["verdict"] == "refused":
            continue
        if is_empty(row, "corrected"):
            yield FieldError(f"{at}.corrected", "请写明更正后的事实")
        has_day, has_share = not is_empty(row, "due_on"), not is_empty(row, "credit")
        if row["verdict"] == "partly" and not has_day and not has_share:
            yield FieldError(f"{at}.credit", "部分成立的，请填写更正后的时限或者计分比例")
        if has_day and row["no"] not in facts["timed"]:
            yield FieldError(f"{at}.due_on", "只有时效事项可以更正时限")


def _review_ranking(answers: Row, facts: Row) -> Errors:
    most: Decimal = facts["most_manual"]
    for index, row in enumerate(answers.get("adjustments", ())):
        at = f"adjustments.{index}"
        if facts["unit_named"](row["unit"]) is None:
            yield FieldError(f"{at}.unit", "没有找到该单位，或者该单位不参加考核")
        if not row.get("file"):
            yield FieldError(f"{at}.file", "加减分须附依据")
        yield from required_text(row, "text", LEAST_REASON, "请写明事由", at)
        yield from _points(row, at, most)


def _points(row: Row, at: str, most: Decimal) -> Errors:
    if row["ground"] == "falsified":
        return
    if is_empty(row, "points") or to_decimal(row["points"]) == 0:
        yield FieldError(f"{at}.points", "请填写分数")
        return
    points = to_decimal(row["points"])
    if abs(points) > most:
        yield FieldError(f"{at}.points", f"单项加减分不超过{plain(most)}分")
    elif row["ground"] in PRAISE and points < 0:
        yield FieldError(f"{at}.points", "表扬和推广应当加分")
    elif row["ground"] == "talk" and points > 0:
        yield FieldError(f"{at}.points", "约谈应当减分")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "confirm_rules": _confirm_rules,
    "approve_rules": _approval,
    "confirm_score": _confirm_score,
    "examine_appeal": _examine_appeal,
    "decide_appeal": _decide_appeal,
    "review_ranking": _review_ranking,
    "approve_ranking": _approve_ranking,
}
