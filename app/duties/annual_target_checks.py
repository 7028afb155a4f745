"""What the forms of 年度目标设定 must satisfy beyond their JSON Schema.

A check answers with the sentence for each field; a field that the schema requires is taken as present and typed.
Texts that only some answers need (a reason, a counter-value) are optional in the schema and required here.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, approval, is_empty, precise, required_text
from app.duties.quantity import in_words, is_ratio, plain, precision_of, to_decimal

REASON_LENGTH = 20
OBJECTION_LENGTH = 10


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def _settle_basis(answers: Row, facts: Row) -> Errors:
    open_rows = {row["id"]: row for row in facts["discrepancies"]}
    settled = {row["id"] for row in answers["rows"]}
    if missing := [row_id for row_id in open_rows if row_id not in settled]:
        yield FieldError("rows", f"还有口径矛盾未确认：{'、'.join(missing)}")
    for index, row in enumerate(answers["rows"]):
        if row["id"] in open_rows:
            yield from _basis_row(f"rows.{index}", row, open_rows[row["id"]])


def _basis_row(at: str, row: Row, discrepancy: Row) -> Errors:
    kind = discrepancy["kind"]
    if kind != "lead" and row["binding"] == "other" and is_empty(row, "binding_value"):
        yield FieldError(f"{at}.binding_value", "选择另定的，请填写采用值")
    if kind == "basis":
        if is_empty(row, "base_value"):
            yield FieldError(f"{at}.base_value", "请填写期初存量")
        if is_empty(row, "base_as_of"):
            yield FieldError(f"{at}.base_as_of", "请填写期初存量的截止日")
    if kind == "lead" and row.get("lead_unit") not in discrepancy["leads"]:
        yield FieldError(f"{at}.lead_unit", "请在正文与附件1所列的两个牵头单位中选择一个")


def _propose_target(answers: Row, facts: Row) -> Errors:
    if not facts["first_year"] <= facts["year"] <= facts["last_year"]:
        yield FieldError("value", "该年度不在计划期内")
        return
    value = to_decimal(answers["value"])
    yield from _target_value("value", value, facts)
    if value < to_decimal(facts["suggested"]):
        yield from required_text(answers, "reason", REASON_LENGTH, "低于建议值的，请说明理由")
    yield from _baseline(answers, facts)
    yield from _quarters(answers, value, facts)


def _target_value(field: str, value: Decimal, facts: Row) -> Errors:
    """A year's value, whoever sets it: the lead, the lead yielding in part, or the office."""
    indicator = facts["indicator"]
    yield from precise(field, value, indicator["precision"])
    if indicator["floor"] is not None and value < to_decimal(indicator["floor"]):
        yield FieldError(field, f"不得低于计划规定的每年{in_words(to_decimal(indicator['floor']), indicator['unit'])}")
    is_final = indicator["kind"] == "period_end" and facts["year"] == facts["last_year"]
    if is_final and value < to_decimal(indicator["total"]):
        yield FieldError(field, "期末目标不得低于计划终期值")


def _baseline(answers: Row, facts: Row) -> Errors:
    if facts["last_actual"] is None:
        return
    for index, row in enumerate(answers.get("baseline", ())):
        is_changed = to_decimal(row["value"]) != to_decimal(facts["last_actual"])
        if is_changed and is_empty(row, "change_reason"):
            yield FieldError(f"baseline.{index}.change_reason", "数据与预填值不一致，请说明原因")


def _quarters(answers: Row, value: Decimal, facts: Row) -> Errors:
    rows = answers.get("quarter_plan")
    if not rows or facts["indicator"]["kind"] != "newly_added":
        return
    if sum((to_decimal(row["value"]) for row in rows), Decimal(0)) != value:
        yield FieldError("quarter_plan", "季度安排合计须等于本年目标值")


