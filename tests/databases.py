"""The databases a test may ask for, each on SQLite and on PostgreSQL, fresh for every test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
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
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[PrepareDatabase], Path]:
    """A template for each way of preparing, made once: the ways differ from folder to folder."""

    @cache
    def template(prepare: PrepareDatabase) -> Path:
        file = tmp_path_factory.mktemp("template") / "duban.sqlite3"
        prepare(sqlite_url(file))
        file.touch()
        return file

    return template


@pytest.fixture(scope="session")
def postgres_templates(postgres_server: PostgresServer) -> Iterator[Callable[[PrepareDatabase], str]]:
    names = []

    @cache
    def template(prepare: PrepareDatabase) -> str:
        names.append(new_name("template"))
        prepare(postgres_server.create(names[-1]))
        return names[-1]

    yield template
    for name in names:
        postgres_server.drop(name)


@pytest.fixture
def sqlite_template(sqlite_templates: Callable[[PrepareDatabase], Path], prepare_database: PrepareDatabase) -> Path:
    return sqlite_templates(prepare_database)


@pytest.fixture
def postgres_template(postgres_templates: Callable[[PrepareDatabase], str], prepare_database: PrepareDatabase) -> str:
    return postgres_templates(prepare_database)


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
def database_url(request: pytest.FixtureRequest, prepare_database: PrepareDatabase, tmp_path: Path) -> Iterator[str]:
    """A prepared database; the test runs once on each kind."""
    with prepared_copy(request, prepare_database, tmp_path) as url:
        yield url


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, for tests of migrations; the test runs once on each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "empty.sqlite3")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh() as url:
        yield url


@contextmanager
def prepared_copy(request: pytest.FixtureRequest, prepare: PrepareDatabase, folder: Path) -> Iterator[str]:
    """The URL of a database that was prepared so, of the kind that is the fixture's parameter."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_templates")(prepare)
        yield sqlite_url(Path(shutil.copy(template, folder / "duban.sqlite3")))
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh(request.getfixturevalue("postgres_templates")(prepare)) as url:
        yield url
