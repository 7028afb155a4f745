"""What leaves after the commit: rows are taken under a lease, done, and marked; a lapsed lease lets another take them.

message  to another instance: done inside the database, so exactly once
mail, chat  leave the house: at least once, each with its effect key, by the worker (see scheduler/worker.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from app import clock
from app.db import table_of
from app.errors import AppError, ProcessFault
from app.models.outbox import OutboxRow
from app.queries.actor import CLOCK
from app.services import processes
from app.services.house import House

OUTBOX = table_of(OutboxRow)

BATCH = 50
LEASE = timedelta(seconds=60)
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def deliver_messages(house: House, limit: int = BATCH) -> int:
    """Deliver due messages between instances; how many were tried. Each in a transaction of its own."""
    rows = take(house, "message", limit)
    for row_id, effect_key, payload in rows:
        try:
            _deliver(house, effect_key, payload)
        except AppError as error:
            put_off(house, row_id, error.text, is_final=isinstance(error, ProcessFault))
        else:
            mark_done(house, row_id)
    return len(rows)


def drain(house: House) -> None:
    """Deliver messages until none is due: for a simulation, which waits for nobody."""
    while deliver_messages(house):
        pass


def is_due(house: House, kind: str) -> bool:
    """Whether a worker would find something to take."""
    where = (OUTBOX.c.status == "pending", OUTBOX.c.kind == kind, OUTBOX.c.next_at <= clock.now())
    with house.database.reading() as session:
        return bool(session.execute(select(exists().where(*where))).scalar_one())


def take(house: House, kind: str, limit: int = BATCH) -> list[tuple[int, str, dict[str, Any]]]:
    """Lease due rows of a kind: id, effect key, payload. Several workers never get the same."""
    now = clock.now()
    due = (
        select(OUTBOX.c.id)
        .where(OUTBOX.c.status == "pending", OUTBOX.c.kind == kind, OUTBOX.c.next_at <= now)
        .where((OUTBOX.c.lease_until.is_(None)) | (OUTBOX.c.lease_until < now))
        .order_by(OUTBOX.c.next_at, OUTBOX.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with house.database.writing() as connection:
        ids = list(connection.execute(due).scalars())
        if not ids:
            return []
        connection.execute(OUTBOX.update().where(OUTBOX.c.id.in_(ids)).values(lease_until=now + LEASE))
        columns = select(OUTBOX.c.id, OUTBOX.c.effect_key, OUTBOX.c.payload)
        rows = connection.execute(columns.where(OUTBOX.c.id.in_(ids)).order_by(OUTBOX.c.id))
        return [(row.id, row.effect_key, dict(row.payload)) for row in rows]


def mark_done(house: House, row_id: int) -> None:
    with house.database.writing() as connection:
        connection.execute(OUTBOX.update().where(OUTBOX.c.id == row_id).values(status="done", lease_until=None))


def put_off(house: House, row_id: int, error: str, *, is_final: bool = False) -> None:
    """Try again after a pause that grows; after the last one, or at once for what will not mend itself, give up."""
    with house.database.writing() as connection:
        attempts = connection.execute(select(OUTBOX.c.attempts).where(OUTBOX.c.id == row_id)).scalar_one() + 1
        values: dict[str, Any] = {"attempts": attempts, "error": error[:500], "lease_until": None}
        if is_final or attempts > len(PAUSES):
            values["status"] = "failed"
        else:
            values["next_at"] = _after(attempts)
        connection.execute(OUTBOX.update().where(OUTBOX.c.id == row_id).values(values))


def _after(attempts: int) -> datetime:
    return clock.now() + PAUSES[attempts - 1]


def _deliver(house: House, effect_key: str, payload: Mapping[str, Any]) -> None:
    name, correlation = payload["name"], payload["key"]
    if "unless_open" in payload:
        processes.deliver_when_all_done(house, name, correlation, payload["unless_open"], key=effect_key)
        return
    told = {key: value for key, value in payload.items() if key not in ("name", "key")}
    processes.deliver(house, CLOCK, name, correlation, key=effect_key, told=told)
