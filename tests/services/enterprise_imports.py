"""Files with enterprises for the tests of imports, filled in as the template asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import clock
from app.documents.enterprise_sheet_writing import export
from app.duties.credit_code import with_check_character
from app.models.enterprise_import import EnterpriseImport, EnterpriseImportRow
from app.services import enterprise_imports
from app.services.enterprise_columns import columns
from app.services.house import House
from app.terms import Source
from tests.factories import actor


def code(number: int) -> str:
    return with_check_character(f"91321000MA{number:07d}")


def firm(number: int = 1, **values: Any) -> dict[str, Any]:
    """A row in the words of the sheet."""
    return {
        "id": code(number),
        "name": f"扬州第{number}精密机械有限公司",
        "locality_id": "邗江区",
        "chain": "高端装备",
        "year": 2023,
        "revenue_wan": 9730.5,
        "staff": 171,
        **values,
    }


def content(house: House, rows: Sequence[Mapping[str, Any]]) -> bytes:
    with house.database.reading() as session:
        return export(columns(session, clock.today().year - 1, house.chains.choices), rows)


def checked(house: House, *rows: Mapping[str, Any], adds_only: bool = False, login: str = "office") -> EnterpriseImport:
    """The import after a worker has read the file."""
    import_id = enterprise_imports.upload(
        house, actor(house, login), "企业.xlsx", content(house, rows), Source.DEPARTMENT, adds_only=adds_only
    )
    enterprise_imports.work_off(house)
    return import_of(house, import_id)


def taken_in(house: House, *rows: Mapping[str, Any]) -> EnterpriseImport:
    """The import after it was confirmed and done."""
    found = checked(house, *rows)
    enterprise_imports.confirm(house, actor(house, "office"), found.id)
    enterprise_imports.work_off(house)
    return import_of(house, found.id)


def import_of(house: House, import_id: int) -> EnterpriseImport:
    with house.database.reading() as session:
        return session.get_one(EnterpriseImport, import_id)


def rows_of(house: House, import_id: int) -> Sequence[EnterpriseImportRow]:
    with house.database.reading() as session:
        found = select(EnterpriseImportRow).where(EnterpriseImportRow.import_id == import_id)
        return session.scalars(found.order_by(EnterpriseImportRow.number)).all()


def said(house: House, import_id: int) -> dict[str, str]:
    """Place -> sentence of every error."""
    return {
        f"{letter}{row.number}": text for row in rows_of(house, import_id) for letter, text in [*row.errors, *row.found]
    }
