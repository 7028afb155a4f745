"""What checking and taking in have in common: how far they are, and what the library knows of a page of enterprises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from app import clock
from app.db import table_of
from app.duties.enterprise_difference import Known
from app.models.enterprise import Enterprise, EnterpriseYear
from app.models.enterprise_import import EnterpriseImport, EnterpriseImportRow
from app.services.enterprise_columns import FIELDS
from app.services.house import House

ENTERPRISE, YEAR = table_of(Enterprise), table_of(EnterpriseYear)
IMPORT, ROW = table_of(EnterpriseImport), table_of(EnterpriseImportRow)

LEASE = 600  # seconds without a sign of life after which another worker begins again
PAGE = 500


def progress(house: House, import_id: int, done: int, **values: Any) -> None:
    """Say how far it is, which also renews the claim."""
    until = clock.now() + timedelta(seconds=LEASE)
    changed = update(IMPORT).where(IMPORT.c.id == import_id).values(done=done, claimed_until=until, **values)
    with house.database.writing() as connection:
        connection.execute(changed)


def staged(
    connection: Connection, import_id: int, names: Sequence[str], kinds: Sequence[str] = ()
) -> Iterator[Sequence[Row[Any]]]:
    """The rows of an import, page by page; of these kinds, where some are named. names: of further columns."""
    columns = [ROW.c[name] for name in ("import_id", "number", "enterprise_id", "name", "given", *names)]
    last = 0
    while True:
        where = [ROW.c.import_id == import_id, ROW.c.number > last]
        if kinds:
            where.append(ROW.c.kind.in_(kinds))
        found = connection.execute(select(*columns).where(*where).order_by(ROW.c.number).limit(PAGE)).all()
        if not found:
            return
        yield found
        last = found[-1].number


def known_of(connection: Connection, rows: Iterable[Row[Any]]) -> Mapping[str, Known]:
    """What the library has of the enterprises of these rows, in two statements."""
    wanted = {row.enterprise_id: row.given.get("year") for row in rows}
    columns = [ENTERPRISE.c.id, *(ENTERPRISE.c[key] for key in FIELDS)]
    found = connection.execute(select(*columns).where(ENTERPRISE.c.id.in_(wanted))).all()
    figures: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in years_of(connection, wanted):
        figures.setdefault(row.enterprise_id, {})[row.year] = row.figures
    return {row.id: Known(_fields(row), figures.get(row.id, {})) for row in found}


def years_of(connection: Connection, wanted: Mapping[str, int | None]) -> Sequence[Row[Any]]:
    """The rows of the years that are named, whole. wanted: enterprise -> year."""
    years = {year for year in wanted.values() if year is not None}
    where = (YEAR.c.enterprise_id.in_(wanted), YEAR.c.year.in_(years))
    return connection.execute(select(YEAR).where(*where)).all() if years else []


def _fields(row: Row[Any]) -> Mapping[str, Any]:
    given = {key: getattr(row, key) for key in FIELDS}
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in given.items()}
