"""`duban clock`: whether the clock may be believed, and that it may be again (see scheduler/clock_guard.py)."""

from __future__ import annotations

from datetime import datetime

import click

from app import clock as clocks
from app.cli.at_hand import acting, as_json, as_login, opened, show, show_one
from app.models.timer import ClockStop
from app.queries.clock_stops import last_beat, open_stops, server_now
from app.services import clock_stops


@click.group()
def clock() -> None:
    """The machine's clock."""


@clock.command()
@as_json
def status(as_json: bool) -> None:
    """The clocks beside one another, and whether what acts by the clock is stopped."""
    with opened() as house, house.database.reading() as session:
        told = {
            "system": clocks.local(clocks.system_now()),
            "application": clocks.local(clocks.now()),
            "database_server": _local(server_now(session)),
            "last_heartbeat": _local(last_beat(session)),
            "stops": [summary(stop) for stop in open_stops(session)],
        }
    show_one(told, as_json)


@clock.command()
@as_login
@as_json
def confirm(login: str, as_json: bool) -> None:
    """The clock is right: timers, openings and digests go on."""
    with opened() as house, house.database.transaction() as session:
        stops = clock_stops.confirm(session, acting(session, login))
        told = [summary(stop) for stop in stops]
    show(told, as_json)


def summary(stop: ClockStop) -> dict[str, object]:
    return {
        "fault": stop.fault,
        "seconds_ahead": stop.seconds,
        "process": stop.process,
        "noticed_at": clocks.local(stop.noticed_at),
    }


def _local(at: datetime | None) -> datetime | None:
    return None if at is None else clocks.local(at)
