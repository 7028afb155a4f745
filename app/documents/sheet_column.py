"""The columns of a table that is filled in outside and read back: what each holds, and what to say if it does not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["code", "text", "choice", "day", "number", "whole", "year"]

DECIMALS = Decimal("0.000001")
FORMULA = "此单元格是公式，请改填数值（复制后选择性粘贴为“值”）。"
HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})  # what nobody sees on a screen
LARGEST_EXACT = 10**15  # a spreadsheet's number keeps no more digits


@dataclass(frozen=True)
class Column:
    """label: its heading. choices: word in the sheet -> what is kept. most: signs of a text, or the largest number.

    tidy: how a code is written. check: why a value is none, as a sentence; None where it is one.
    """

    key: str
    label: str
    kind: Kind
    help: str
    is_required: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    least: Decimal | None = Decimal(0)
    most: Decimal = Decimal(120)
    width: int = 14
    tidy: Callable[[str], str] | None = None
    check: Callable[[Any], str | None] | None = None


class CellRefusedError(Exception):
    """What a cell holds is not what its column asks; the text is the sentence for the person."""


def value_of(cell: Any, column: Column) -> Any:
    """What the cell says, None where it says nothing. Raises CellRefusedError."""
    raw = cell.value
    if raw is None or raw == "":
        return None
    if cell.data_type == "f" or (isinstance(raw, str) and raw.startswith("=")):
        raise CellRefusedError(FORMULA)
    if cell.data_type == "e":
        raise CellRefusedError(f"此单元格是错误值 {str(raw)[:20]}，请改填数值。")
    value = READERS[column.kind](raw, cell, column)
    if value is not None and column.check is not None and (text := column.check(value)):
        raise CellRefusedError(text)
    return value


def plain_text(raw: str, most: int) -> str:
    """The text in one spelling, without blanks around it. Raises CellRefusedError."""
    text = unicodedata.normalize("NFC", raw.strip())
    if any(unicodedata.category(sign) in HIDDEN for sign in text):
        raise CellRefusedError("含有换行或看不见的控制字符，请重新键入。")
    if len(text) > most:
        raise CellRefusedError(f"最多 {most} 个字，现有 {len(text)} 个。")
    return text


def _text(raw: Any, _cell: Any, column: Column) -> str | None:
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        raise CellRefusedError("请填写文字，并把单元格格式设为“文本”。")
    if isinstance(raw, int) and abs(raw) >= LARGEST_EXACT:
        raise CellRefusedError("以数字保存会丢失末位，请把单元格格式设为“文本”后重新填写。")
    return plain_text(str(raw), int(column.most)) or None


def _code(raw: Any, _cell: Any, column: Column) -> str | None:
    if not isinstance(raw, str):
        raise CellRefusedError("以数字保存会丢失末位，请把单元格格式设为“文本”后重新填写。")
    tidied = column.tidy(raw[:200]) if column.tidy else raw
    return plain_text(tidied, int(column.most)) or None


def _choice(raw: Any, _cell: Any, column: Column) -> Any:
    word = raw.strip() if isinstance(raw, str) else str(raw)
    if not word:
        return None
    if word not in column.choices:
        known = "、".join(list(column.choices)[:12])
        raise CellRefusedError(f"“{word[:20]}”不在选项内，请从下列选择：{known}。")
    return column.choices[word]


def _day(raw: Any, cell: Any, _column: Column) -> date:
    if isinstance(raw, datetime):
        if raw.time() != time():
            raise CellRefusedError("请只填日期，不带时间，如 2016-05-18。")
        return raw.date()
    if isinstance(raw, date):
        return raw
    kind = "文本" if isinstance(raw, str) else "数字"
    raise CellRefusedError(f"此单元格是{kind}，请按日期填写，如 2016-05-18。")


def _number(raw: Any, cell: Any, column: Column) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        kind = "日期" if isinstance(raw, (date, time)) else "文本"
        raise CellRefusedError(f"此单元格是{kind}，请填写数字，不带单位和千分号。")
    number = Decimal(str(raw))
    if not number.is_finite():
        raise CellRefusedError("数字过大，请核对单位。")
    if "%" in (cell.number_format or ""):
        number *= 100
    if column.least is not None and number < column.least:
        raise CellRefusedError("不能小于 0，请核对。" if column.least == 0 else f"不能小于 {column.least:f}，请核对。")
    if number > column.most or (column.least is None and number < -column.most):
        raise CellRefusedError(f"超出 {column.most:,f}，请核对单位。")
    return number.quantize(DECIMALS).normalize() + 0  # never -0, and never 1E+3 once it is written with :f


def _whole(raw: Any, cell: Any, column: Column) -> int:
    number = _number(raw, cell, column)
    if number != number.to_integral_value():
        raise CellRefusedError("请填写整数。")
    return int(number)


def _year(raw: Any, cell: Any, column: Column) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise CellRefusedError("请填写四位年份的数字，如 2023。")
    if not int(column.least or 0) <= raw <= int(column.most):
        raise CellRefusedError(f"请填写 {column.least} 至 {column.most} 之间的年份，当年数据须待年度结束后填报。")
    return raw


READERS: Mapping[Kind, Callable[[Any, Any, Column], Any]] = {
    "code": _code,
    "text": _text,
    "choice": _choice,
    "day": _day,
    "number": _number,
    "whole": _whole,
    "year": _year,
}
