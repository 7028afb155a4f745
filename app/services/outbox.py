"""What leaves after the commit: rows are taken under a lease, done, and marked; a lapsed lease lets another take them.

message, sealed, start, cancel  to other instances: done inside the database, so exactly once
mail, chat  leave the house: at least once, each with its effect key, by the worker (see scheduler/worker.py)

What fails comes again after pauses that grow; after the last one, or at once where it will not mend itself, the row has
failed and an incident keeps it until somebody has it done after all, or drops it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from sqlalchemy import Connection, Integer, bindparam, exists, literal_column, select

from app import clock
from app.db import Instant, table_of
from app.errors import AppError, InvalidForm, KeyReused, NotPermitted, ProcessFault, RuleViolation
from app.models.outbox import OutboxRow
from app.models.process import ProcessInstance, Subscription
from app.prepared import Prepared
from app.queries.actor import CLOCK
from app.services import child_pages, incidents, processes, sealed_sending
from app.services.children import PAGES
from app.services.effects import SEALED
from app.services.house import House
from app.services.incidents import Found
from app.services.pauses import pause_after
from app.terms import IncidentKind

OUTBOX, INSTANCE, SUBSCRIPTION = table_of(OutboxRow), table_of(ProcessInstance), table_of(Subscription)

BATCH = 50
LEASE = timedelta(seconds=60)
WITHIN = ("message", SEALED, *PAGES)
LASTING = (InvalidForm, RuleViolation, NotPermitted, KeyReused)  # the same again would be refused again

log = structlog.get_logger()


@dataclass(frozen=True)
class Taken:
    """A row in the hands of one worker."""

    id: int
    kind: str
    effect_key: str
    payload: Mapping[str, Any]
    attempts: int


def deliver_messages(house: House, limit: int = BATCH) -> int:
    """Do what is due between instances; how many were tried. Each in a transaction of its own."""
    rows = take(house, WITHIN, limit)
    for row in rows:
        _try(house, row)
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


def take(house: House, kinds: Collection[str], limit: int = BATCH) -> list[Taken]:
    """Lease due rows of these kinds. Several workers never get the same."""
    now = clock.now()
    columns = select(OUTBOX.c.id, OUTBOX.c.kind, OUTBOX.c.effect_key, OUTBOX.c.payload, OUTBOX.c.attempts)
    with house.database.writing() as connection:
        ids = [row.id for row in _due(tuple(kinds)).all(connection, of_now=now, of_limit=limit)]
        if not ids:
            return []
        connection.execute(OUTBOX.update().where(OUTBOX.c.id.in_(ids)).values(lease_until=now + LEASE))
        rows = connection.execute(columns.where(OUTBOX.c.id.in_(ids)).order_by(OUTBOX.c.id))
        return [Taken(*row) for row in rows]


@cache
def _due(kinds: tuple[str, ...]) -> Prepared:
    """Asked each second by every scheduler. The kinds stand in the statement: a list cannot be prepared."""
    assert all(kind.isidentifier() for kind in kinds)
    named = OUTBOX.c.kind.in_([literal_column(f"'{kind}'") for kind in kinds])
    now = bindparam("of_now", type_=Instant)
    return Prepared(
        select(OUTBOX.c.id)
        .where(OUTBOX.c.status == "pending", named, OUTBOX.c.next_at <= now)
        .where((OUTBOX.c.lease_until.is_(None)) | (OUTBOX.c.lease_until < now))
        .order_by(OUTBOX.c.next_at, OUTBOX.c.id)
        .limit(bindparam("of_limit", type_=Integer))
        .with_for_update(skip_locked=True)
    )


def mark_done(house: House, row: Taken) -> None:
    with house.database.writing() as connection:
        _mark(connection, row, status="done")


def put_off(house: House, row: Taken, error: str) -> None:
    """Try again after a pause that grows; after the last one, give up."""
    pause = pause_after(row.attempts + 1)
    if pause is None:
        give_up(house, row, error)
        return
    with house.database.writing() as connection:
        _mark(connection, row, attempts=row.attempts + 1, error=error[:500], next_at=clock.now() + pause)


def give_up(house: House, row: Taken, error: str) -> None:
    """It has failed; an incident keeps it."""
    with house.database.writing() as connection:
        _mark(connection, row, status="failed", attempts=row.attempts + 1, error=error[:500])
        incidents.raise_(connection, _found(connection, row, error), clock.now())


def drop(house: House, row: Taken, why: str) -> None:
    """It shall not leave, and nobody needs to look after it."""
    with house.database.writing() as connection:
        _mark(connection, row, status="dropped", error=why[:500])


def _try(house: House, row: Taken) -> None:
    try:
        _deliver(house, row)
    except ProcessFault as fault:  # kept as an incident by the command path, under the key of the effect
        with house.database.writing() as connection:
            _mark(connection, row, status="failed", attempts=row.attempts + 1, error=fault.extra["reference"])
    except LASTING as error:
        give_up(house, row, error.text)
    except AppError as error:
        put_off(house, row, error.text)
    except Exception as error:  # the sweep: a defect at one effect must not stop the others
        log.warning("effect failed", effect=row.effect_key, exc_info=error)
        put_off(house, row, f"{type(error).__name__}: {error}")
    else:
        mark_done(house, row)


def _deliver(house: House, row: Taken) -> None:
    payload = row.payload
    if row.kind in PAGES:
        child_pages.deliver(house, row.kind, payload, key=row.effect_key)
        return
    if row.kind == SEALED:
        sealed_sending.send_sealed(house, payload, key=row.effect_key)
        return
    name, correlation = payload["name"], payload["key"]
    if "unless_open" in payload:
        processes.deliver_when_all_done(house, name, correlation, payload["unless_open"], key=row.effect_key)
    elif "only_instance" in payload:
        told, instance_id = payload["told"], payload["only_instance"]
        processes.deliver_to_one(house, name, correlation, instance_id, key=row.effect_key, told=told)
    else:
        told = {key: value for key, value in payload.items() if key not in ("name", "key", "only")}
        only = payload.get("only")
        processes.deliver(house, CLOCK, name, correlation, key=row.effect_key, told=told, only=only)


def _mark(connection: Connection, row: Taken, **values: Any) -> None:
    connection.execute(OUTBOX.update().where(OUTBOX.c.id == row.id).values(lease_until=None, **values))


def _found(connection: Connection, row: Taken, error: str) -> Found:
    """One incident a message; one for all letters of a kind, as it is the server that is away and not the letter."""
    if row.kind not in WITHIN:
        return Found(IncidentKind.EFFECT, f"outbox:{row.kind}", error, payload={"effect": row.kind})
    return Found(
        IncidentKind.EFFECT,
        f"effect:{row.effect_key}",
        error,
        instance_id=_instance_of(connection, row),
        command_key=row.effect_key,
        payload={"effect": row.kind, "payload": dict(row.payload)},
    )


def _instance_of(connection: Connection, row: Taken) -> str | None:
    """Whom it was for; where nobody waited for it, who sent it: the key of what a process sends begins with its id."""
    payload = row.payload
    known = (
        payload.get("instance_id") or payload.get("only_instance") or payload.get("unless_open", {}).get("parent_id")
    )
    if known:
        return str(known)
    where = (SUBSCRIPTION.c.message == payload.get("name"), SUBSCRIPTION.c.key == payload.get("key"))
    waiting: str | None = connection.execute(select(SUBSCRIPTION.c.instance_id).where(*where).limit(1)).scalar()
    sender = select(INSTANCE.c.id).where(INSTANCE.c.id == row.effect_key.partition(":")[0])
    return waiting or connection.execute(sender).scalar_one_or_none()
