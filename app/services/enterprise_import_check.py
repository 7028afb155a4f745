"""Checks an uploaded file: its rows are staged as they are read, then compared with the library, page by page.

A worker that dies begins again: nothing but the staged rows is written here. One wrong cell refuses the whole file, and
all of them are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, delete, select, update

from app import clock
from app.documents.enterprise_sheet import HeadingsRefusedError, SheetRow, rows_of
from app.duties.enterprise_difference import plain
from app.duties.enterprise_row import row_errors
from app.errors import RuleViolation
from app.services.backup.file_store import FileStore
from app.services.enterprise_columns import CODE, columns
from app.services.enterprise_import_compare import compare
from app.services.enterprise_import_work import IMPORT, PAGE, ROW, progress
from app.services.enterprise_pinyin import pinyin
from app.services.house import House
from app.terms import ImportKind, ImportStatus

GONE = "上传的文件已不在存储位置，请重新上传。"
EMPTY = "文件中没有企业数据，请从第3行起填写。"


def check(house: House, import_id: int) -> None:
    """Read the file if that is still to be done, compare every row, and say what it would do."""
    with house.database.reading() as session:
        row = session.execute(select(IMPORT).where(IMPORT.c.id == import_id)).one()
    try:
        if row.file_id:
            _stage(house, row)
        counts = compare(house, import_id, adds_only=row.adds_only)
    except RuleViolation as refused:
        _end(house, row, ImportStatus.REFUSED, refusal=refused.text)
    except HeadingsRefusedError as refused:
        text = "；".join(f"{error.place} {error.text}" if error.column else error.text for error in refused.errors)
        _end(house, row, ImportStatus.REFUSED, refusal=text)
    else:
        status = ImportStatus.REFUSED if counts[ImportKind.WRONG] else ImportStatus.CHECKED
        _end(house, row, status, counts=dict(counts), refusal="")


def _stage(house: House, row: Row[Any]) -> None:
    """Keep each row as it was read. Raises RuleViolation("file"), HeadingsRefusedError."""
    file = FileStore(house.settings.files_url).open(row.file_id)
    if file is None:
        raise RuleViolation("file", GONE)
    with file:
        content = file.read()
    today = clock.today()
    with house.database.writing() as connection:
        connection.execute(delete(ROW).where(ROW.c.import_id == row.id))
    with house.database.reading() as session:
        asked = columns(session, today.year - 1, house.chains.choices)
    done = 0
    with rows_of(content, asked) as sheet:
        for page in _pages(sheet.rows):
            values = [_staged(row.id, each) for each in page]
            with house.database.writing() as connection:
                connection.execute(ROW.insert(), values)
            done += len(page)
            progress(house, row.id, done, about=max(sheet.about, done), letters=dict(page[0].letters))
    if not done:
        raise RuleViolation("file", EMPTY)


def _pages(rows: Iterable[SheetRow]) -> Iterable[Sequence[SheetRow]]:
    page: list[SheetRow] = []
    for row in rows:
        page.append(row)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _staged(import_id: int, row: SheetRow) -> dict[str, Any]:
    errors = [*row.errors, *(row.error(key, text) for key, text in row_errors(row.values, clock.today()))]
    order = {letter: place for place, letter in enumerate(row.letters.values())}
    errors.sort(key=lambda error: order.get(error.column, len(order)))
    return {
        "import_id": import_id,
        "number": row.number,
        "enterprise_id": row.values.get(CODE) or "",
        "name": row.values.get("name") or "",
        "kind": ImportKind.WRONG.value,
        "given": {**plain(row.values), "pinyin": pinyin(row.values.get("name") or "")},
        "changes": {},
        "errors": [[error.column, error.text] for error in errors],
        "found": [],
    }


def _end(house: House, row: Row[Any], status: ImportStatus, **values: Any) -> None:
    """The file has done its work: what it says lies in the rows, of which a file that is no table leaves none."""
    changed = {"status": status.value, "claimed_until": None, "file_id": "", **values}
    with house.database.writing() as connection:
        connection.execute(update(IMPORT).where(IMPORT.c.id == row.id).values(**changed))
        if changed["refusal"]:
            connection.execute(delete(ROW).where(ROW.c.import_id == row.id))
    if row.file_id:
        FileStore(house.settings.files_url).erase(row.file_id)
