"""Several schedulers, some of them killed, and thousands of due timers: each fires once, none early, none never."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from app import clock
from app.models.event import EventPayload, EventRow
from app.models.timer import Timer
from app.services import processes as instances
from app.services.house import House
from app.terms import EventType
from tests.factories import actor
from tests.figure_lines import FigureLine
from tests.torture.oracle import active_instances, require_green
from tests.torture.processes import Processes, processes, until
from tests.torture.sizes import SIZES

ON_SQLITE = 5  # SQLite writes one by one, so that a part of the timers shows as much
SPREAD = 3.0  # seconds within which a new timer becomes due


@pytest.mark.slow
def test_timers_exactly_once(house: House, database_url: str, tmp_path: Path, figure_line: FigureLine) -> None:
    is_sqlite = house.database.is_sqlite
    wanted = SIZES.timers // ON_SQLITE if is_sqlite else SIZES.timers
    kills = SIZES.timer_kills // ON_SQLITE if is_sqlite else SIZES.timer_kills
    schedulers = [f"scheduler {number + 1}" for number in range(2 if is_sqlite else SIZES.timer_schedulers)]

    with processes(database_url, tmp_path) as born:
        born.bear(*schedulers)
        began = time.perf_counter()
        killer = threading.Thread(target=kill_as_they_fire, args=(born, house, wanted, kills))
        killer.start()
        start_alarms(house, wanted)
        until(lambda: not active_instances(house, "alarm"), 60 + wanted / 20, "the end of all timers")
        seconds = time.perf_counter() - began
        killer.join()
        killed, failed = born.kills(), list(born.failed)

    due, fired = instants(house)
    times = Counter(task_id for task_id, _ in fired)
    early = sum(1 for task_id, at in fired if at < due[task_id])
    lateness = sorted((at - due[task_id]).total_seconds() for task_id, at in fired)
    assert (failed, killed >= kills) == ([], True)
    assert len(due) == wanted
    assert (set(due) - set(times), [task_id for task_id, count in times.items() if count > 1], early) == (set(), [], 0)
    figure_line(
        f"{len(schedulers)} schedulers, {killed} kills, {wanted:,} timers, {len(times):,} fired once, 0 twice, "
        f"0 never, {early} early; late p50 {lateness[wanted // 2]:.1f} s, p95 {lateness[wanted * 95 // 100]:.1f} s; "
        f"{require_green(house)}; {wanted / seconds:.0f}/s with their start"
    )


def start_alarms(house: House, wanted: int) -> None:
    chance, office = random.Random(4), actor(house, "office")
    for number in range(wanted):
        ring_at = clock.now() + timedelta(seconds=chance.random() * SPREAD)
        variables = {"ring_at": ring_at.isoformat()}
        instances.start(house, office, "alarm", variables, key=f"alarm-{number}")


def kill_as_they_fire(born: Processes, house: House, wanted: int, kills: int) -> None:
    """Spread over the timers, at moments that have nothing to do with them."""
    chance = random.Random(5)
    for number in range(1, kills + 1):
        share = wanted * number / (kills + 1)
        until(lambda share=share: fired_so_far(house) >= share, 300, f"{share:.0f} timers fired")
        time.sleep(chance.random() * 0.1)
        while not born.kill(chance.choice(born.names)):
            time.sleep(0.01)


def fired_so_far(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Timer).where(Timer.status == "fired")) or 0


def instants(house: House) -> tuple[dict[str, datetime], list[tuple[str, datetime]]]:
    """When each timer was due, and when the log says that it fired."""
    events = (
        select(EventPayload.body, EventRow.at)
        .join(EventRow, (EventPayload.stream == EventRow.stream) & (EventPayload.seq == EventRow.seq))
        .where(EventRow.type == EventType.TIMER_FIRED)
    )
    with house.database.reading() as session:
        due = {row.task_id: row.due_at for row in session.execute(select(Timer.task_id, Timer.due_at))}
        fired = [(orjson.loads(body)["timer"], datetime.fromisoformat(at)) for body, at in session.execute(events)]
    return due, fired
