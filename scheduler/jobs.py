"""One short function a job; each calls one service. Safe to run twice, and in several processes at once."""

from __future__ import annotations

import structlog

from app import clock
from app.db import table_of
from app.models.timer import Heartbeat
from app.services import openings, outbox, reminders, timers
from app.services.house import House

HEARTBEAT = table_of(Heartbeat)
log = structlog.get_logger()


def tick(house: House) -> None:
    """Every second or two: due timers, then messages between instances."""
    while timers.fire_due(house):
        pass
    outbox.drain(house)
    beat(house)


def calendar(house: House) -> None:
    """Every few minutes: campaigns of the plan's calendar."""
    for instance_id in openings.open_campaigns(house):
        log.info("campaign opened", instance=instance_id)


def digest(house: House) -> None:
    """Every minute: on a working day, from the hour of the digest on, once."""
    now, today = clock.now(), clock.today()
    is_time = house.ladder.digest_time(today) <= now and house.ladder.quiet.allows(now, house.calendar)
    if is_time and openings.win(house, "digest", today):
        log.info("digests written", people=reminders.remind(house))


def beat(house: House, name: str = "scheduler") -> None:
    """Say that a scheduler is alive, by the system's clock."""
    at = clock.system_now()
    with house.database.writing() as connection:
        done = connection.execute(HEARTBEAT.update().where(HEARTBEAT.c.name == name).values(at=at))
        if done.rowcount == 0:
            connection.execute(HEARTBEAT.insert(), [{"name": name, "at": at}])
