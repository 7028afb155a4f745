"""The databases a test may ask for, each on SQLite and on PostgreSQL, fresh for every test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer, new_name

PrepareDatabase = Callable[[str], None]
KINDS = ["sqlite", "postgresql"]


def sqlite_url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def prepare_database() -> PrepareDatabase:
    """What is done once to the template of all databases; it must leave no connection open.

    Overridden where the tables are known; by itself a database is empty.
    """
    return lambda url: None


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, prepare_database: PrepareDatabase) -> Path:
    file = tmp_path_factory.mktemp("template") / "duban.sqlite3"
    prepare_database(sqlite_url(file))
    file.touch()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer, prepare_database: PrepareDatabase) -> Iterator[str]:
    name = new_name("template")
    prepare_database(postgres_server.create(name))
    yield name
    postgres_server.drop(name)


@pytest.fixture
def sqlite_database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A prepared SQLite file, for the few tests that are about SQLite."""
    return sqlite_url(Path(shutil.copy(sqlite_template, tmp_path / "duban.sqlite3")))


@pytest.fixture
def postgres_database_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A prepared PostgreSQL database, for the few tests that are about PostgreSQL."""
    with postgres_server.fresh(postgres_template) as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A prepared database; the test runs once on each kind."""
    wanted = {"sqlite": "sqlite_database_url", "postgresql": "postgres_database_url"}
    url: str = request.getfixturevalue(wanted[request.param])
    return url


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, for tests of migrations; the test runs once on each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "empty.sqlite3")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh() as url:
        yield url
