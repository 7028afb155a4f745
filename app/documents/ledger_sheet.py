"""督办台账 as a spreadsheet: one row a matter, as the office's board shows it, ready to sort, filter and print.

Text that people typed is written as text: a cell that begins with = is no formula, an address no link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from app.documents.word_file import printable

HEADINGS = {
    "责任单位": 20,
    "职责事项": 16,
    "事项": 40,
    "环节": 20,
    "办理人": 12,
    "办理时限": 13,
    "距时限": 18,
    "状态": 9,
    "催办次数": 10,
}
HEADING_ROW = 2  # under the title and the day
CELL = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True, "border": 1}
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


@dataclass(frozen=True)
class LedgerRow:
    """One matter. distance: in words, such as 已超 2 个工作日; light: its word, such as 逾期."""

    unit: str
    duty: str
    matter: str
    step: str
    person: str
    due_on: date | None
    distance: str
    light: str
    times_urged: int


@dataclass(frozen=True)
class OrderRow:
    """One order. extended_to: where its limit was moved; points: what it counts in the assessment."""

    number: str
    document_no: str
    source: str
    title: str
    content: str
    unit: str
    co_units: str
    level: str
    opened_on: date
    signed_for_on: date | None
    handler: str
    limit_on: date | None
    extended_to: date | None
    light: str
    state: str
    reported_on: date | None
    closed_on: date | None
    points: int


@dataclass(frozen=True)
class TaskRow:
    """One user task, open or over. first_due_on: before any extension; days_late: working days, None in time."""

    unit: str
    duty: str
    matter: str
    step: str
    person: str
    state: str
    received_on: date
    first_due_on: date | None
    extended_to: date | None
    due_on: date | None
    done_on: date | None
    days_late: int | None
    times_urged: int
    orders: str


TASK_HEADINGS = {
    "责任单位": 16,
    "职责事项": 14,
    "事项": 36,
    "环节": 18,
    "办理人": 12,
    "状态": 10,
    "收到": 12,
    "原时限": 12,
    "延期至": 12,
    "办理时限": 12,
    "办结": 12,
    "超期工作日": 8,
    "催办次数": 8,
    "督办单": 24,
}

ORDER_HEADINGS = {
    "编号": 10,
    "文号": 22,
    "来源": 30,
    "事项": 30,
    "要求": 40,
    "承办单位": 14,
    "配合单位": 18,
    "等级": 11,
    "立项": 12,
    "签收": 12,
    "承办人": 16,
    "时限": 12,
    "延期至": 12,
    "灯色": 8,
    "状态": 10,
    "反馈": 12,
    "办结": 12,
    "计分": 7,
}


def render(
    title: str, as_of: date, rows: Sequence[Any], headings: Mapping[str, int] = HEADINGS, name: str = "督办台账"
) -> bytes:
    """The file's bytes, the same for the same rows. as_of: the day on which the lights were so.

    rows: LedgerRow, OrderRow, TaskRow or another dataclass; headings: of the columns with their widths, in the order
    of the rows' fields. name: of the sheet.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, SAFE)
    book.set_properties({"title": title, "created": datetime.combine(as_of, time(), UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(name)
    _set_page(sheet, len(rows), len(headings))
    sheet.write_string(0, 0, printable(title), book.add_format({"font_name": "黑体", "font_size": 16}))
    sheet.write_string(1, 0, f"截至{as_of.isoformat()}，共{len(rows)}件", book.add_format({"font_name": "宋体"}))
    heading = book.add_format({**CELL, "font_name": "黑体", "align": "center", "bg_color": "#E8EDF3"})
    for column, (name, width) in enumerate(headings.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADING_ROW, column, name, heading)
    cell, day = book.add_format(CELL), book.add_format({**CELL, "num_format": "yyyy-mm-dd", "align": "center"})
    for number, row in enumerate(rows, HEADING_ROW + 1):
        for column, value in enumerate(astuple(row)):
            _write(sheet, number, column, value, day if isinstance(value, date) else cell)
    book.close()
    return buffer.getvalue()


def _set_page(sheet: Worksheet, rows: int, columns: int) -> None:
    """A4 landscape, one page wide, the heading on every page and above the rows while they scroll."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.freeze_panes(HEADING_ROW + 1, 0)
    sheet.autofilter(HEADING_ROW, 0, HEADING_ROW + rows, columns - 1)


def _write(sheet: Worksheet, row: int, column: int, value: object, form: object) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), form)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, printable(str(value or "")), form)
