"""Brings a database to the present tables; one process at a time, the others wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.db import Database
from config import ROOT

MIGRATIONS = ROOT / "app" / "migrations"
UPGRADE_LOCK = 0x0D0BA7  # the key of PostgreSQL's advisory lock; SQLite takes its own with BEGIN IMMEDIATE


class LostReference(Exception):
    """A row refers to another that is not there."""


def migrate(database: Database) -> None:
    """Run the revisions that are missing. Does nothing on a database that is up to date."""
    with rebuilding(database) as connection:
        upgrade(connection, "head")


def upgrade(connection: Connection, revision: str) -> None:
    """Run what is missing up to this revision, in the caller's transaction."""
    command.upgrade(_config_on(connection), revision)


def stamp(connection: Connection) -> None:
    """Say that the tables, made from the models, are the present ones."""
    command.stamp(_config_on(connection), "head")


def revisions() -> frozenset[str]:
    """All that this version knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())


@contextmanager
def rebuilding(database: Database) -> Iterator[Connection]:
    """One transaction in which tables are made or made anew.

    SQLite changes a column by filling another table and dropping the first, and would delete what refers to it: so
    foreign keys are off, which only works outside a transaction, and are checked before the commit.
    """
    if not database.is_sqlite:
        with database.writing() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            yield connection
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = 0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            _require_whole(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys = 1")


def _require_whole(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise LostReference(f"a row of {broken[0]} refers to one of {broken[2]} that is not there")


def _config_on(connection: Connection) -> Config:
    config = alembic_config()
    config.attributes["connection"] = connection
    return config


def revision(session: Session) -> str | None:
    """Where the tables of this database stand; None for a database without any."""
    return MigrationContext.configure(session.connection()).get_current_revision()


@cache
def head() -> str | None:
    """Where they stand when they are those of this program."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
