"""Prepared statements: every type goes in and comes out as SQLAlchemy would have it, and so does every error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import Database, Instant
from app.prepared import Prepared, Write, write_all

THING = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(20), unique=True),
    Column("is_done", Boolean),
    Column("due_on", Date),
    Column("at", Instant),
    Column("told", JSON),
    Column("bytes", LargeBinary),
)
ADD = Prepared(THING.insert())
RENAME = Prepared(THING.update().where(THING.c.id == bindparam("of_id")))
BY_NAME = Prepared(select(THING).where(THING.c.name == bindparam("of_name")))
ROW: dict[str, Any] = {
    "id": 1,
    "name": "督办",
    "is_done": True,
    "due_on": date(2024, 12, 31),
    "at": datetime(2024, 12, 16, 9, tzinfo=timezone(timedelta(hours=8))),
    "told": {"units": ["sci", "fin"], "count": 2},
    "bytes": b"\x00\xff",
}


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    with database.writing() as connection:
        THING.metadata.create_all(connection)
    yield database
    database.close()


def test_values_come_back_as_they_went_in(database: Database) -> None:
    with database.writing() as connection:
        assert ADD.write(connection, ROW) == 1

    with database.reading() as session:
        found = BY_NAME.one_or_none(session.connection(), of_name="督办")
    assert found._asdict() == ROW
    assert found.at.tzinfo is UTC
    assert isinstance(found.is_done, bool)


def test_what_is_not_there_is_none(database: Database) -> None:
    with database.reading() as session:
        assert BY_NAME.one_or_none(session.connection(), of_name="x") is None
        assert BY_NAME.scalar(session.connection(), of_name="x") is None
        assert BY_NAME.all(session.connection(), of_name="x") == []


def test_a_statement_takes_other_columns_at_another_time(database: Database) -> None:
    with database.writing() as connection:
        ADD.write(connection, ROW)
        assert RENAME.write(connection, {"name": "考核", "of_id": 1}) == 1
        assert RENAME.write(connection, {"told": {}, "is_done": False, "of_id": 1}) == 1
        assert RENAME.write(connection, {"name": "x", "of_id": 2}) == 0

        found = BY_NAME.one_or_none(connection, of_name="考核")

    assert (found.is_done, found.told, found.due_on) == (False, {}, ROW["due_on"])


def test_writes_at_one_go_say_whether_each_that_must_found_its_row(database: Database) -> None:
    with database.writing() as connection:
        assert write_all(connection, [Write(ADD, ROW), Write(RENAME, {"name": "a", "of_id": 1}, must_touch=True)])
        assert write_all(
            connection, [Write(RENAME, {"name": "b", "of_id": 2}), Write(RENAME, {"name": "c", "of_id": 1})]
        )
        assert not write_all(
            connection,
            [Write(RENAME, {"name": "d", "of_id": 1}), Write(RENAME, {"name": "e", "of_id": 2}, must_touch=True)],
        )


@pytest.mark.parametrize("at_one_go", [False, True])
def test_a_broken_rule_is_sqlalchemys_own_error_and_the_connection_goes_on(database: Database, at_one_go: bool) -> None:
    twice = {**ROW, "id": 2}
    with database.writing() as connection:
        ADD.write(connection, ROW)

    first = [Write(RENAME, {"is_done": False, "of_id": 1})] if at_one_go else []
    with pytest.raises(IntegrityError) as raised, database.writing() as connection:
        write_all(connection, [*first, Write(ADD, twice)])

    assert not raised.value.connection_invalidated
    assert "督办" not in str(raised.value.statement)
    with database.reading() as session:
        assert BY_NAME.one_or_none(session.connection(), of_name="督办").is_done is True


def test_a_default_on_the_python_side_has_to_be_given(database: Database) -> None:
    table = Table("other", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer, default=3))

    with pytest.raises(TypeError, match="no value for"), database.writing() as connection:
        Prepared(table.insert()).write(connection, {"id": 1})


def test_a_connection_that_broke_never_goes_back_to_the_pool(postgres_database_url: str) -> None:
    database = Database(postgres_database_url)
    with database.writing() as connection:
        THING.metadata.create_all(connection)

    with pytest.raises(DBAPIError) as raised, database.writing() as connection:
        BY_NAME.one_or_none(_ended_by_another(database, connection), of_name="x")

    assert raised.value.connection_invalidated
    with database.writing() as connection:
        assert ADD.write(connection, ROW) == 1
    database.close()


def _ended_by_another(database: Database, connection: Connection) -> Connection:
    number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    return connection