def _countersign_target(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "yes":
        return
    if is_empty(answers, "counter_value"):
        yield FieldError("counter_value", "不同意的，请填写建议值")
    else:
        yield from precise("counter_value", to_decimal(answers["counter_value"]), facts["indicator"]["precision"])
    yield from required_text(answers, "counter_reason", OBJECTION_LENGTH, "不同意的，请说明理由")


def _answer_objection(answers: Row, facts: Row) -> Errors:
    if answers["outcome"] == "accepted" and facts["round"] >= 2:
        yield FieldError("outcome", "已是第二轮会签，请选择部分采纳、对方撤回或坚持原值")
    if answers["outcome"] != "partly":
        return
    if is_empty(answers, "value"):
        yield FieldError("value", "部分采纳的，请填写调整后的目标值")
    else:
        yield from _target_value("value", to_decimal(answers["value"]), facts)


def _decide_alone(answers: Row, facts: Row) -> Errors:
    yield from _target_value("value", to_decimal(answers["value"]), facts)


def _review_package(answers: Row, facts: Row) -> Errors:
    returned = [row["no"] for row in answers["items"] if row.get("return")]
    yield from _ticked_rows(answers, "return", "return_reason", "请写明退回原因")
    if answers["outcome"] == "return_items":
        if not returned:
            yield FieldError("items", "请勾选要退回的指标")
        return
    if returned:
        yield FieldError("items", "已勾选退回的指标，请选择退回单项，或取消勾选")
    if facts["year"] == facts["last_year"]:
        yield from _gap_notes(answers, facts)


def _gap_notes(answers: Row, facts: Row) -> Errors:
    """Goes through the facts, so that a row left out of the answers does not hide its gap."""
    positions = {row["no"]: index for index, row in enumerate(answers["items"])}
    for item in facts["items"]:
        left, index = to_decimal(item["left"]), positions.get(item["no"])
        if left <= 0 or (index is not None and not is_empty(answers["items"][index], "gap_note")):
            continue
        field = "items" if index is None else f"items.{index}.gap_note"
        yield FieldError(field, f"第{item['no']}项三年合计尚差{in_words(left, item['unit'])}，请退回或说明")


def _approve_package(answers: Row, facts: Row) -> Errors:
    returned = [row["no"] for row in answers.get("items", ()) if row.get("return")]
    yield from _ticked_rows(answers, "return", "return_reason", "请写明退回意见")
    if answers["outcome"] == "approved_in_part" and not returned:
        yield FieldError("items", "部分退回的，请勾选要退回的指标")
    if answers["outcome"] == "approved" and returned:
        yield FieldError("items", "已勾选退回的指标，请选择部分退回，或取消勾选")
    yield from approval(answers, facts["today"])


def _confirm_breakdown(answers: Row, facts: Row) -> Errors:
    items = {item["no"]: item for item in facts["items"]}
    for index, row in enumerate(answers["rows"]):
        item = items[row["no"]]
        yield from _cells(f"rows.{index}.cells", row["cells"], item, facts)
        target, whole = to_decimal(item["target"]), _sum(row["cells"])
        # A ratio is the same everywhere and an undivided count stays with the city: neither has a sum to reach.
        if row["method"] != "undivided" and not _is_ratio(item) and whole < target:
            text = f"{item['name']}分解合计{plain(whole)}小于全市目标{plain(target)}"
            yield FieldError(f"rows.{index}.cells", text, "error" if facts["must_cover"] else "warning")


def _answer_breakdown(answers: Row, facts: Row) -> Errors:
    items = {item["no"]: item for item in facts["items"]}
    for index, row in enumerate(answers["figures"]):
        if row["answer"] == "accept":
            continue
        at = f"figures.{index}"
        if is_empty(row, "proposed"):
            yield FieldError(f"{at}.proposed", "提出异议的，请填写建议值")
        else:
            yield from precise(f"{at}.proposed", to_decimal(row["proposed"]), _precision(items[row["no"]]))
        yield from required_text(row, "reason", OBJECTION_LENGTH, "提出异议的，请说明理由", at)


def _decide_breakdown_objection(answers: Row, facts: Row) -> Errors:
    items = {item["no"]: item for item in facts["items"]}
    for index, row in enumerate(answers["figures"]):
        yield from precise(f"figures.{index}.final", to_decimal(row["final"]), _precision(items[row["no"]]))


def _settle_breakdown(answers: Row, facts: Row) -> Errors:
    items = {item["no"]: item for item in facts["items"]}
    for index, row in enumerate(answers["rows"]):
        item, at = items[row["no"]], f"rows.{index}"
        yield from _cells(f"{at}.cells", row["cells"], item, facts)
        yield from precise(f"{at}.held", to_decimal(row["held"]), _precision(item))
        if _sum(row["cells"]) + to_decimal(row["held"]) != to_decimal(item["short"]):
            short = in_words(to_decimal(item["short"]), item["unit"])
            yield FieldError(f"{at}.held", f"{item['name']}差额{short}，须全部落实到属地或市级统筹")
        if to_decimal(row["held"]) > 0:
            yield from required_text(row, "reason", OBJECTION_LENGTH, "市级统筹的，请说明理由", at)


def _issue_letters(answers: Row, facts: Row) -> Errors:
    if str(answers["signed_on"]) > facts["today"].isoformat():
        yield FieldError("signed_on", "签发日期不得晚于今天")


def _ticked_rows(answers: Row, tick: str, reason: str, text: str) -> Errors:
    for index, row in enumerate(answers.get("items", ())):
        if row.get(tick) and is_empty(row, reason):
            yield FieldError(f"items.{index}.{reason}", text)


def _cells(at: str, cells: Row, item: Row, facts: Row) -> Errors:
    for unit, value in cells.items():
        if unit not in facts["localities"]:
            yield FieldError(f"{at}.{unit}", "该单位不在分解范围内")
        else:
            yield from precise(f"{at}.{unit}", to_decimal(value), _precision(item))


def _sum(cells: Row) -> Decimal:
    return sum((to_decimal(value) for value in cells.values()), Decimal(0))


def _is_ratio(item: Row) -> bool:
    return is_ratio(item["unit"], item["name"])


def _precision(item: Row) -> int:
    return precision_of(item["unit"], item["name"])


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "settle_basis": _settle_basis,
    "propose_target": _propose_target,
    "countersign_target": _countersign_target,
    "answer_objection": _answer_objection,
    "decide_alone": _decide_alone,
    "review_package": _review_package,
    "approve_package": _approve_package,
    "confirm_breakdown": _confirm_breakdown,
    "answer_breakdown": _answer_breakdown,
    "decide_breakdown_objection": _decide_breakdown_objection,
    "settle_breakdown": _settle_breakdown,
    "issue_letters": _issue_letters,
}
