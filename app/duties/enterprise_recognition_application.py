"""An application: what its form must satisfy, and which figures of the file its answers mean.

The form keeps what belongs to a year in rows by year, the last closed one first; what belongs to none stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.duties.duty import FieldError
from app.duties.enterprise_figures import decimal_of
from app.duties.form_parts import Errors, Row, is_empty, precise, required_text
from app.duties.months import months_after

Facts = Mapping[str, Any]
Figures = Mapping[int, Mapping[str, Any]]

YEARS = 3  # growth of two years needs the main revenue of three
NEEDED: tuple[tuple[str, ...], ...] = (  # of last year, the year before, the one before that
    ("revenue_wan", "main_revenue_wan", "rd_wan", "net_profit_wan", "assets_wan", "liabilities_wan"),
    ("revenue_wan", "main_revenue_wan", "rd_wan"),
    ("main_revenue_wan",),
)
LABELS = {
    "revenue_wan": "营业收入",
    "main_revenue_wan": "主营业务收入",
    "rd_wan": "研发费用",
    "net_profit_wan": "净利润",
    "assets_wan": "资产总额",
    "liabilities_wan": "负债总额",
    "equity_wan": "新增股权融资",
}
PRECISION = 2
TOLERANCE = Decimal("0.005")  # of the yearly update, before a reason is asked for
OF_LAST_YEAR = ("staff", "rd_staff", "segment_years", "rd_body", "digital_level", "market_share_pct", "market_rank",
                "platform_score")  # fmt: skip
OF_THE_PROFILE = ("is_key_link", "serves_chain_leader", "own_brand", "core_information_system", "joint_rd_body",
                  "is_new_product")  # fmt: skip
RECORDS: Mapping[str, tuple[str, ...]] = {
    "honours": ("kind", "granted_on", "valid_until", "rank"),
    "certificates": ("kind", "granted_on", "valid_until"),
    "standards": ("kind", "role", "granted_on"),
}
NEEDS_SHARE = frozenset({"little_giant", "single_champion"})
CLASS_1 = frozenset({"invention", "plant_variety", "crop_variety", "new_drug", "chinese_medicine", "layout_design"})
KEPT_LONG = frozenset({"utility_model", "design"})  # of class II once kept for more than two years after the grant
REASON_LENGTH = 20


def check_application(answers: Row, facts: Facts) -> Errors:
    yield from facts["admission"]
    yield from _years(answers["years"], facts["known"])
    yield from _people(answers)
    yield from _proofs(answers, facts["today"])
    yield from _by_level(answers, facts)
    if answers.get("asks_manual_check"):
        yield from required_text(answers, "manual_reason", REASON_LENGTH, "申请人工复核的，请说明理由")


def _years(rows: Iterable[Row], known: Figures) -> Errors:
    for index, row in enumerate(rows):
        for key in NEEDED[index] if index < YEARS else ():
            if is_empty(row, key):
                yield FieldError(f"years.{index}.{key}", f"请填写{row['year']}年{LABELS[key]}")
        yield from _one_year(f"years.{index}", row)
        if _differing(row, known.get(int(row["year"]), {})) and is_empty(row, "change_reason"):
            yield FieldError(f"years.{index}.change_reason", "与年度更新数据不一致，请说明原因")


def _one_year(at: str, row: Row) -> Errors:
    for key in LABELS:
        if (amount := decimal_of(row.get(key))) is not None:
            yield from precise(f"{at}.{key}", amount, PRECISION)
    if _exceeds(row, "main_revenue_wan", "revenue_wan"):
        yield FieldError(f"{at}.main_revenue_wan", "主营业务收入不得大于营业收入")
    if _exceeds(row, "rd_wan", "revenue_wan"):
        yield FieldError(f"{at}.rd_wan", "研发费用大于营业收入，请核对", "warning")
    if _exceeds(row, "liabilities_wan", "assets_wan"):
        yield FieldError(f"{at}.liabilities_wan", "负债大于资产，请核对", "warning")


def _exceeds(row: Row, larger: str, smaller: str) -> bool:
    left, right = decimal_of(row.get(larger)), decimal_of(row.get(smaller))
    return left is not None and right is not None and left > right


def _differing(row: Row, known: Row) -> list[str]:
    """The figures that lie further from the yearly update than it may be off."""
    return [key for key in LABELS if _is_off(decimal_of(row.get(key)), decimal_of(known.get(key)))]


def _is_off(given: Decimal | None, known: Decimal | None) -> bool:
    return given is not None and known is not None and abs(given - known) > abs(known) * TOLERANCE


def _people(answers: Row) -> Errors:
    if answers["rd_staff"] > answers["staff"]:
        yield FieldError("rd_staff", "研发人员不得多于职工人数")


def _proofs(answers: Row, today: date) -> Errors:
    if answers["rd_body"] != "none" and is_empty(answers, "rd_body_proof"):
        yield FieldError("rd_body_proof", "请填写研发机构的认定文号")
    for table in ("honours", "certificates"):
        for index, row in enumerate(answers.get(table, ())):
            if not is_empty(row, "valid_until") and date.fromisoformat(str(row["valid_until"])) < today:
                yield FieldError(f"{table}.{index}.valid_until", "已过有效期，请删除或更新")


def _by_level(answers: Row, facts: Facts) -> Errors:
    if facts["level"] in NEEDS_SHARE and is_empty(answers, "market_share_pct"):
        yield FieldError("market_share_pct", "申报该级别的，请填写市场占有率并附证明")
    if facts["needs_platform"]:
        for key, text in (("platform_score", "请填写平台发展评价得分"), ("platform_id", "请填写平台评价编号")):
            if is_empty(answers, key):
                yield FieldError(key, text)


def figures_of(answers: Row, on: date) -> dict[int, dict[str, Any]]:
    """The answers as figures by year, amounts as decimal texts; what was left empty is left out."""
    years = {int(row["year"]): _amounts(row) for row in answers.get("years", ())}
    last = years.setdefault(on.year - 1, {})
    last |= {key: answers[key] for key in OF_LAST_YEAR if not is_empty(answers, key)}
    last |= counts_of(answers.get("ip", ()), on)
    return years


def _amounts(row: Row) -> dict[str, Any]:
    return {key: str(row[key]) for key in LABELS if not is_empty(row, key)}


def profile_of(answers: Row) -> dict[str, Any]:
    """What belongs to no year, in the words of the rules; a list without entries is an answer."""
    told: dict[str, Any] = {"field": [answers["field"]]} if answers.get("field") else {}
    told |= {key: bool(answers[key]) for key in OF_THE_PROFILE if key in answers}
    return told | {table: list(_records(answers.get(table, ()), columns)) for table, columns in RECORDS.items()}


def _records(rows: Iterable[Row], columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {column: row[column] for column in columns if not is_empty(row, column)}


def counts_of(rows: Iterable[Row], on: date) -> dict[str, int]:
    """Intellectual property by class, of what is tied to the main product.

    Source: the definitions of 工信部企业〔2022〕63号; what was transferred less than a year ago does not count.
    """
    counted = [row for row in rows if row.get("is_main") and not _is_fresh_transfer(row, on)]
    first = [row for row in counted if row["kind"] in CLASS_1]
    return {
        "class1_ip": len(first),
        "class1_own_ip": sum(row.get("obtained") == "own" for row in first),
        "class1_high_ip": sum(bool(row.get("is_high_value")) for row in first),
        "class2_ip": sum(_is_class_2(row, on) for row in counted),
    }


def _is_fresh_transfer(row: Row, on: date) -> bool:
    return row.get("obtained") == "bought" and date.fromisoformat(row["granted_on"]) > months_after(on, -12)


def _is_class_2(row: Row, on: date) -> bool:
    if row["kind"] in KEPT_LONG:
        return date.fromisoformat(row["granted_on"]) < months_after(on, -24)
    return bool(row["kind"] == "software")
