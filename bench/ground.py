"""Where a line is measured: a fresh database of a kind with a loaded office on it, and how much is measured there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.services.house import House
from bench.sizes import Size
from tests.factories import house_on, load_office
from tests.postgres import FAST, PostgresServer, new_name, running_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DURABLE = "-c shared_buffers=256MB -c max_connections=60"
LARGE = f"{FAST} -c shared_buffers=512MB -c max_wal_size=4GB"


@dataclass(frozen=True)
class Ground:
    kind: str
    url: str
    folder: Path
    house: House
    size: Size

    @contextmanager
    def another(self) -> Iterator[House]:
        """The house as another process would open it."""
        house = house_on(self.url, self.folder)
        try:
            yield house
        finally:
            house.close()


@contextmanager
def grounds(kind: str, size: Size, *, is_durable: bool = True) -> Iterator[Ground]:
    """A durable one waits for the disk at every commit, as in service; the other is for what only reads."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="duban-bench-")))
        server = None
        if kind == POSTGRESQL:
            server = stack.enter_context(running_server(DURABLE if is_durable else LARGE))
        yield stack.enter_context(ground_on(kind, size, folder, server))


@contextmanager
def ground_on(kind: str, size: Size, folder: Path, server: PostgresServer | None) -> Iterator[Ground]:
    name = new_name("bench")
    url = server.create(name) if server else f"sqlite:///{folder / name}.sqlite3"
    house = house_on(url, folder)
    load_office(house)
    try:
        yield Ground(kind, url, folder, house, size)
    finally:
        house.close()
        if server:
            server.drop(name)
