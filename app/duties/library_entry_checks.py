"""What the forms of 千企升级入库培育 must satisfy beyond their JSON Schema: the sentence for each field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.duties.credit_code import normalised
from app.duties.duty import FieldError
from app.duties.form_parts import Errors, Row, is_empty, required_text
from app.duties.library_entry_rows import ACTIVE, duplicates, findings

LAST_RETURN_ROUND = 2  # a list is returned twice at most; the third review accepts it and refuses single rows
REASON_LENGTH = 2
MOBILE_DIGITS = 11


def check(element_id: str, answers: Row, facts: Row) -> list[FieldError]:
    rule = CHECKS.get(element_id)
    return list(rule(answers, facts)) if rule else []


def locality_named(localities: Sequence[Row], text: str) -> str | None:
    """The id of the locality that a person names by its id, full name or short name; None for one outside the city."""
    wanted = text.strip()
    return next((row["unit"] for row in localities if wanted in (row["unit"], row["name"], row["short_name"])), None)


def _nominate_enterprises(answers: Row, facts: Row) -> Errors:
    rows = answers.get("rows", ())
    applications = answers.get("applications", ())
    if not rows and not any(row.get("decision") == "yes" for row in applications):
        yield FieldError("rows", "请至少推荐一家企业")
    yield from _rows(rows, facts)
    for index, row in enumerate(applications):
        if row.get("decision") == "no":
            yield from required_text(row, "reason", REASON_LENGTH, "不推荐的，请说明理由", f"applications.{index}")
    yield from _applied_and_typed(rows, applications)
    yield from _outside_correction(rows, facts)


def _rows(rows: Sequence[Row], facts: Row) -> Errors:
    codes = [normalised(str(row.get("credit_code", ""))) for row in rows]
    found = findings(rows, facts["files_of"](codes), facts["locality"], facts["chains"])
    for index, own in enumerate(found):
        for finding in own:
            level: Any = "error" if finding.refuses else "warning"
            yield FieldError(f"rows.{index}.{finding.field}", finding.text, level)
        yield from _row(f"rows.{index}", rows[index], facts)
    for _first, second, text in duplicates(rows):
        yield FieldError(f"rows.{second - 1}.credit_code", text)


def _row(at: str, row: Row, facts: Row) -> Errors:
    digits = str(row.get("contact_phone", ""))
    if not (digits.isascii() and digits.isdigit() and len(digits) == MOBILE_DIGITS and digits[0] == "1"):
        yield FieldError(f"{at}.contact_phone", "请填写11位手机号码")
    if row.get("consent") == "platform" and normalised(str(row.get("credit_code", ""))) not in facts["confirmed"]:
        yield FieldError(f"{at}.consent", "企业尚未在平台确认，请选择电话确认或待确认")
    yield from _consent(at, row, facts)


def _consent(at: str, row: Row, facts: Row) -> Errors:
    if row.get("consent") != "phone":
        return
    if is_empty(row, "consent_on"):
        yield FieldError(f"{at}.consent_on", "电话确认的，请填写确认日期")
    elif str(row["consent_on"]) > facts["today"].isoformat():
        yield FieldError(f"{at}.consent_on", "确认日期不得晚于今天")


def _applied_and_typed(rows: Sequence[Row], applications: Sequence[Row]) -> Errors:
    applied = {row["credit_code"] for row in applications if row.get("decision") == "yes"}
    for index, row in enumerate(rows):
        if normalised(str(row.get("credit_code", ""))) in applied:
            yield FieldError(f"rows.{index}.credit_code", f"第{index + 1}行企业已自荐，请在自荐企业中选择推荐")


def _outside_correction(rows: Sequence[Row], facts: Row) -> Errors:
    """Returned for correction, the list is changed only where the reviewer said so. Rows may not vanish either."""
    unlocked = facts.get("unlocked")
    if unlocked is None:
        return
    before = {row["credit_code"]: row for row in facts["submitted"]}
    now = {normalised(str(row.get("credit_code", ""))): row for row in rows}
    for index, row in enumerate(rows):
        code = normalised(str(row.get("credit_code", "")))
        if code not in unlocked and _told(before.get(code, {})) != _told(row):
            yield FieldError(f"rows.{index}.credit_code", f"第{index + 1}行不在补正范围内，请恢复原来的内容")
    lost = [str(row.get("name") or code) for code, row in before.items() if code not in now and code not in unlocked]
    if lost:
        yield FieldError("rows", f"不在补正范围内的企业不能删去：{'、'.join(lost)}")


def _told(row: Row) -> dict[str, str]:
    """What a row says, however a number is written; consent may have come in the meantime."""
    ignored = ("credit_code", "consent", "consent_on", "no", "name")
    return {name: _text(value) for name, value in row.items() if name not in ignored and not is_empty(row, name)}


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value).strip()


def _collect_consent(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers["rows"]):
        yield from _consent(f"rows.{index}", row, facts)


def _review_nomination(answers: Row, facts: Row) -> Errors:
    points = answers.get("return_points")
    if answers["outcome"] == "returned":
        if facts["round"] > LAST_RETURN_ROUND:
            yield FieldError("outcome", "已退回两次，不能再次退回，请逐家审核后通过")
        elif not points:
            yield FieldError("return_points", "退回补正的，请逐项列明须补正的企业和内容")
        yield from _known_rows(points or (), facts)
        return
    if points:
        yield FieldError("return_points", "已列明须补正的内容，请选择退回补正，或删除所列内容")
    yield from _decisions(answers, facts)


def _known_rows(points: Sequence[Row], facts: Row) -> Errors:
    numbers = {row["no"] for row in facts["rows"]}
    for index, point in enumerate(points):
        if point["row_no"] not in numbers:
            yield FieldError(f"return_points.{index}.row_no", "名单中没有这一序号")


def _decisions(answers: Row, facts: Row) -> Errors:
    """Every row has a decision, and a refusal its reason."""
    decided = {row["no"]: (index, row) for index, row in enumerate(answers.get("rows", ()))}
    for known in facts["rows"]:
        index, row = decided.get(known["no"], (0, {}))
        if row.get("decision") not in ("yes", "no"):
            yield FieldError("rows", f"第{known['no']}行{known['name']}尚未审核")
        elif row["decision"] == "no":
            yield from required_text(row, "reason", REASON_LENGTH, "不同意的，请说明理由", f"rows.{index}")


def _check_library(answers: Row, facts: Row) -> Errors:
    for index, row in enumerate(answers["rows"]):
        if row.get("state", ACTIVE) != ACTIVE:
            yield from _exception(f"rows.{index}", row, facts)


def _exception(at: str, row: Row, facts: Row) -> Iterator[FieldError]:
    if is_empty(row, "on"):
        yield FieldError(f"{at}.on", "请填写发生日期")
    elif str(row["on"]) > facts["today"].isoformat():
        yield FieldError(f"{at}.on", "发生日期不得晚于今天")
    yield from required_text(row, "proof", REASON_LENGTH, "请填写依据或来源", at)
    if row["state"] != "moved_out" and not is_empty(row, "to_locality"):
        yield FieldError(f"{at}.to_locality", "只有迁出的企业填写迁入地")
    named = str(row.get("to_locality") or "")
    if named and locality_named(facts["localities"], named) == facts["locality"]:
        yield FieldError(f"{at}.to_locality", "迁入地不能是本地")


CHECKS: Mapping[str, Callable[[Row, Row], Errors]] = {
    "nominate_enterprises": _nominate_enterprises,
    "collect_consent": _collect_consent,
    "review_nomination": _review_nomination,
    "check_library": _check_library,
}
