"""Takes a confirmed file into the library, in one transaction: all of it, exactly as it was shown, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.enterprise_difference import changes, merged, sources
from app.models.enterprise import EnterpriseName
from app.models.enterprise_import import EnterpriseImport
from app.models.person import Person
from app.services.administration import record
from app.services.enterprise_columns import CODE, FIELDS
from app.services.enterprise_import_compare import kind_of
from app.services.enterprise_import_work import ENTERPRISE, IMPORT, YEAR, known_of, staged, years_of
from app.services.house import House
from app.terms import Act, EnterpriseState, ImportKind, ImportStatus, Source

NAME = table_of(EnterpriseName)
DAYS = ("registered_on",)
DOING = (ImportKind.NEW.value, ImportKind.CHANGED.value)  # rows that change something
WRITTEN = (*FIELDS, "pinyin", "changed_at")
SET_ENTERPRISE = (
    update(ENTERPRISE)
    .where(ENTERPRISE.c.id == bindparam("of_id"))
    .values({key: bindparam(f"to_{key}") for key in WRITTEN})
)
SET_YEAR = (
    update(YEAR)
    .where(YEAR.c.id == bindparam("of_id"))
    .values({key: bindparam(f"to_{key}") for key in ("figures", "sources", "source", "recorded_at", "recorded_by")})
)


class _ChangedSince(Exception):
    """The library is no longer what it was compared with."""


def apply(house: House, import_id: int) -> None:
    """Take in what was confirmed; where the library has changed since, nothing, and the file is to be checked again."""
    try:
        with house.database.transaction() as session:
            _Taking(session, import_id).all()
    except _ChangedSince:
        stale = update(IMPORT).where(IMPORT.c.id == import_id)
        with house.database.writing() as connection:
            connection.execute(stale.values(status=ImportStatus.STALE.value, claimed_until=None))


class _Taking:
    """One import in the transaction that takes it in."""

    def __init__(self, session: Session, import_id: int) -> None:
        self._session, self._connection = session, session.connection()
        self._row = session.scalars(
            select(EnterpriseImport).where(EnterpriseImport.id == import_id).with_for_update(of=EnterpriseImport)
        ).one()
        self._at = clock.now()
        self._by = session.scalars(select(Person.login).where(Person.id == self._row.confirmed_by)).one()

    def all(self) -> None:
        """Raises _ChangedSince."""
        if self._row.status != ImportStatus.RUNNING:  # another worker was first
            return
        for page in staged(self._connection, self._row.id, ("kind", "changes"), DOING):
            self._page(page)
        self._row.status, self._row.ended_at = ImportStatus.DONE.value, self._at
        counts = {kind: self._row.counts[kind] for kind in DOING}
        self._row.done, self._row.claimed_until = sum(counts.values()), None
        told = {"name": self._row.name, "hash": self._row.sha256, "source": Source(self._row.source).label}
        record(self._session, self._by, Act.ENTERPRISES_IMPORTED, **told, **counts)

    def _page(self, page: Sequence[Row[Any]]) -> None:
        known = known_of(self._connection, page)
        for row in page:
            here = known.get(row.enterprise_id)
            changed = {} if here is None else changes(row.given, here)
            if (kind_of(here, changed), changed) != (row.kind, row.changes):
                raise _ChangedSince
        new = [row for row in page if row.kind == ImportKind.NEW]
        old = [row for row in page if row.kind == ImportKind.CHANGED]
        _write(self._connection, ENTERPRISE.insert(), [self._new(row) for row in new])
        _write(self._connection, NAME.insert(), self._old_names(old))
        _write(self._connection, SET_ENTERPRISE, [self._changed(row, known[row.enterprise_id].fields) for row in old])
        self._figures([row for row in (*new, *old) if row.given.get("figures")])

    def _new(self, row: Row[Any]) -> dict[str, Any]:
        given = {"state": EnterpriseState.ACTIVE.value, **row.given}
        return {
            CODE: row.enterprise_id,
            **{key: _typed(key, given.get(key)) for key in FIELDS},
            "pinyin": row.given["pinyin"],
            "profile": {},
            "is_demo": False,
            "source": self._row.source,
            "changed_at": self._at,
        }

    def _changed(self, row: Row[Any], before: Mapping[str, Any]) -> dict[str, Any]:
        after = {**before, **{key: value for key, value in row.given.items() if key in FIELDS}}
        values = {f"to_{key}": _typed(key, after[key]) for key in FIELDS}
        values |= {"to_pinyin": row.given["pinyin"], "to_changed_at": self._at}  # a row always names its enterprise
        return {"of_id": row.enterprise_id, **values}

    def _old_names(self, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
        """A second change of a day leaves the name of its morning."""
        today = clock.today()
        renamed = [row for row in rows if "name" in row.changes]
        where = (NAME.c.enterprise_id.in_([row.enterprise_id for row in renamed]), NAME.c.until_on == today)
        kept = set(self._connection.scalars(select(NAME.c.enterprise_id).where(*where))) if renamed else set()
        return [
            {"enterprise_id": row.enterprise_id, "name": row.changes["name"][0], "until_on": today}
            for row in renamed
            if row.enterprise_id not in kept
        ]

    def _figures(self, rows: Sequence[Row[Any]]) -> None:
        wanted = {row.enterprise_id: row.given["year"] for row in rows}
        before = {(year.enterprise_id, year.year): year for year in years_of(self._connection, wanted)}
        paired = [(row, before.get((row.enterprise_id, row.given["year"]))) for row in rows]
        new = [self._new_year(row) for row, year in paired if year is None]
        old = [self._changed_year(row, year) for row, year in paired if year is not None and _has_figures(row)]
        _write(self._connection, YEAR.insert(), new)
        _write(self._connection, SET_YEAR, old)

    def _new_year(self, row: Row[Any]) -> dict[str, Any]:
        year = row.given["year"]
        return {
            "enterprise_id": row.enterprise_id,
            "year": year,
            "figures": row.given["figures"],
            "sources": {},
            "as_of": date(year, 12, 31),
            "source": self._row.source,
            "recorded_at": self._at,
            "recorded_by": self._by,
        }

    def _changed_year(self, row: Row[Any], year: Row[Any]) -> dict[str, Any]:
        given, of_row = row.given["figures"], [year.source, _day(year.recorded_at)]
        return {
            "of_id": year.id,
            "to_figures": merged(year.figures, given),
            "to_sources": sources(year.figures, year.sources, of_row, given),
            "to_source": self._row.source,
            "to_recorded_at": self._at,
            "to_recorded_by": self._by,
        }


def _has_figures(row: Row[Any]) -> bool:
    """Whether a figure changes; a row may be changed by its address alone."""
    return any("." in key for key in row.changes)


def _write(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(statement, list(rows))


def _typed(key: str, value: Any) -> Any:
    if key in DAYS:
        return date.fromisoformat(value) if value else None
    return value or ""


def _day(at: datetime) -> str:
    return clock.local(at).date().isoformat()
