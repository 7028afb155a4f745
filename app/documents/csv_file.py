"""A table as CSV, for spreadsheets and for programs: UTF-8 with its mark, RFC 4180, one record a line.

A cell that a spreadsheet would take for a formula begins with an apostrophe, which shows it as text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file's bytes, a part for each row."""
    yield MARK.encode() + _record(headings)
    for row in rows:
        yield _record([safe(value) for value in row])


def safe(value: object) -> str:
    """The text of a cell that no spreadsheet reckons with; nothing is an empty cell."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _record(cells: Sequence[object]) -> bytes:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
