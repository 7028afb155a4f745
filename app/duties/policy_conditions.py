"""A policy's conditions as rows that a person writes: read, checked against the enterprise's file, put into words.

A row is {group, figure, operator, value}: value is a text as typed, several words parted by 、 and two bounds by ~.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any, Literal

from app.duties.duty import FieldError
from app.duties.lights import chinese_date
from app.duties.policy_matching import OPERATORS, Condition, Known, Operator, Tested
from app.duties.quantity import plain, round_up

MOST_CONDITIONS = 20
LARGEST = 10**12  # 万元; beyond it, a slip of the hand
PLACES = Decimal("0.01")
PARTED = re.compile(r"[、，,;；]\s*")
BOUNDS = re.compile(r"[~～至]")
YES_NO = {"是": True, "否": False}

Kind = Literal["number", "yes_no", "words"]
Row = Mapping[str, Any]

OPERATORS_OF: Mapping[Kind, tuple[Operator, ...]] = {
    "number": ("gte", "gt", "lte", "lt", "eq", "between"),
    "yes_no": ("is",),
    "words": ("in", "not_in"),
}
RESULTS = {"met": "满足", "near": "接近", "missed": "不满足", "unknown": "待补数据"}


@dataclass(frozen=True)
class Askable:
    """What a condition may ask of the file. choices: word -> label, where the words are a closed list."""

    key: str
    label: str
    kind: Kind
    unit: str = ""
    choices: Mapping[str, str] | None = None


Catalogue = Mapping[str, Askable]


def check_conditions(rows: Sequence[Row], catalogue: Catalogue, at: str = "conditions") -> Iterable[FieldError]:
    """What is wrong with the rows of a form, field by field."""
    if len(rows) > MOST_CONDITIONS:
        yield FieldError(at, f"条件最多{MOST_CONDITIONS}条")
    for index, row in enumerate(rows):
        yield from _check_row(row, catalogue, f"{at}.{index}")


def _check_row(row: Row, catalogue: Catalogue, at: str) -> Iterable[FieldError]:
    asked = catalogue.get(str(row.get("figure", "")))
    if asked is None:
        yield FieldError(f"{at}.figure", "条件字段须选自企业档案")
        return
    if row.get("operator") not in OPERATORS_OF[asked.kind]:
        allowed = "、".join(OPERATORS[operator] for operator in OPERATORS_OF[asked.kind])
        yield FieldError(f"{at}.operator", f"“{asked.label}”的比较方式请选择：{allowed}")
        return
    problem = _value_problem(asked, row)
    if problem:
        yield FieldError(f"{at}.value", problem)


def _value_problem(asked: Askable, row: Row) -> str:
    text = str(row.get("value") or "").strip()
    if asked.kind == "yes_no":
        return "" if text in YES_NO else "请填写“是”或“否”"
    if asked.kind == "words":
        return _words_problem(asked, text)
    if row["operator"] == "between":
        low, high = _bounds(text)
        return "" if low is not None and high is not None and low <= high else "请填写由小到大的两个数，如 300~2000"
    return "" if _number(text) is not None else "请填写数字"


def _words_problem(asked: Askable, text: str) -> str:
    words = _words(text)
    if not words:
        return "请填写内容，多项用顿号隔开"
    unknown = [] if asked.choices is None else [word for word in words if _word_of(asked, word) is None]
    return f"没有“{unknown[0]}”这一项，请从企业档案的选项中选填" if unknown else ""


def read_conditions(rows: Iterable[Row], catalogue: Catalogue) -> list[Condition]:
    """The rows as rules ask them; rows that were checked before."""
    return [_read(row, catalogue[row["figure"]]) for row in rows]


def _read(row: Row, asked: Askable) -> Condition:
    text, operator, group = str(row["value"]).strip(), row["operator"], int(row.get("group") or 1)
    if asked.kind == "yes_no":
        return Condition(asked.key, operator, YES_NO[text], group=group)
    if asked.kind == "words":
        words = tuple(_word_of(asked, word) or word for word in _words(text))
        return Condition(asked.key, operator, words, group=group)
    if operator == "between":
        low, high = _bounds(text)
        return Condition(asked.key, operator, low or Decimal(0), high, group)
    return Condition(asked.key, operator, _number(text) or Decimal(0), group=group)


def stored(condition: Condition, catalogue: Catalogue) -> dict[str, Any]:
    """The condition as a row again."""
    value = wanted(condition, catalogue[condition.figure], unit=False)
    return {"group": condition.group, "figure": condition.figure, "operator": condition.operator, "value": value}


def in_words(condition: Condition, catalogue: Catalogue) -> str:
    """「研发费用占比 不低于 3%」."""
    asked = catalogue[condition.figure]
    if condition.operator == "is":
        return f"{asked.label}：{wanted(condition, asked)}"
    return f"{asked.label}{OPERATORS[condition.operator]}{wanted(condition, asked)}"


def grouped_in_words(conditions: Sequence[Condition], catalogue: Catalogue) -> list[list[str]]:
    """One list of sentences a group, in the order of the groups."""
    groups: dict[int, list[str]] = {}
    for condition in sorted(conditions, key=lambda one: one.group):
        groups.setdefault(condition.group, []).append(in_words(condition, catalogue))
    return list(groups.values())


def wanted(condition: Condition, asked: Askable, *, unit: bool = True) -> str:
    """What the condition asks for: 3%, 300~2000万元, 专精特新中小企业、专精特新“小巨人”企业, 是."""
    if condition.upper is not None and isinstance(condition.value, Decimal):
        text = f"{_digits(condition.value, unit)}~{_digits(condition.upper, unit)}"
        return text + asked.unit * unit
    return shown(condition.value, asked, unit=unit)


def shown(value: object, asked: Askable, *, unit: bool = True) -> str:
    """A value of the file in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return _digits(value, unit) + asked.unit * unit
    words = value if isinstance(value, tuple) else (str(value),)
    return "、".join((asked.choices or {}).get(word, word) for word in words) or "无"


