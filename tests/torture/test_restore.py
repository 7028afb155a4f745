"""A backup is made while clients work and goes into the other database: everything acknowledged before is there."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock
from app.models.command import CommandRow
from app.services import reexecution
from app.services.backup.making import make
from app.services.backup.restoring import restore
from app.services.check import check
from app.services.house import House
from tests.databases import sqlite_url
from tests.factories import house_on
from tests.figure_lines import FigureLine
from tests.postgres import PostgresServer
from tests.torture.oracle import require_green
from tests.torture.processes import processes, until
from tests.torture.programs import token_of
from tests.torture.relay_race import RelayRace
from tests.torture.sizes import IS_FULL

PAIRS = 60 if IS_FULL else 15
BACKUPS = 5 if IS_FULL else 2


class Backups:
    """Made one after another while the race goes on; each knows which keys were acknowledged before it began."""

    def __init__(self, house: House, race: RelayRace, folder: Path) -> None:
        self.files: list[tuple[Path, set[str]]] = []
        self.seconds: list[float] = []
        self._house, self._race, self._folder = house, race, folder

    def __call__(self) -> None:
        for number in range(BACKUPS):
            wanted = self._race.wanted * (number + 1) // (BACKUPS + 1)
            until(lambda: self._race.is_over or self._race.completed >= wanted, 300, "the next part of the race")  # noqa: B023
            keys = {entry.key for entry in self._race.journal.entries if entry.is_acknowledged}
            file = self._folder / f"{number}.zip"
            began = time.perf_counter()
            make(self._house, file)
            self.seconds.append(time.perf_counter() - began)
            self.files.append((file, keys))


@pytest.mark.slow
def test_restore(
    house: House, database_url: str, tmp_path: Path, postgres_server: PostgresServer, figure_line: FigureLine
) -> None:
    with processes(database_url, tmp_path) as born:
        born.bear("web 1", "scheduler 1")
        race = RelayRace(born.port, [token_of(house, "office")], PAIRS)
        backups = Backups(house, race, tmp_path)
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(backups)
            race.run()
            made.result()

    known = [restored(house, file, keys, tmp_path, postgres_server) for file, keys in backups.files]

    assert race.refused == []
    figure_line(
        f"{len(known)} backups under {race.completed} completions, {max(backups.seconds):.1f} s the longest; restored "
        f"into the other database: {sum(known)} commands acknowledged before, 0 missing; {require_green(house)} in both"
    )


def restored(house: House, archive: Path, keys: set[str], folder: Path, server: PostgresServer) -> int:
    """How many keys were there, after everything held."""
    is_sqlite = house.database.is_sqlite
    fresh = server.fresh() if is_sqlite else nullcontext(sqlite_url(folder / f"{archive.stem}.sqlite3"))
    with fresh as url, closing(house_on(url, folder / archive.stem)) as there:
        manifest = restore(there.settings, archive).manifest
        with clock.held(datetime.fromisoformat(manifest.clock_at)):
            assert check(there) == []
        assert [one.departure for one in reexecution.replay_all(there) if one.departure] == []
        with there.database.reading() as session:
            present = set(session.scalars(select(CommandRow.key)))
            assert session.scalar(select(func.count()).select_from(CommandRow)) == manifest.counts()["command"]
        assert keys <= present
    return len(keys)
