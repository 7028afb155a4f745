"""Files that must not be read are refused as a whole, before they are parsed, with a sentence that says what to do."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents import spreadsheet_door as door
from app.documents.enterprise_sheet import HeadingsRefusedError
from app.errors import RuleViolation
from tests.documents.enterprise_sheets import read, rebuilt, sheet

GOOD = sheet(("91", "甲", "邗江区"))
SHEET_XML = "xl/worksheets/sheet1.xml"
ENTITY = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100 + b'"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


def refusal(content: bytes) -> str:
    with pytest.raises(RuleViolation) as refused:
        read(content)
    assert refused.value.field == "file"
    return refused.value.text


def after_declaration(data: bytes, inserted: bytes) -> bytes:
    at = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
    return data[:at] + inserted + data[at:]


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04 not really", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"code,name\n91,a\n"]
)
def test_what_is_no_xlsx_is_told_so(content: bytes) -> None:
    assert refusal(content) == door.NO_XLSX


def test_a_zip_that_is_no_workbook_is_told_so() -> None:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")

    assert refusal(buffer.getvalue()) == door.NO_XLSX


def test_a_renamed_workbook_with_macros_is_refused() -> None:
    with_project = rebuilt(GOOD, added=[("xl/vbaProject.bin", b"\0" * 10)])
    plain, enabled = b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    by_type = rebuilt(GOOD, {"[Content_Types].xml": lambda data: data.replace(plain, enabled)})

    assert refusal(with_project) == door.MACROS
    assert refusal(by_type) == door.MACROS


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to() -> None:
    bomb = rebuilt(GOOD, {SHEET_XML: lambda _data: b"<worksheet>" + b" " * (door.MOST_OF_SHEET + 1)})
    styles = rebuilt(GOOD, {"xl/styles.xml": lambda _data: b"<styleSheet>" + b" " * (door.MOST_OF_OTHER + 1)})

    assert len(bomb) < door.MEGABYTE
    assert refusal(bomb) == door.TOO_LARGE
    assert refusal(styles) == door.TOO_LARGE


def test_a_file_that_lies_about_what_it_unpacks_to_is_refused() -> None:
    """The size in the directory is what is unpacked at most, and the rest no longer has its checksum."""
    long = rebuilt(GOOD, {SHEET_XML: lambda _data: b"<worksheet>" + b" " * 3_000_000})
    size = (3_000_000 + len(b"<worksheet>")).to_bytes(4, "little")
    assert long.count(size) == 2

    assert refusal(long.replace(size, (20).to_bytes(4, "little"))) == door.BROKEN


def test_a_row_as_long_as_a_book_is_refused_before_it_is_parsed() -> None:
    cells = b'<c r="A2" t="inlineStr"><is><t>a</t></is></c>' * 8000
    row = b'<row r="2">' + cells + b"</row></sheetData>"

    assert refusal(rebuilt(GOOD, {SHEET_XML: lambda data: data.replace(b"</sheetData>", row)})) == door.TOO_LARGE


def test_too_many_members_are_refused() -> None:
    many = [(f"xl/media/{number}.png", b"") for number in range(door.MOST_MEMBERS)]

    assert refusal(rebuilt(GOOD, added=many)) == door.TOO_LARGE


@pytest.mark.parametrize("member", [SHEET_XML, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_are_refused_wherever_they_stand(member: str) -> None:
    assert refusal(rebuilt(GOOD, {member: lambda data: after_declaration(data, ENTITY)})) == door.ENTITIES


def test_an_entity_behind_the_edge_of_a_chunk_is_found() -> None:
    for shift in range(1, 12):
        blanks = b" " * (door.CHUNK - 12 + shift - len(b'<?xml version="1.0"?>'))
        hidden = rebuilt(GOOD, {"xl/styles.xml": lambda _data, b=blanks: b'<?xml version="1.0"?>' + b + ENTITY})
        assert refusal(hidden) == door.ENTITIES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "cp037", "gb18030"])
def test_an_encoding_that_hides_what_it_says_is_refused(encoding: str) -> None:
    told = f'<?xml version="1.0" encoding="{encoding}"?><styleSheet/>'
    hidden = told.encode("utf-16" if encoding == "utf-16" else "ascii")

    assert refusal(rebuilt(GOOD, {"xl/styles.xml": lambda _data: hidden})) == door.ENTITIES


def test_several_sheets_need_the_one_of_the_template() -> None:
    buffer = BytesIO()
    book = openpyxl.Workbook()
    book.create_sheet("别的")
    book.save(buffer)

    assert "没有找到“企业”工作表" in refusal(buffer.getvalue())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_in_words_or_read(data: st.DataObject) -> None:
    """Whatever is done to a file's bytes, nothing but a refusal comes out."""
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    with suppress(RuleViolation, HeadingsRefusedError):
        read(bytes(content))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_part_is_refused_in_words_or_read(data: st.DataObject) -> None:
    """The same within the members, where a checksum does not notice it."""
    with ZipFile(BytesIO(GOOD)) as archive:
        name = data.draw(st.sampled_from(archive.namelist()))
        part = bytearray(archive.read(name))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(part) - 1))
        part[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))

    with suppress(RuleViolation, HeadingsRefusedError):
        read(rebuilt(GOOD, {name: lambda _data: bytes(part)}))


def test_compressed_it_is_small() -> None:
    """The bombs above are small files: what is refused is what they would become."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (door.MOST_OF_OTHER + 1))
        archive.writestr("[Content_Types].xml", b"<Types/>")

    assert len(buffer.getvalue()) < 20_000
    assert refusal(buffer.getvalue()) == door.TOO_LARGE
