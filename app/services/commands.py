"""The one path of everything that changes a process: one command, one transaction, one stored answer.

    1 the same key of the same actor gets the stored answer again
    2 the handler locks the instance, checks what the client saw, checks permission, moves the engine, writes all down
    3 the answer is stored, the transaction commits; only then are the engine's live objects kept
    any exception: everything is rolled back; a fault of the model, or a defect of ours at what a person wanted, is kept
    as an incident with what was typed

Handlers are registered by kind, so that an incident can be tried again from its stored payload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import clock
from app.db import table_of
from app.engine import BadState, EngineError, ModelFault, NotWaiting
from app.errors import AppError, Conflict, Gone, KeyReused, NotFound, StaleProcess
from app.models.command import CommandRow
from app.outages import outage
from app.prepared import Prepared
from app.queries.actor import Actor
from app.services import command_log, incidents
from app.services.house import House
from app.services.incidents import Wanted
from app.services.work import Work

COMMAND = table_of(CommandRow)

log = structlog.get_logger()

ATTEMPTS = 4
LOST_RACES = frozenset({"40001", "40P01"})  # PostgreSQL: serialization failure, deadlock

STORED = Prepared(
    select(COMMAND.c.digest, COMMAND.c.answer).where(
        COMMAND.c.actor == bindparam("of_actor"), COMMAND.c.key == bindparam("of_key")
    )
)
ADD = Prepared(COMMAND.insert())

Answer = dict[str, Any]
Handler = Callable[[Work, Mapping[str, Any]], Answer]


@dataclass(frozen=True)
class Command:
    """What somebody wants done. key: the idempotency key, unique for the actor; payload: plain JSON."""

    kind: str
    key: str
    payload: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return sha256(self.kind.encode() + b"\0" + orjson.dumps(self.payload, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def wanted_by(self, actor: Actor) -> Wanted:
        return Wanted(self.kind, actor.login, self.key, self.payload)


HANDLERS: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Registers the function as the one that carries out commands of this kind."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


@command_log.told
def run(house: House, actor: Actor, command: Command) -> Answer:
    """Do it, or say again what was answered when it was done. Raises AppError."""
    try:
        return _carried_out(house, actor, command)
    except (Conflict, Gone, NotFound):
        answer = _answered_meanwhile(house, actor, command)
        if answer is None:
            raise
        return answer
    except AppError:
        raise
    except Exception as fault:  # nothing that a person typed is lost to a defect, whatever it is
        if not _must_be_kept(actor, fault):
            raise
        if not isinstance(fault, EngineError):
            log.exception("defect", kind=command.kind, key=command.key)
        raise _kept(house, actor, command, fault) from fault


def _answered_meanwhile(house: House, actor: Actor, command: Command) -> Answer | None:
    """The same key may have come twice at one moment: then who lost the race for the row lost it to herself."""
    with house.database.reading() as session:
        return _stored(session.connection(), actor, command)


def _carried_out(house: House, actor: Actor, command: Command) -> Answer:
    for attempt in command_log.attempts(ATTEMPTS):
        try:
            return _once(house, actor, command)
        except IntegrityError:  # the same key, or the same business key, in another transaction: look again
            if attempt == ATTEMPTS - 1:
                raise StaleProcess from None
        except DBAPIError as error:
            if not _may_try_again(error) or attempt == ATTEMPTS - 1:
                raise outage(error) or error from error
        except NotWaiting as error:
            raise StaleProcess from error
    raise StaleProcess


def _must_be_kept(actor: Actor, fault: Exception) -> bool:
    """A fault of the model; or a defect of ours, but where nobody typed anything: the sweep tries that again."""
    return isinstance(fault, ModelFault | BadState) or (actor.person_id is not None and outage(fault) is None)


def _kept(house: House, actor: Actor, command: Command, fault: Exception) -> Exception:
    """What to answer now that it was kept; or that it could not be, and everything is as it was."""
    try:
        return incidents.keep(house, command.wanted_by(actor), fault)
    except DBAPIError as error:
        return outage(error) or error


def _once(house: House, actor: Actor, command: Command) -> Answer:
    with house.database.writing() as connection:
        work = Work(house, connection, actor, clock.now(), command.key)
        answer = carry_out(work, command)
        work.flush()
    for advance in work.kept:
        house.engine.keep(advance)
    return answer


def carry_out(work: Work, command: Command) -> Answer:
    """Within the caller's transaction: the stored answer, or do it and store the answer."""
    answer = _stored(work.connection, work.actor, command)
    if answer is not None:
        return answer
    answer = HANDLERS[command.kind](work, command.payload)
    row = {
        "actor": work.actor.login,
        "key": command.key,
        "kind": command.kind,
        "digest": command.digest,
        "instance_id": work.instance_id,
        "at": work.at,
        "answer": answer,
    }
    work.write(ADD, row)
    return answer


def _stored(connection: Connection, actor: Actor, command: Command) -> Answer | None:
    row = STORED.one_or_none(connection, of_actor=actor.login, of_key=command.key)
    if row is None:
        return None
    if row.digest != command.digest:
        raise KeyReused
    return dict(row.answer)


def _may_try_again(error: DBAPIError) -> bool:
    """After a lost race; and over another connection when this one broke: the key tells whether it was done."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in LOST_RACES
