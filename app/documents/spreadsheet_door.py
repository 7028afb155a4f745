"""Opens an .xlsx file that came from outside: what it unpacks to is bounded before any of it is parsed.

Refused as a whole, with a sentence that says what to do: what is no .xlsx, macros, a file that unpacks to more than it
may, entities and document types, encodings other than UTF-8, rows beyond reason. Formulas are not worked out: they are
handed on as what they are, so that whoever reads can refuse the cell.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import openpyxl
from defusedxml.common import DefusedXmlException
from lxml.etree import XMLSyntaxError
from openpyxl import DEFUSEDXML
from openpyxl.utils.exceptions import InvalidFileException

from app.errors import RuleViolation

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE  # of the file as it comes
MOST_MEMBERS = 100
MOST_OF_SHEET = 80 * MEGABYTE  # unpacked; twenty thousand full rows take about thirty
MOST_OF_OTHER = 4 * MEGABYTE
MOST_OF_ROW = 256 * 1024
CHUNK = 256 * 1024

DECLARATION = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']")
PERMITTED = frozenset({b"utf-8", b"us-ascii", b"ascii"})
FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
LARGE = re.compile(r"^xl/(?:worksheets/[^/]+|sharedStrings)\.xml$", re.IGNORECASE)
UNITS = re.compile(rb"<(?:\w+:)?(?:row|si)[\s/>]|</(?:\w+:)?sheetData>")  # what a sheet and its texts consist of

NO_XLSX = "这不是可以读取的 .xlsx 文件，请下载模板，用表格软件填写后另存为 .xlsx 再上传。"
MACROS = "文件含有宏，不能导入。请另存为不含宏的 .xlsx 工作簿后再上传。"
TOO_LARGE = "文件解开后过大，不能导入。请只保留企业数据，分批导入。"
ENTITIES = "文件内部含有不允许的定义，不能导入。请用表格软件打开后另存为 .xlsx 再上传。"
BROKEN = "文件已损坏，不能读取。请用表格软件打开后另存为 .xlsx 再上传。"

Cells = Sequence[Any]  # openpyxl's cells: value, data_type, number_format


@dataclass(frozen=True)
class Opened:
    """rows: from the first on. about: how many the file says there are, to tell how far one has come."""

    rows: Iterator[Cells]
    about: int


assert DEFUSEDXML, "defusedxml must be installed: openpyxl reads unsafely without it"


@contextmanager
def opened(content: bytes, sheet: str, most_columns: int) -> Iterator[Opened]:
    """The named sheet, or the only one; at most so many columns of it. A row that is left out comes as a blank one.

    Raises RuleViolation("file"), also while the rows are read.
    """
    with _refusing():
        with _archive(content) as archive:
            _look_through(archive)
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
    try:
        found = _sheet(book, sheet)
        about = found.max_row or 0
        found.reset_dimensions()  # what a file says of its own size is not believed
        yield Opened(_rows(found, most_columns), about)
    finally:
        book.close()


def refused(text: str) -> RuleViolation:
    return RuleViolation("file", text)


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a reader says of a file that is not what it should be, in one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it leaves out
            yield
    except RuleViolation:
        raise
    except DefusedXmlException as error:
        raise refused(ENTITIES) from error
    except (
        BadZipFile, zlib.error, EOFError, InvalidFileException, XMLSyntaxError, SyntaxError, KeyError, IndexError,
        ValueError, TypeError, AttributeError, OverflowError, NotImplementedError, OSError, RuntimeError,
    ) as error:  # fmt: skip
        raise refused(BROKEN) from error


def _archive(content: bytes) -> ZipFile:
    if len(content) > MOST_BYTES:
        raise refused(f"文件超过 {MOST_BYTES // MEGABYTE} MB，不能导入。请分批导入。")
    if not content.startswith(b"PK\x03\x04"):
        raise refused(NO_XLSX)
    try:
        return ZipFile(BytesIO(content))
    except BadZipFile as error:
        raise refused(NO_XLSX) from error


def _look_through(archive: ZipFile) -> None:
    """Every member, without keeping any: its name, what it unpacks to, and that it is plain XML."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise refused(NO_XLSX)
    if len(members) > MOST_MEMBERS or len(set(names)) != len(names):
        raise refused(TOO_LARGE if len(members) > MOST_MEMBERS else BROKEN)
    if any(name.lower().endswith(("vbaproject.bin", ".xlm")) or "macrosheets/" in name.lower() for name in names):
        raise refused(MACROS)
    if sum(member.file_size for member in members) > MOST_OF_SHEET + 10 * MOST_OF_OTHER:
        raise refused(TOO_LARGE)
    for member in members:
        _look_into(archive, member)
    if b"macroenabled" in archive.read("[Content_Types].xml").lower():
        raise refused(MACROS)


def _look_into(archive: ZipFile, member: ZipInfo) -> None:
    is_large = bool(LARGE.match(member.filename))
    if member.file_size > (MOST_OF_SHEET if is_large else MOST_OF_OTHER):
        raise refused(TOO_LARGE)
    if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
        return
    with archive.open(member) as source:
        _check_xml(iter(lambda: source.read(CHUNK), b""), is_large)


def _check_xml(chunks: Iterator[bytes], is_large: bool) -> None:
    """No document type, no entity, UTF-8, and no row or text so long that it fills the memory at one go."""
    last, span = b"", _Span()
    for number, chunk in enumerate(chunks):
        if number == 0:
            _check_beginning(chunk)
        if FORBIDDEN.search(last + chunk):
            raise refused(ENTITIES)
        if is_large:
            span.read(chunk)
        last = chunk[-16:]


def _check_beginning(chunk: bytes) -> None:
    declared = DECLARATION.match(chunk.removeprefix(b"\xef\xbb\xbf"))
    is_plain = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"<", b"")
    if not is_plain or (declared is not None and declared[1].lower() not in PERMITTED):
        raise refused(ENTITIES)


class _Span:
    """How many bytes the row that is being read has so far; what stands behind the last row counts as one.

    A token that the edge of a chunk cuts only makes two rows count as one.
    """

    def __init__(self) -> None:
        self.length, self.most = 0, MOST_OF_ROW

    def read(self, chunk: bytes) -> None:
        at = 0
        for found in UNITS.finditer(chunk):
            self._grow(found.start() - at)
            at, self.length = found.start(), 0
            if found[0].startswith(b"</"):
                self.most = MOST_OF_OTHER
        self._grow(len(chunk) - at)

    def _grow(self, length: int) -> None:
        self.length += length
        if self.length > self.most:
            raise refused(TOO_LARGE)


def _sheet(book: Any, name: str) -> Any:
    """The sheet of that name, or the only one that there is."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if name in sheets:
        return sheets[name]
    if len(sheets) == 1:
        return next(iter(sheets.values()))
    raise refused(f"没有找到“{name}”工作表，请使用模板填写。")


def _rows(sheet: Any, most_columns: int) -> Iterator[Cells]:
    rows = sheet.iter_rows(min_row=1, min_col=1, max_col=most_columns)
    while True:
        with _refusing():
            row = next(rows, None)
        if row is None:
            return
        yield row
