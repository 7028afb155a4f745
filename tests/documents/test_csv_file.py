"""A CSV that a spreadsheet opens as it is, and in which no cell reckons."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from app.documents.csv_file import render, safe


def test_a_record_comes_back_as_it_was_written() -> None:
    rows = [["甲, 乙", 'ein "Wort"', "zwei\nZeilen"], [None, 7, ""]]

    content = b"".join(render(["一", "二", "三"], rows))

    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["一", "二", "三"],
        ["甲, 乙", 'ein "Wort"', "zwei\nZeilen"],
        ["", "7", ""],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"
