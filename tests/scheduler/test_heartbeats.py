"""Each process that turns has a row of its own; the rows of the dead go, but for the newest of each kind."""

from __future__ import annotations

import os
from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.models.timer import Heartbeat
from app.services import heartbeats
from app.services.house import House
from scheduler.pulse import Pulse


def names(house: House) -> set[str]:
    with house.database.reading() as session:
        return set(session.scalars(select(Heartbeat.name)))


def beat_hours_ago(house: House, hours: float, *wanted: str) -> None:
    with house.database.transaction() as session:
        for name in wanted:
            session.add(Heartbeat(name=name, at=clock.system_now() - timedelta(hours=hours)))


def test_a_process_is_named_by_host_number_and_kind(house: House) -> None:
    Pulse(house, "scheduler").turn()

    (name,) = names(house)
    assert name.split(":")[1:] == [str(os.getpid()), "scheduler"]
    assert heartbeats.kind_of(name) == "scheduler"


def test_turns_are_counted_each_and_written_now_and_then(house: House) -> None:
    pulse = Pulse(house, "scheduler")

    for _ in range(3):
        pulse.turn()
    with house.database.reading() as session:
        first = session.scalars(select(Heartbeat.at)).one()
    pulse.turn()
    with house.database.reading() as session:
        second = session.scalars(select(Heartbeat.at)).one()

    assert pulse.turns == 4
    assert first == second


def test_what_is_long_dead_goes_when_another_comes(house: House) -> None:
    beat_hours_ago(house, 3, "a:1:scheduler", "a:2:worker")
    beat_hours_ago(house, 2, "a:3:scheduler", "a:4:worker", "backup")
    beat_hours_ago(house, 0.5, "a:5:scheduler")

    heartbeats.beat(house, "a:6:scheduler")

    assert names(house) == {"a:4:worker", "backup", "a:5:scheduler", "a:6:scheduler"}