def why(tested: Tested, catalogue: Catalogue) -> str:
    """One condition with its value and date: 「研发费用占比不低于3%：3.4%（截至2022年12月31日），满足」."""
    return f"{in_words(tested.condition, catalogue)}：{_found(tested, catalogue)}"


def _found(tested: Tested, catalogue: Catalogue) -> str:
    known = tested.known
    if known is None:
        return "企业档案无此数据，待补数据"
    value = shown(_cut(known.value), catalogue[tested.condition.figure]) + _date_of(known)
    if tested.is_old:
        return f"{value}，数据已超过18个月，待补数据"
    if tested.result == "near" and tested.gap is not None:
        return f"{value}，相差{plain(round_up(tested.gap * 100, 1))}%，接近"
    return f"{value}，{RESULTS[tested.result]}"


def _cut(value: Decimal | bool | str | tuple[str, ...]) -> object:
    """A share without an end is told with two places, cut off and not rounded: 2.999 is never told as 3."""
    return value.quantize(PLACES, rounding=ROUND_FLOOR) if isinstance(value, Decimal) else value


def _date_of(known: Known) -> str:
    return f"（截至{chinese_date(known.as_of)}）" if known.as_of else ""


def _digits(value: Decimal, grouped: bool) -> str:
    text = plain(value)
    return text if grouped else text.replace(",", "")


def _words(text: str) -> list[str]:
    return [word for word in PARTED.split(text) if word]


def _word_of(asked: Askable, text: str) -> str | None:
    """The word for its label or for itself; None where the list does not have it."""
    choices = asked.choices
    if choices is None or text in choices:
        return text
    return next((word for word, label in choices.items() if label == text), None)


def _bounds(text: str) -> tuple[Decimal | None, Decimal | None]:
    parts = BOUNDS.split(text)
    return (_number(parts[0]), _number(parts[1])) if len(parts) == 2 else (None, None)


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < LARGEST else None
