"""A scheduler that is stopped between claim and firing, and woken when another has done its work, does nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen

import orjson
import pytest
from sqlalchemy import select

from app import clock
from app.models.event import EventPayload, EventRow
from app.queries.actor import SYSTEM
from app.services import processes, timers
from app.services.check import check
from app.services.definitions import deploy
from app.services.house import House
from app.terms import EventType
from config import ROOT
from tests.duban import environment
from tests.factories import actor, house_on, load_office

ALARM = ROOT / "tests" / "torture" / "alarm.bpmn"
WANTED = 10
STOPS_ITSELF = """
import os, signal
from app.services import processes, timers
from app.services.house import House
from config import from_environment
fire = processes.fire
def stopped_before(*arguments, **options):
    processes.fire = fire
    os.kill(os.getpid(), signal.SIGSTOP)
    return fire(*arguments, **options)
processes.fire = stopped_before
house = House(from_environment())
print(timers.fire_due(house))
house.close()
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    house = house_on(database_url, tmp_path)
    load_office(house)
    deploy(house, SYSTEM, {ALARM.name: ALARM.read_bytes()})
    return house


def test_a_scheduler_that_was_frozen_and_woken_doubles_nothing(house: House) -> None:
    due_at = clock.now() - timedelta(minutes=1)
    for number in range(WANTED):
        variables = {"ring_at": due_at.isoformat()}
        processes.start(house, actor(house, "office"), "alarm", variables, key=f"alarm-{number}")

    with frozen_scheduler(house) as frozen:
        assert timers.fire_due(house) == 0, "all are claimed by the frozen one"
        with clock.held(clock.now() + timers.LEASE + timedelta(seconds=1)):
            timers.fire_all_due(house)
        assert fired(house) == [1] * WANTED
        os.kill(frozen.pid, signal.SIGCONT)
        claimed = frozen.communicate(timeout=60)[0]

    assert (int(claimed), frozen.returncode) == (WANTED, 0)
    assert fired(house) == [1] * WANTED
    assert check(house) == []
    house.close()


@contextmanager
def frozen_scheduler(house: House) -> Iterator[Popen[bytes]]:
    """A process that has claimed what is due, and stands still since."""
    command = [sys.executable, "-W", "ignore", "-c", STOPS_ITSELF]
    with Popen(command, cwd=ROOT, env=environment(house), stdout=PIPE) as process:
        try:
            assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
            yield process
        finally:
            process.kill()


def fired(house: House) -> list[int]:
    """How often each timer fired, by the events."""
    same = (EventPayload.stream == EventRow.stream) & (EventPayload.seq == EventRow.seq)
    events = select(EventPayload.body).join(EventRow, same).where(EventRow.type == EventType.TIMER_FIRED)
    with house.database.reading() as session:
        bodies = session.scalars(events).all()
    return list(Counter(orjson.loads(body)["timer"] for body in bodies).values())
