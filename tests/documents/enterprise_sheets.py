"""Sheets of the tests: a small template of its own, filled in, and taken apart to be put together wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

from app.documents.enterprise_sheet import SHEET, SheetRow, rows_of
from app.documents.sheet_column import Column

CODE = Column("id", "代码", "code", "18位。", True, most=Decimal(18), tidy=lambda code: code.strip().upper())
NAME = Column("name", "名称", "text", "全称。", True, most=Decimal(20))
PLACE = Column("place", "属地", "choice", "", choices={"邗江区": "hanjiang", "江都区": "jiangdu"})
DAY = Column("day", "成立日期", "day", "")
AMOUNT = Column("amount", "收入（万元）", "number", "", most=Decimal(1_000_000))
PROFIT = Column("profit", "利润（万元）", "number", "", least=None, most=Decimal(1_000_000))
STAFF = Column("staff", "人数", "whole", "", most=Decimal(10_000_000))
YEAR = Column("year", "年度", "year", "", least=Decimal(2015), most=Decimal(2023))
COLUMNS = (CODE, NAME, PLACE, DAY, AMOUNT, PROFIT, STAFF, YEAR)
HEADINGS = tuple(column.label for column in COLUMNS)


def sheet(*rows: Sequence[Any], headings: Sequence[Any] = HEADINGS, title: str = SHEET) -> bytes:
    """A workbook with these rows under the headings; a text that begins with = becomes a formula, as in Excel."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in (headings, *rows):
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(content: bytes, columns: Sequence[Column] = COLUMNS) -> list[SheetRow]:
    with rows_of(content, columns) as found:
        return list(found.rows)


def errors_of(content: bytes) -> dict[str, str]:
    """Place -> sentence of every error."""
    return {error.place: error.text for row in read(content) for error in row.errors}


def rebuilt(
    content: bytes,
    changed: Mapping[str, Callable[[bytes], bytes]] | None = None,
    added: Iterable[tuple[str, bytes]] = (),
) -> bytes:
    """The same file with some of its members changed or added."""
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            change = (changed or {}).get(name, lambda data: data)
            target.writestr(name, change(source.read(name)))
        for name, data in added:
            target.writestr(name, data)
    return buffer.getvalue()
