"""企业数据表: reads a filled-in template row by row, and says of each cell that is not as asked what is wrong with it.

The first row holds the columns' labels in any order, the second the template's help, which may have been deleted. What
a blank cell says is for whoever reads: here it is None. Nothing is corrected in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from app.documents.sheet_column import CellRefusedError, Column, value_of
from app.documents.spreadsheet_door import Cells, opened, refused

SHEET = "企业"
HELP = "说明："  # how the help of the first column begins
MOST_ROWS = 20_000
MOST_COLUMNS = 80
LAST_ROW = 30_000  # blank rows between included
HEADING_ROW = 1


@dataclass(frozen=True)
class CellError:
    """row counts as the sheet does, from 1; column is its letter, empty where the whole row is meant."""

    row: int
    column: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.column}{self.row}" if self.column else f"第{self.row}行"


@dataclass(frozen=True)
class SheetRow:
    """A row as it was read. values: of the columns that the file has; letters: where each of them stands."""

    number: int
    values: Mapping[str, Any]
    errors: tuple[CellError, ...]
    letters: Mapping[str, str] = field(default_factory=dict)

    def error(self, key: str, text: str) -> CellError:
        """Something about a value that only another row, or another book, could say."""
        return CellError(self.number, self.letters.get(key, ""), text)


@dataclass(frozen=True)
class SheetRows:
    """about: how many there are likely to be."""

    rows: Iterator[SheetRow]
    about: int


class HeadingsRefusedError(Exception):
    """The first row is not the template's; nothing below it is read."""

    def __init__(self, errors: Sequence[CellError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(errors)} headings")


@contextmanager
def rows_of(content: bytes, columns: Sequence[Column]) -> Iterator[SheetRows]:
    """The rows with anything in them, one after another.

    Raises RuleViolation("file") for a file that must not be read or has too many rows, HeadingsRefusedError.
    """
    with opened(content, SHEET, MOST_COLUMNS) as sheet:
        placed = _placed(next(sheet.rows, ()), columns)
        yield SheetRows(_rows(sheet.rows, placed), min(sheet.about, MOST_ROWS))


def _placed(heading: Cells, columns: Sequence[Column]) -> Mapping[int, Column]:
    """Which column stands at which place. Raises HeadingsRefusedError."""
    known = {column.label: column for column in columns}
    placed: dict[int, Column] = {}
    errors: list[CellError] = []
    for place, cell in enumerate(heading):
        label = "".join(str(cell.value).split()) if cell.value is not None else ""
        if label in known and known[label] not in placed.values():
            placed[place] = known[label]
        elif label:
            why = "重复出现" if label in known else "不是模板中的列"
            errors.append(CellError(HEADING_ROW, get_column_letter(place + 1), f"列“{label[:30]}”{why}，请删除。"))
    missing = [column.label for column in columns if column.is_required and column not in placed.values()]
    if missing:
        errors.append(CellError(HEADING_ROW, "", f"缺少必填列：{'、'.join(missing)}。请使用模板。"))
    if errors:
        raise HeadingsRefusedError(errors)
    return placed


def _rows(cells: Iterator[Cells], placed: Mapping[int, Column]) -> Iterator[SheetRow]:
    letters = {column.key: get_column_letter(place + 1) for place, column in placed.items()}
    found = 0
    for number, row in enumerate(cells, start=HEADING_ROW + 1):
        if number > LAST_ROW:
            raise refused(f"第 {LAST_ROW:,} 行以后还有内容，请删除多余的行，一次最多导入 {MOST_ROWS:,} 行。")
        if _is_blank(row) or (number == HEADING_ROW + 1 and _is_help(row)):
            continue
        found += 1
        if found > MOST_ROWS:
            raise refused(f"一次最多导入 {MOST_ROWS:,} 行，请分批导入。")
        yield _row(number, row, placed, letters)


def _is_blank(row: Cells) -> bool:
    return all(cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()) for cell in row)


def _is_help(row: Cells) -> bool:
    return any(isinstance(cell.value, str) and cell.value.startswith(HELP) for cell in row)


def _row(number: int, row: Cells, placed: Mapping[int, Column], letters: Mapping[str, str]) -> SheetRow:
    values: dict[str, Any] = {column.key: None for column in placed.values()}
    errors: list[CellError] = []
    for place, cell in enumerate(row):
        if cell.value is None:
            continue
        column = placed.get(place)
        try:
            if column is not None:
                values[column.key] = value_of(cell, column)
            elif str(cell.value).strip():
                raise CellRefusedError("此列没有表头，请删除或使用模板。")
        except CellRefusedError as error:
            errors.append(CellError(number, get_column_letter(place + 1), str(error)))
    wrong = {error.column for error in errors}
    for column in placed.values():
        if column.is_required and values[column.key] is None and letters[column.key] not in wrong:
            errors.append(CellError(number, letters[column.key], f"请填写{column.label}。"))
    return SheetRow(number, values, tuple(errors), letters)
