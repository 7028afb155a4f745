"""Drawn timers that are due: claimed in small batches under a lease, fired one by one, each exactly once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import structlog
from sqlalchemy import exists, select

from app import clock
from app.db import table_of
from app.errors import AppError
from app.models.process import Incident
from app.models.timer import Timer
from app.services import processes
from app.services.house import House

TIMER, INCIDENT = table_of(Timer), table_of(Incident)
BATCH = 10
LEASE = timedelta(seconds=60)

log = structlog.get_logger()


def fire_due(house: House, limit: int = BATCH) -> int:
    """Fire what is due now; how many were claimed. A broken instance never stops the others."""
    token = str(uuid4())
    claimed = _claim(house, token, limit)
    for timer_id in claimed:
        try:
            processes.fire(house, timer_id, claim_token=token)
        except AppError as error:
            log.warning("timer not fired", timer=timer_id, error=error.code)
    return len(claimed)


def fire_all_due(house: House) -> None:
    """For a simulation: until none is left."""
    while fire_due(house):
        pass


def _claim(house: House, token: str, limit: int) -> list[str]:
    """An instance with an open incident waits until somebody has repaired it."""
    now = clock.now()
    is_stopped = exists().where(
        INCIDENT.c.instance_id == TIMER.c.instance_id, INCIDENT.c.status == "open", INCIDENT.c.kind == "fault"
    )
    due = (
        select(TIMER.c.task_id)
        .where(TIMER.c.status == "waiting", TIMER.c.due_at <= now, ~is_stopped)
        .where((TIMER.c.lease_until.is_(None)) | (TIMER.c.lease_until < now))
        .order_by(TIMER.c.due_at, TIMER.c.task_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with house.database.writing() as connection:
        ids = list(connection.execute(due).scalars())
        if ids:
            values = {"claim_token": token, "lease_until": now + LEASE, "attempts": TIMER.c.attempts + 1}
            connection.execute(TIMER.update().where(TIMER.c.task_id.in_(ids)).values(values))
    return ids
