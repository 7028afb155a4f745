"""The spreadsheet holds what the board showed, and nothing in it is computed or clicked."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import etree

from app.documents.ledger_sheet import LedgerRow, render

ROW = LedgerRow(
    unit="市工信局",
    duty="督办单",
    matter="=1+1",
    step="签收督办单",
    person="周文博",
    due_on=date(2023, 11, 3),
    distance="已超 1 个工作日",
    light="逾期",
    times_urged=2,
)
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def texts_of(file: bytes) -> list[str]:
    with ZipFile(BytesIO(file)) as book:
        strings = etree.fromstring(book.read("xl/sharedStrings.xml"))
    return [text.text or "" for text in strings.iter(f"{NAMESPACE}t")]


def sheet_of(file: bytes) -> etree._Element:
    with ZipFile(BytesIO(file)) as book:
        return etree.fromstring(book.read("xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize(
    "matter", ["=1+1", "+1", "-1", "@SUM(A1)", "https://example.com", "12345678901234567890", "a<&>\"'"]
)
def test_what_people_typed_is_text_and_nothing_else(matter: str) -> None:
    file = render("督办台账", date(2023, 11, 6), [LedgerRow(**{**ROW.__dict__, "matter": matter})])

    assert matter in texts_of(file)
    assert sheet_of(file).find(f".//{NAMESPACE}f") is None
    assert sheet_of(file).find(f".//{NAMESPACE}hyperlink") is None


def test_dates_and_counts_can_be_sorted_as_such() -> None:
    cells = {
        cell.get("r"): cell for cell in sheet_of(render("督办台账", date(2023, 11, 6), [ROW])).iter(f"{NAMESPACE}c")
    }

    assert [cells[place].get("t") for place in ("F4", "I4")] == [None, None]
    assert cells["F4"].findtext(f"{NAMESPACE}v") == str((date(2023, 11, 3) - date(1899, 12, 30)).days)
    assert cells["I4"].findtext(f"{NAMESPACE}v") == "2"


def test_a_row_without_a_limit_has_an_empty_cell_and_odd_signs_do_not_break_the_file() -> None:
    file = render(
        "督办台账\x00", date(2023, 11, 6), [LedgerRow(**{**ROW.__dict__, "due_on": None, "person": "王\x0b"})]
    )

    assert "王" in texts_of(file)
    assert "督办台账" in texts_of(file)


def test_an_empty_ledger_is_a_file_with_headings_and_the_same_rows_are_the_same_bytes() -> None:
    assert "责任单位" in texts_of(render("督办台账", date(2023, 11, 6), []))
    assert render("督办台账", date(2023, 11, 6), [ROW]) == render("督办台账", date(2023, 11, 6), [ROW])
