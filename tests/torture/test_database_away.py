"""The database goes away and comes back under load: whoever asks meanwhile is told to come again, and nothing is half.

PostgreSQL is killed and started again, or all its connections are cut; SQLite is locked by another process for longer
than anybody waits.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from app.models.user_task import UserTask
from app.services import processes as instances
from app.services.house import House
from tests.databases import PrepareDatabase
from tests.factories import actor, house_on
from tests.figure_lines import FigureLine
from tests.postgres import OwnServer, own_binaries, server_of
from tests.torture.oracle import active_instances, pending_effects, require_green, verdict
from tests.torture.processes import processes, until
from tests.torture.programs import token_of
from tests.torture.relay_race import PER_PAIR, RelayRace
from tests.torture.sizes import SIZES
from tests.torture.witness import Witness

# What the system has taken outlives the server's processes: nothing has to reach the disk.
KILLABLE = "-c fsync=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=64MB"
MOST_RECOVERY = 10.0  # seconds
PAIRS_BETWEEN = 8
MAY_ANSWER = frozenset({409, 503})

Outage = Callable[[], None]


@contextmanager
def on_postgresql(prepare: PrepareDatabase, folder: Path) -> Iterator[tuple[House, list[Outage]]]:
    with server_of(own_binaries(), KILLABLE) as server:
        url = server.create("duban")
        prepare(url)
        house = house_on(url, folder)
        try:
            yield house, [lambda: killed(server, 1.0), server.cut_off, lambda: killed(server, 0.0), server.cut_off]
        finally:
            house.close()


@contextmanager
def on_sqlite(prepare: PrepareDatabase, folder: Path) -> Iterator[tuple[House, list[Outage]]]:
    file = folder / "duban.sqlite3"
    prepare(f"sqlite:///{file}")
    house = house_on(f"sqlite:///{file}", folder)
    try:
        yield house, [lambda: locked(house)]
    finally:
        house.close()


def killed(server: OwnServer, seconds: float) -> None:
    server.stop("immediate")
    time.sleep(seconds)
    server.start()


def locked(house: House) -> None:
    """By somebody who does not know how long others wait."""
    connection = sqlite3.connect(str(make_url(house.settings.database_url).database), isolation_level=None, timeout=60)
    try:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(6.0)
    finally:
        connection.close()


def draft_task(house: House) -> str:
    started = instances.start(house, actor(house, "office"), "linear", {}, key="draft", business_key="draft")
    with house.database.reading() as session:
        return session.scalars(select(UserTask.id).where(UserTask.instance_id == started["id"])).one()


class Shaking:
    """Lets the outages come while a race is run, each after some more of it, and times every recovery."""

    def __init__(self, race: RelayRace, witness: Witness, outages: list[Outage], count: int) -> None:
        self.recoveries: list[float] = []
        self._race, self._witness, self._outages, self._count = race, witness, outages, count

    def __call__(self) -> None:
        for number in range(self._count):
            wanted = self._race.wanted * (number + 1) / (self._count + 1)
            until(partial(self._has_come_to, wanted), 300, "the next part of the race")
            assert not self._race.is_over, "the race was over before the outages were"
            self._outages[number % len(self._outages)]()
            self.recoveries.append(self._recovered())

    def _has_come_to(self, completed: float) -> bool:
        return self._race.is_over or self._race.completed >= completed

    def _recovered(self) -> float:
        back, completed = time.perf_counter(), self._race.completed
        until(lambda: self._race.completed > completed and self._witness.is_well_since(back), 60, "the recovery")
        return time.perf_counter() - back


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_database_away(kind: str, prepare_database: PrepareDatabase, tmp_path: Path, figure_line: FigureLine) -> None:
    locks = max(1, SIZES.database_away // 10)
    ground, outages = (on_sqlite, locks) if kind == "sqlite" else (on_postgresql, SIZES.database_away - locks)

    with ground(prepare_database, tmp_path) as (house, ways):
        token, task_id = token_of(house, "office"), draft_task(house)
        with processes(house.settings.database_url, tmp_path) as born:
            born.bear("web 1", "scheduler 1")
            race = RelayRace(born.port, [token], PAIRS_BETWEEN * (outages + 1))
            witness = Witness(born.port, token, task_id, MAY_ANSWER)
            shaking = Shaking(race, witness, ways, outages)
            with witness.watching(), ThreadPoolExecutor(1) as pool:
                shaken = pool.submit(shaking)
                race.run()
                shaken.result()
            until(lambda: not active_instances(house, "relay", "relay_end"), 30, "the end of all instances")
            until(lambda: not pending_effects(house), 30, "the delivery of all messages")
            failed = list(born.failed)

        found = verdict(house, race.journal.entries)
        busy = sum(entry.busy for entry in race.journal.entries)
        assert (found.lost, found.doubled, found.differing) == (0, 0, 0), found
        assert found.acknowledged == race.wanted == PER_PAIR * PAIRS_BETWEEN * (outages + 1)
        assert (race.refused, witness.wrong, failed) == ([], [], [])
        assert len(shaking.recoveries) == outages
        assert max(shaking.recoveries) <= MOST_RECOVERY
        assert busy + witness.statuses[503] > 0
        figure_line(
            f"{outages} outages, {found}; {busy + witness.statuses[503]} answers 503, "
            "those to pages and drafts held to Retry-After, "
            f"{sum(witness.statuses.values())} pages and drafts asked for meanwhile; longest recovery "
            f"{max(shaking.recoveries):.1f} s; {require_green(house)}"
        )
