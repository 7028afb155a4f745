"""Drawn timers that are due: claimed in small batches under a lease, fired one by one, each exactly once.

What fails is put off, longer each time, and after the last pause an incident keeps it. A fault of the model is an
incident at once: the command path has kept it, and the instance waits until somebody has repaired it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import ColumnElement, Connection, Integer, bindparam, exists, or_, select

from app import clock
from app.db import Instant, table_of
from app.errors import ProcessFault
from app.models.process import Incident
from app.models.timer import FOR_GOOD, Timer
from app.prepared import Prepared
from app.queries.actor import CLOCK
from app.services import incidents, processes
from app.services.house import House
from app.services.incidents import Found, Wanted
from app.services.pauses import pause_after
from app.terms import IncidentKind, IncidentStatus

TIMER, INCIDENT = table_of(Timer), table_of(Incident)
BATCH = 10
LEASE = timedelta(seconds=60)
MOST_CLAIMS = 30  # of one that was claimed and never heard of again: it may be what ends the process each time

log = structlog.get_logger()


@dataclass(frozen=True)
class Claimed:
    """A timer in the hands of one scheduler. attempts: claims so far, this one included; failures: without it."""

    task_id: str
    instance_id: str
    element_id: str
    attempts: int
    failures: int
    token: str


def fire_due(house: House, limit: int = BATCH) -> int:
    """Fire what is due now; how many were claimed. A broken instance never stops the others."""
    claimed = _claim(house, limit)
    for timer in claimed:
        _fire(house, timer)
    return len(claimed)


def fire_all_due(house: House) -> None:
    """For a simulation: until none is left."""
    while fire_due(house):
        pass


def _fire(house: House, timer: Claimed) -> None:
    if timer.attempts > MOST_CLAIMS:
        _give_up(house, timer, f"claimed {timer.attempts} times and never fired")
        return
    try:
        processes.fire(house, timer.task_id, claim_token=timer.token)
    except ProcessFault as fault:
        log.warning("timer stopped by a fault", timer=timer.task_id, incident=fault.extra["reference"])
    except Exception as error:  # the sweep: a defect at one instance must not stop the timers of the others
        log.warning("timer not fired", timer=timer.task_id, failures=timer.failures + 1, exc_info=error)
        _put_off(house, timer, f"{type(error).__name__}: {error}")


def _put_off(house: House, timer: Claimed, text: str) -> None:
    """A claim whose scheduler died counts as no failure of the timer, or its next one would wait for an hour."""
    pause = pause_after(timer.failures + 1)
    if pause is None:
        _give_up(house, timer, text)
        return
    with house.database.writing() as connection:
        _release(connection, timer, clock.now() + pause, failures=timer.failures + 1)


def _give_up(house: House, timer: Claimed, text: str) -> None:
    """Keep what was to be done; nobody claims the timer while its incident is open."""
    wanted = Wanted("fire", CLOCK.login, f"timer:{timer.task_id}:", {"timer_id": timer.task_id, "claim_token": None})
    found = Found(
        IncidentKind.TIMER,
        about=f"timer:{timer.task_id}",
        text=text,
        instance_id=timer.instance_id,
        task_id=timer.task_id,
        element_id=timer.element_id,
        command_key=wanted.key,
        payload=wanted.as_json(),
    )
    with house.database.writing() as connection:
        incidents.raise_(connection, found, clock.now())
        _release(connection, timer, None)


def _release(connection: Connection, timer: Claimed, until: datetime | None, **values: Any) -> None:
    where = (TIMER.c.task_id == timer.task_id, TIMER.c.status == "waiting", TIMER.c.claim_token == timer.token)
    connection.execute(TIMER.update().where(*where).values(lease_until=until, claim_token=None, **values))


def skip(connection: Connection, timer_id: str) -> None:
    """It shall not fire. The engine goes on waiting for it, until the process itself closes it."""
    where = (TIMER.c.task_id == timer_id, TIMER.c.status == "waiting")
    connection.execute(TIMER.update().where(*where).values(lease_until=FOR_GOOD, claim_token=None))


def _claim(house: House, limit: int) -> list[Claimed]:
    now, token = clock.now(), str(uuid4())
    with house.database.writing() as connection:
        ids = [row.task_id for row in DUE.all(connection, of_now=now, of_limit=limit)]
        if not ids:
            return []
        values: dict[str, Any] = {"claim_token": token, "lease_until": now + LEASE, "attempts": TIMER.c.attempts + 1}
        connection.execute(TIMER.update().where(TIMER.c.task_id.in_(ids)).values(values))
        names = ("task_id", "instance_id", "element_id", "attempts", "failures")
        columns = select(*(TIMER.c[name] for name in names))
        rows = connection.execute(columns.where(TIMER.c.task_id.in_(ids)).order_by(TIMER.c.due_at, TIMER.c.task_id))
        return [Claimed(**row._mapping, token=token) for row in rows]


def is_stopped() -> ColumnElement[bool]:
    """An instance that a fault stopped, or a timer that was given up, waits until somebody has repaired it."""
    is_its_own = (INCIDENT.c.kind == IncidentKind.TIMER) & (INCIDENT.c.task_id == TIMER.c.task_id)
    return exists().where(
        INCIDENT.c.instance_id == TIMER.c.instance_id,
        INCIDENT.c.status == IncidentStatus.OPEN,
        or_(INCIDENT.c.kind == IncidentKind.FAULT, is_its_own),
    )


DUE = Prepared(  # asked each second by every scheduler
    select(TIMER.c.task_id)
    .where(TIMER.c.status == "waiting", TIMER.c.due_at <= bindparam("of_now", type_=Instant), ~is_stopped())
    .where((TIMER.c.lease_until.is_(None)) | (TIMER.c.lease_until < bindparam("of_now", type_=Instant)))
    .order_by(TIMER.c.due_at, TIMER.c.task_id)
    .limit(bindparam("of_limit", type_=Integer))
    .with_for_update(skip_locked=True)
)
