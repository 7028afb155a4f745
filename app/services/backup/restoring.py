"""Puts an archive into a place: checked whole before, loaded in one transaction, brought to the present tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.queries.actor import SYSTEM
from app.services import administration, schema
from app.services.backup import values
from app.services.backup.file_store import FileStore
from app.services.backup.making import BATCH, Report, silent
from app.services.backup.manifest import BadArchive, Manifest, TablePart
from app.services.backup.places import NOT_EMPTY, Place, place_of
from app.services.backup.reading import Archive
from app.services.backup.tables import heads, kept_tables
from app.services.backup.values import Kind
from app.terms import Act
from config import Settings


def verify(settings: Settings, file: Path, report: Report = silent) -> Manifest:
    """Hold an archive against its own seal, and change nothing. Raises BadArchive."""
    with Archive.opened(file, settings.secret_key) as archive:
        archive.verify(report)
        _require_known(archive.manifest)
        return archive.manifest


@dataclass(frozen=True)
class Restored:
    """aside: where the content of before lies now, None where there was none."""

    manifest: Manifest
    aside: str | None


def restore(settings: Settings, file: Path, replace: bool = False, report: Report = silent) -> Restored:
    """Make the database of the settings what the archive holds. Raises BadArchive; then nothing has changed.

    replace: what is there now is put aside and kept; else it must be empty.
    """
    place = place_of(settings.database_url)
    with Archive.opened(file, settings.secret_key) as archive:
        archive.verify(report)
        _require_known(archive.manifest)
        aside = None if place.is_empty else place.aside
        if aside is not None and not replace:
            raise BadArchive(NOT_EMPTY)
        with _files_in_place(archive, settings, report):
            _fill(place, archive, file, report)
        return Restored(archive.manifest, aside)


def is_empty(settings: Settings) -> bool:
    """Whether a restore would put nothing aside."""
    return place_of(settings.database_url).is_empty


def _require_known(manifest: Manifest) -> None:
    if manifest.revision not in schema.revisions():
        raise BadArchive(
            f"the archive was made by another version of Duban ({manifest.product_version}, tables "
            f"{manifest.revision}); install that version first"
        )


@contextmanager
def _files_in_place(archive: Archive, settings: Settings, report: Report) -> Iterator[None]:
    """Attachments before the rows that name them; those that are new are taken away again when the block fails."""
    store, new, done = FileStore(settings.files_url), [], False
    try:
        for number, part in enumerate(archive.files(), start=1):
            id_ = part.name.removeprefix("files/")
            with archive.file(part) as source:
                if store.put(id_, source, part.sha256):
                    new.append(id_)
            report("files", number, archive.manifest.files.rows)
        yield
        done = True
    finally:
        if not done:
            for id_ in new:
                store.erase(id_)


def _fill(place: Place, archive: Archive, file: Path, report: Report) -> None:
    manifest = archive.manifest
    try:
        with place.filling() as connection:
            schema.upgrade(connection, manifest.revision)
            tables = kept_tables(connection)
            _load(connection, archive, {table.name: table for table in tables}, report)
            if heads(connection, tables) != (manifest.streams, manifest.heads):
                raise BadArchive("the restored ledger is not the one that was backed up")
            schema.upgrade(connection, "head")
            _note(connection, manifest, file)
    except (DBAPIError, psycopg.Error, sqlite3.Error, schema.LostReference) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).splitlines()[0]
        raise BadArchive(f"the database does not take what the archive holds: {reason}") from error


def _load(connection: Connection, archive: Archive, tables: dict[str, Table], report: Report) -> None:
    parts = archive.manifest.tables
    if {part.table for part in parts} != tables.keys():
        raise BadArchive(f"the archive does not hold the tables of revision {archive.manifest.revision}")
    for part in parts:
        table = tables[part.table]
        _require_columns(table, part)
        _load_table(connection, table, part, archive, report)
        if connection.dialect.name != "sqlite":
            _set_sequences(connection, table)


def _require_columns(table: Table, part: TablePart) -> None:
    present = {(column.name, values.kind_of(column).value) for column in table.c}
    if present != {(name, kind) for name, kind in part.columns}:
        raise BadArchive(f"the columns of {part.table} are not those of its revision")


def _load_table(connection: Connection, table: Table, part: TablePart, archive: Archive, report: Report) -> None:
    names, kinds = [name for name, _ in part.columns], [Kind(kind) for _, kind in part.columns]
    driver: Any = connection.connection.driver_connection
    load = _into_sqlite if isinstance(driver, sqlite3.Connection) else _into_postgresql
    load(driver, table.name, names, kinds, _told(archive.rows(part), part, report))


def _told(rows: Iterator[list[Any]], part: TablePart, report: Report) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % BATCH == 0 or number == part.rows:
            report(part.table, number, part.rows)


def _into_sqlite(
    driver: sqlite3.Connection, table: str, names: Sequence[str], kinds: Sequence[Kind], rows: Iterator[list[Any]]
) -> None:
    convert = values.converter(kinds, values.FOR_SQLITE)
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
    statement = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'
    while batch := list(islice(rows, BATCH)):
        driver.executemany(statement, map(convert, batch))


def _into_postgresql(
    driver: Any, table: str, names: Sequence[str], kinds: Sequence[Kind], rows: Iterator[list[Any]]
) -> None:
    """One COPY: rows that refer to others of their table are checked at its end."""
    convert = values.converter(kinds, values.FOR_POSTGRESQL)
    columns = ", ".join(f'"{name}"' for name in names)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(convert(row))


def _set_sequences(connection: Connection, table: Table) -> None:
    """The next number of each counted column is beyond the highest that came."""
    for column in table.primary_key.columns:
        name = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
        )
        if name is not None:
            highest = f'SELECT setval(:name, max("{column.name}")) FROM "{table.name}" HAVING count(*) > 0'
            connection.execute(text(highest), {"name": name})


def _note(connection: Connection, manifest: Manifest, file: Path) -> None:
    with Session(connection) as session:
        administration.record(
            session, SYSTEM.login, Act.RESTORED, file=file.name, made_at=manifest.made_at, heads=manifest.heads
        )
