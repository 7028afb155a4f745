"""企业数据表, written: the template, an export in the same columns, which can be read back, and a list of errors.

Text is written as text: a cell that begins with = is no formula, an address no link. Codes stand in text cells, so that
no program takes one for a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from app.documents.enterprise_sheet import HELP, MOST_ROWS, SHEET, CellError
from app.documents.sheet_column import Column
from app.documents.word_file import printable

OPTIONS = "选项"
FIRST_ROW = 2  # under the labels and their help
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FACE = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
FORMS = {"code": "@", "text": "@", "choice": "@", "day": "yyyy-mm-dd", "number": "0.00####", "whole": "0", "year": "0"}


def template(columns: Sequence[Column]) -> bytes:
    """An empty table with help and, where there is one, the list to choose from in every cell."""
    return export(columns, ())


def export(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], as_of: date | None = None) -> bytes:
    """The rows in the template's own columns; what a row lacks stays blank, a text stays a text."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {**SAFE, "constant_memory": True})
    if as_of is not None:
        book.set_properties({"created": datetime.combine(as_of, time(), UTC).replace(tzinfo=None)})
    sheet, options = book.add_worksheet(SHEET), book.add_worksheet(OPTIONS)
    forms = {kind: book.add_format({**FACE, "num_format": form}) for kind, form in FORMS.items()}
    _write_headings(book, sheet, columns, forms)
    for number, row in enumerate(rows, start=FIRST_ROW):
        for place, column in enumerate(columns):
            _write(sheet, number, place, row.get(column.key), forms[column.kind])
    _offer_options(sheet, options, columns)
    book.close()
    return buffer.getvalue()


def error_list(errors: Iterable[CellError]) -> bytes:
    """One row an error: where it is and what is wrong."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {**SAFE, "constant_memory": True})
    sheet, form = book.add_worksheet("错误清单"), book.add_format(FACE)
    heading = book.add_format({**FACE, "bold": True, "bg_color": "#E8EDF3"})
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 100)
    sheet.freeze_panes(1, 0)
    for place, word in enumerate(("位置", "需要修改的内容")):
        sheet.write_string(0, place, word, heading)
    for number, error in enumerate(errors, start=1):
        sheet.write_string(number, 0, error.place, form)
        sheet.write_string(number, 1, printable(error.text), form)
    book.close()
    return buffer.getvalue()


def _write_headings(book: Any, sheet: Worksheet, columns: Sequence[Column], forms: Mapping[str, Any]) -> None:
    wanted = book.add_format({**FACE, "bold": True, "bg_color": "#E8EDF3", "border": 1, "text_wrap": True})
    required = book.add_format({**FACE, "bold": True, "bg_color": "#FDEAE6", "border": 1, "text_wrap": True})
    quiet = book.add_format({**FACE, "font_size": 9, "font_color": "#4A5563", "text_wrap": True, "valign": "top"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, forms[column.kind])
    sheet.freeze_panes(FIRST_ROW, 2)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.label, required if column.is_required else wanted)
    for place, column in enumerate(columns):
        must = "必填。" if column.is_required else ""
        sheet.write_string(1, place, f"{HELP if place == 0 else ''}{must}{column.help}", quiet)


def _write(sheet: Worksheet, row: int, place: int, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (Decimal, int, float)) and not isinstance(value, bool):
        sheet.write_number(row, place, float(value), form)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), form)
    else:
        sheet.write_string(row, place, printable(str(value)), form)


def _offer_options(sheet: Worksheet, options: Worksheet, columns: Sequence[Column]) -> None:
    """The words to choose from lie in a sheet of their own, as long as they may be; the cells point there."""
    offered = [(place, column) for place, column in enumerate(columns) if column.choices]
    longest = max((len(column.choices) for _, column in offered), default=0)
    for number in range(longest):
        for at, (_, column) in enumerate(offered):
            if number < len(column.choices):
                options.write_string(number, at, printable(list(column.choices)[number]))
    for at, (place, column) in enumerate(offered):
        letter = xl_col_to_name(at)
        sheet.data_validation(
            FIRST_ROW,
            place,
            FIRST_ROW + MOST_ROWS - 1,
            place,
            {
                "validate": "list",
                "source": f"={OPTIONS}!${letter}$1:${letter}${len(column.choices)}",
                "error_title": column.label,
                "error_message": "请从列表中选择。",
            },
        )
