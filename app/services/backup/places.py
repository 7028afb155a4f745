"""Where an archive goes: a place that is empty, or one whose present content is put aside and kept.

SQLite: a new file that takes its name once it is whole; what was there keeps lying beside it. PostgreSQL: one
transaction; what was there moves into a schema of its own. In both, a restore that fails has changed nothing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, inspect, make_url, text

from app import clock
from app.db import Database
from app.services.backup.manifest import BadArchive
from app.services.backup.tables import is_kept
from app.services.schema import rebuilding

IN_USE = "other processes use the database; stop web, scheduler and worker first"
OWNER_ONLY = 0o600
NOT_EMPTY = "the database is not empty; --replace puts what is there aside and keeps it"


class Place(Protocol):
    """is_empty: nothing would be put aside. filling: the transaction to restore in; its end puts all in place."""

    @property
    def is_empty(self) -> bool: ...

    def filling(self) -> AbstractContextManager[Connection]: ...

    aside: str
    """Where the present content will lie."""


def place_of(database_url: str) -> Place:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return SqlitePlace(Path(url.database or ""))
    return PostgresPlace(database_url)


def _stamp() -> str:
    return clock.local(clock.system_now()).strftime("%Y%m%d_%H%M%S")


class SqlitePlace:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.aside = f"{file}.before_{_stamp()}"

    @property
    def is_empty(self) -> bool:
        return not self.file.exists() or _holds_nothing(f"sqlite:///{self.file}")

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        if self.file.exists():
            _make_whole(self.file)
        growing = self.file.with_name(f"{self.file.name}.restoring")
        _remove(growing)
        database = Database(f"sqlite:///{growing}")
        growing.touch(OWNER_ONLY)
        try:
            with rebuilding(database) as connection:
                yield connection
            database.close()
            _make_whole(growing)
            self._take_name(growing)
        finally:
            database.close()
            _remove(growing)

    def _take_name(self, new: Path) -> None:
        """The last step. In between there is no database at all, never a half one."""
        if self.file.exists():
            _make_whole(self.file)
            self.file.rename(self.aside)
        new.rename(self.file)
        _keep_names(self.file.parent)


def _remove(file: Path) -> None:
    """With its log, which another file of the same name would take for its own."""
    for part in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        part.unlink(missing_ok=True)


def _make_whole(file: Path) -> None:
    """Put what the log beside the file still holds into it. Raises BadArchive while anybody else has it open."""
    connection = sqlite3.connect(file, timeout=0)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise BadArchive(IN_USE) from error
    finally:
        connection.close()


def _keep_names(folder: Path) -> None:
    """Let the renaming outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class PostgresPlace:
    def __init__(self, url: str) -> None:
        self.url = url
        self.aside = f"before_{_stamp()}"

    @property
    def is_empty(self) -> bool:
        return _holds_nothing(self.url)

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        database = Database(self.url)
        try:
            with rebuilding(database) as connection:
                self._put_aside(connection)
                yield connection
        finally:
            database.close()

    def _put_aside(self, connection: Connection) -> None:
        """Tables move with their indexes and sequences, in this transaction; whoever reads them waits for its end."""
        names = inspect(connection).get_table_names()
        if not names:
            return
        if connection.scalar(OTHERS):
            raise BadArchive(IN_USE)
        connection.execute(text(f'CREATE SCHEMA "{self.aside}"'))
        for name in names:
            connection.execute(text(f'ALTER TABLE "{name}" SET SCHEMA "{self.aside}"'))


OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)


def _holds_nothing(database_url: str) -> bool:
    database = Database(database_url)
    try:
        with database.engine.connect() as connection:
            names = [name for name in inspect(connection).get_table_names() if is_kept(name)]
            return not any(connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first() for name in names)
    finally:
        database.close()
