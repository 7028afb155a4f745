"""timers_4_over_1: timers fired in a second by four scheduler processes over one, on PostgreSQL.

SQLite is left out: it has one writer, so a second scheduler only waits for the first, and one is what we advise there.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, select

from app.models.timer import Timer
from app.services import timers
from bench.ground import POSTGRESQL, Ground
from bench.measured import Ratio
from bench.models import TIMER
from tests.factories import actor, house_on

PROCESSES = 4


def timers_4_over_1(ground: Ground) -> Iterator[Ratio]:
    if ground.kind != POSTGRESQL:
        return
    TIMER.deploy(ground.house)
    one = _fired_a_second(ground, 1)
    four = _fired_a_second(ground, PROCESSES)
    yield Ratio(f"timers_{PROCESSES}_over_1", four, one, ground.size.timers, "a second")


def _fired_a_second(ground: Ground, processes: int) -> float:
    office = actor(ground.house, "office")
    for number in range(ground.size.timers):
        TIMER.start(ground.house, office, f"{processes}:{number}")
    spawned = multiprocessing.get_context("spawn")
    begin = spawned.Barrier(processes + 1)
    schedulers = [spawned.Process(target=_fire_all, args=(ground.url, ground.folder, begin)) for _ in range(processes)]
    for scheduler in schedulers:
        scheduler.start()
    begin.wait()
    since = perf_counter()
    for scheduler in schedulers:
        scheduler.join()
    seconds = perf_counter() - since
    assert _waiting(ground) == 0
    return ground.size.timers / seconds


def _fire_all(url: str, folder: Path, begin: object) -> None:
    """One scheduler, ready to fire before the clock starts."""
    house = house_on(url, folder)
    timers.fire_due(house, limit=0)
    begin.wait()  # type: ignore[attr-defined]
    timers.fire_all_due(house)
    house.close()


def _waiting(ground: Ground) -> int:
    with ground.house.database.reading() as session:
        return session.scalar(select(func.count()).where(Timer.status == "waiting")) or 0
