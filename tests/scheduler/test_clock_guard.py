"""A wrong clock stops what acts by the clock until somebody confirms it; a machine that slept or was off is right."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import clock
from app.errors import NotPermitted
from app.models.event import ADMINISTRATION, EventRow
from app.models.timer import ClockStop, Heartbeat
from app.queries.actor import SYSTEM
from app.services import clock_stops, outbox, timers
from app.services.house import House
from app.terms import ClockFault
from scheduler import clock_guard
from scheduler.clock_guard import ClockGuard, Reading
from scheduler.main import make_scheduler
from scheduler.worker import Worker
from tests.factories import actor

HOUR = timedelta(hours=1)
WEEKEND = timedelta(hours=63)


class Clocks:
    """The two clocks of the machine, moved by hand. They begin with the real ones."""

    def __init__(self) -> None:
        self.shown = Reading(clock.system_now(), 1000.0)

    def go_on(self, span: timedelta) -> None:
        """As time does, awake or asleep."""
        self.shown = Reading(self.shown.wall + span, self.shown.counted + span.total_seconds())

    def set_by(self, span: timedelta) -> None:
        """As somebody does, or a broken time server."""
        self.shown = dataclasses.replace(self.shown, wall=self.shown.wall + span)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    moved = Clocks()
    monkeypatch.setattr(clock_guard, "read", lambda: moved.shown)
    return moved


def guard_of(house: House) -> ClockGuard:
    return ClockGuard(house, "office-1:7:scheduler")


def stops(house: House) -> list[tuple[str, int]]:
    with house.database.reading() as session:
        return [(row.fault, row.seconds) for row in session.scalars(select(ClockStop).order_by(ClockStop.id))]


def confirm(house: House) -> None:
    with house.database.transaction() as session:
        clock_stops.confirm(session, SYSTEM)


def beat(house: House, ago: timedelta) -> None:
    with house.database.transaction() as session:
        session.merge(Heartbeat(name="office-1:3:scheduler", at=clock.system_now() - ago))


def test_time_that_goes_on_stops_nothing(house: House, clocks: Clocks) -> None:
    guard = guard_of(house)

    for _ in range(3):
        assert guard.allows()
        clocks.go_on(timedelta(seconds=1))
    assert stops(house) == []


@pytest.mark.parametrize("span", [timedelta(minutes=59), -timedelta(minutes=59)])
def test_less_than_an_hour_is_borne(house: House, clocks: Clocks, span: timedelta) -> None:
    guard = guard_of(house)
    guard.allows()

    clocks.set_by(span)

    assert guard.allows()


def test_a_machine_that_slept_over_the_weekend_goes_on(house: House, clocks: Clocks) -> None:
    guard = guard_of(house)
    guard.allows()

    clocks.go_on(WEEKEND)

    assert guard.allows()


def test_a_machine_that_was_off_over_the_weekend_goes_on(house: House, clocks: Clocks) -> None:
    beat(house, WEEKEND)

    assert guard_of(house).allows()


@pytest.mark.parametrize(("span", "fault"), [(2 * HOUR, "forward"), (-2 * HOUR, "back")])
def test_a_jump_stops_every_process_until_it_is_confirmed(
    house: House, clocks: Clocks, span: timedelta, fault: str
) -> None:
    guard, other = guard_of(house), guard_of(house)
    assert guard.allows()
    assert other.allows()
    clocks.set_by(span)

    assert not guard.allows()
    assert not other.allows()
    assert not guard_of(house).allows()
    assert stops(house) == [(fault, int(span.total_seconds()))]

    confirm(house)

    assert guard.allows()
    assert other.allows()


def test_a_clock_that_was_set_back_while_nothing_ran_is_noticed_at_the_start(house: House, clocks: Clocks) -> None:
    beat(house, timedelta(0))
    clocks.set_by(-25 * HOUR)

    assert not guard_of(house).allows()
    assert [fault for fault, _ in stops(house)] == ["back"]


def test_after_a_confirmation_what_a_wrong_clock_wrote_is_forgotten(house: House, clocks: Clocks) -> None:
    beat(house, -25 * HOUR)
    assert not guard_of(house).allows()

    confirm(house)

    assert guard_of(house).allows()


def test_setting_the_clock_right_is_no_second_fault(house: House, clocks: Clocks) -> None:
    guard = guard_of(house)
    guard.allows()
    clocks.set_by(25 * HOUR)
    guard.allows()

    clocks.set_by(-25 * HOUR)

    assert not guard.allows()
    assert len(stops(house)) == 1
    confirm(house)
    assert guard.allows()


def test_what_could_not_be_written_down_is_found_again(house: House, clocks: Clocks) -> None:
    guard = guard_of(house)
    guard.allows()
    clocks.set_by(2 * HOUR)

    away = OperationalError("INSERT", {}, Exception("server closed the connection"))
    with patch.object(clock_stops, "note", side_effect=away), pytest.raises(OperationalError):
        guard.allows()

    assert not guard.allows()
    assert len(stops(house)) == 1


def test_the_database_server_shows_a_clock_that_was_wrong_from_the_start(postgres_house: House, clocks: Clocks) -> None:
    clocks.set_by(26 * HOUR)
    guard = guard_of(postgres_house)

    assert not guard.allows()
    assert [fault for fault, _ in stops(postgres_house)] == ["server"]

    confirm(postgres_house)
    clocks.go_on(timedelta(minutes=2))
    assert guard.allows(), "the same process does not complain of the same difference again"
    assert not guard_of(postgres_house).allows()


def test_a_gated_job_waits(house: House, clocks: Clocks) -> None:
    done: list[House] = []
    guard = guard_of(house)
    job = guard.gate(done.append)

    job(house)
    clocks.set_by(2 * HOUR)
    job(house)

    assert done == [house]


def test_a_confirmation_is_an_administrative_act_of_somebody_who_may(house: House, clocks: Clocks) -> None:
    found = clock_stops.Suspicion(ClockFault.FORWARD, 2 * HOUR)
    clock_stops.note(house, "office-1:7:scheduler", found)

    with house.database.transaction() as session, pytest.raises(NotPermitted):
        clock_stops.confirm(session, actor(house, "office"))
    with house.database.transaction() as session:
        clock_stops.confirm(session, actor(house, "system_admin"))

    with house.database.reading() as session:
        events = session.scalars(select(EventRow).where(EventRow.stream == ADMINISTRATION).order_by(EventRow.seq))
        assert list(events)[-1].actor == "system_admin"


def test_the_real_clocks_agree(house: House) -> None:
    before, after = clock_guard.read(), clock_guard.read()

    assert before.counted <= after.counted
    assert clock_guard.jumped(before, after) is None


def test_while_the_clock_is_stopped_messages_are_delivered_and_timers_wait(
    house: House, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(timers, "fire_due", lambda _house: done.append("timers") or 0)
    monkeypatch.setattr(outbox, "deliver_messages", lambda _house: done.append("messages") or 0)
    scheduler = make_scheduler(house, Worker(house))

    def turn() -> None:
        for name in ("fire", "deliver"):
            scheduler.get_job(name).func(house)

    turn()
    clocks.set_by(2 * HOUR)
    turn()
    confirm(house)
    turn()

    assert done == ["timers", "messages", "messages", "timers", "messages"]
