"""Imports of enterprises: the list, one with its rows by kind, and every error of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.enterprise_sheet import CellError
from app.errors import NotFound
from app.models.enterprise_import import EnterpriseImport, EnterpriseImportRow
from app.queries.paging import LARGEST_INT, Descending, Page, page
from app.terms import ImportKind

PAGE = 50


def imports(session: Session, cursor: str | None = None) -> Page[EnterpriseImport]:
    """The latest first."""
    return page(session, select(EnterpriseImport), [Descending(EnterpriseImport.id)], cursor, PAGE, counts=True)


def one_import(session: Session, import_id: int) -> EnterpriseImport:
    """Raises NotFound."""
    found = session.get(EnterpriseImport, min(import_id, LARGEST_INT))
    if found is None:
        raise NotFound("没有找到这次导入。")
    return found


def rows(session: Session, import_id: int, kind: ImportKind, cursor: str | None = None) -> Page[EnterpriseImportRow]:
    """Those of one kind, as they stand in the sheet."""
    found = select(EnterpriseImportRow).where(
        EnterpriseImportRow.import_id == import_id, EnterpriseImportRow.kind == kind.value
    )
    return page(session, found, [EnterpriseImportRow.number], cursor, PAGE, counts=True)


def errors(session: Session, import_id: int) -> Iterator[CellError]:
    """Of all rows, as they stand in the sheet."""
    found: Sequence[EnterpriseImportRow] = session.scalars(
        select(EnterpriseImportRow)
        .where(EnterpriseImportRow.import_id == import_id, EnterpriseImportRow.kind == ImportKind.WRONG.value)
        .order_by(EnterpriseImportRow.number)
    ).all()
    for row in found:
        for letter, text in [*row.errors, *row.found]:
            yield CellError(row.number, letter, text)
