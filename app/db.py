"""One database: how it is opened, what a transaction is, and how an instant is stored.

SQLite and PostgreSQL behave alike here: a writing transaction takes its lock when it begins (BEGIN IMMEDIATE on
SQLite, where a read that turns into a write would fail at once), and an instant comes back aware, in UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Engine, MetaData, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import DateTime, TypeDecorator

from app.prepared import Prepared

SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"}

PING_AFTER = 5.0  # seconds: a connection that lay unused for longer is asked whether it still stands
BEGIN_IMMEDIATE = Prepared(text("BEGIN IMMEDIATE"))

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


def table_of(model: type[Base]) -> Table:
    """The table itself, for the command path, which does without mapped objects."""
    return cast(Table, model.__table__)


def insert_if_new(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Leaves a row alone that is there already; both databases know that, each in its own words. dialect: its name."""
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return insert.on_conflict_do_nothing()


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC: SQLite would give it back without its zone. Refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """The pool of one database address, with the only two ways to talk to it.

    is_durable: a commit waits for the disk. Only what can be made again does without: a simulation, a copy to try out.
    """

    def __init__(self, url: str, is_durable: bool = True) -> None:
        self.engine = _open(url, is_durable)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write; commits as the block ends, rolls back when it raises."""
        with self.engine.begin() as connection:
            if self.is_sqlite:
                BEGIN_IMMEDIATE.write(connection, {})
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """The same with a session, for everything beside the command path."""
        with self.writing() as connection, Session(connection, expire_on_commit=False) as session:
            yield session
            session.flush()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and writes nothing."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with Session(connection) as session:
                yield session

    def close(self) -> None:
        self.engine.dispose()


def _open(address: str, is_durable: bool) -> Engine:
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=10, max_overflow=20, hide_parameters=True)
        event.listen(engine, "connect", _prepare_postgresql)
        if not is_durable:
            event.listen(engine, "connect", _do_not_wait)
        _ping_the_idle(engine)
        return engine
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 5}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    if not is_durable:
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """Durable and strict, and checked: a file system without WAL would silently keep another mode."""
    connection.isolation_level = None  # we say BEGIN ourselves
    for name, value in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        answer = str(connection.execute(f"PRAGMA {name}").fetchone()[0])
        if answer != value:
            raise RuntimeError(f"SQLite keeps {name} = {answer}, not {value}; use a local disk or PostgreSQL")


def _ping_the_idle(engine: Engine) -> None:
    """Ask a connection that lay unused whether it still stands; asking each time would cost as much as a statement."""

    def lies_down(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = monotonic()

    def stands_up(connection: Any, record: Any, _proxy: Any) -> None:
        idle_since = record.info.get("idle_since")
        if idle_since is None or monotonic() - idle_since < PING_AFTER:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool makes a new one

    event.listen(engine, "checkin", lies_down)
    event.listen(engine, "checkout", stands_up)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """A claimed lock may be waited for, but not for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    connection.commit()


def _do_not_wait(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    connection.commit()
