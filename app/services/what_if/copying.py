"""The real database, as it stands at one moment, into a scratch file: SQLite's own backup, or table by table.

Nothing is ever written to what is copied. Left out are sessions and heartbeats, which nothing on a copy asks for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select

from app.db import Base, Database
from app.services.backup.tables import PASSING

Step = Callable[[float], None]
"""How far it is, from 0 to 1. It may raise, and the copy is given up."""
PAGES = 500  # of SQLite's backup at a time
ROWS = 500
CURRENT = "PRAGMA defer_foreign_keys = ON"  # rows may refer to rows that follow


def copy(source: Database, target: Path, step: Step) -> None:
    """Make the file; an existing one is replaced."""
    target.unlink(missing_ok=True)
    if source.is_sqlite:
        _backup(source, target, step)
    else:
        _by_tables(source, target, step)


def _backup(source: Database, target: Path, step: Step) -> None:
    def told(_status: int, remaining: int, total: int) -> None:
        step(1 - remaining / total if total else 1.0)

    with source.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        scratch = sqlite3.connect(target)
        driver.execute("BEGIN")  # one state: without it each write by others would begin the backup again
        driver.execute("SELECT 1 FROM sqlite_master").fetchone()
        try:
            driver.backup(scratch, pages=PAGES, progress=told)
        finally:
            driver.execute("ROLLBACK")
            scratch.close()


def _by_tables(source: Database, target: Path, step: Step) -> None:
    scratch = Database(f"sqlite:///{target}", is_durable=False)
    try:
        Base.metadata.create_all(scratch.engine)
        tables = [table for table in Base.metadata.sorted_tables if table.name not in PASSING]
        with source.reading() as session, scratch.writing() as into:
            into.exec_driver_sql(CURRENT)
            connection = session.connection()
            total = sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables) or 1
            done = 0
            for table in tables:
                for count in _rows(connection, into, table):
                    done += count
                    step(done / total)
    finally:
        scratch.close()


def _rows(connection: Connection, into: Connection, table: Table) -> Any:
    """Copy the table; yields how many rows each time."""
    found = connection.execution_options(yield_per=ROWS).execute(select(table))
    for page in found.mappings().partitions(ROWS):
        into.execute(table.insert(), [dict(row) for row in page])
        yield len(page)
