"""Does recorded commands again, in an engine that knows nothing but the record.

Compared are every state it reaches, and what each event says of it: a step's event is written again from the
repetition, sealed again behind the one before, and has to come to the hash it has.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Row, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app.db import table_of
from app.engine import BadState, Definition, Engine
from app.errors import NotFound
from app.ledger.chain import Sealed, payload_bytes
from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.erasures import erased_seqs
from app.services.audit import sealed_rows
from app.services.history import moment
from app.services.house import House
from app.services.rerun import Departed, Recorded, Rerun, Waiting, Why
from app.services.resealing import Resealing
from app.terms import EventType

INSTANCE, DEFINITION = table_of(ProcessInstance), table_of(ProcessDefinition)

PAGE = 1000  # instances

STEPS = frozenset(
    {
        EventType.INSTANCE_STARTED,
        EventType.TASK_COMPLETED,
        EventType.TASK_RETURNED,
        EventType.SIGNER_ADDED,
        EventType.SIGNER_REMOVED,
        EventType.MESSAGE_DELIVERED,
        EventType.WITHDRAWN,
        EventType.TIMER_FIRED,
        EventType.TIMER_MOVED,
        EventType.DUE_DATE_MOVED,
        EventType.INSTANCE_CANCELLED,
        EventType.INSTANCE_MIGRATED,
        EventType.MIGRATION_UNDONE,
    }
)


ENGLISH = {
    Why.STATE: "reached another state",
    Why.TRACE: "took another way",
    Why.HOST: "not every recorded answer was asked for",
    Why.REFUSED: "cannot be done again",
    Why.UNREADABLE: "the record is incomplete",
    Why.VERSION: "the steps have a gap",
    Why.MODEL: "the definition is not the one of then",
    Why.EVENT: "the event would say something else",
    Why.ERASED: "cannot be done again: erased lawfully",
    Why.PRESENT: "the instance is not in the state that its record ends in",
}


@dataclass(frozen=True)
class Departure:
    """The event at which the repetition left the record. detail: English, from the engine."""

    seq: int
    why: Why
    detail: str = ""

    @property
    def text(self) -> str:
        """For operators."""
        return f"event {self.seq}: {ENGLISH[self.why]}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Repetition:
    """One instance done again. equal: steps that reached the recorded state, of the recorded ones.

    events: those that came to their hash again. erased: the step that cannot be done again, because what it said was
    erased under the law; that is no fault. data: the routing scalars that it ends with.
    """

    instance_id: str
    title: str
    equal: int
    recorded: int
    departure: Departure | None
    waiting: Waiting
    events: int = 0
    erased: Departure | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_equal(self) -> bool:
        return self.departure is None and self.erased is None


def replay_instance(house: House, instance_id: str) -> Repetition:
    """Raises NotFound."""
    with house.database.reading() as session:
        return replay_in(session, house, fresh_engine(), instance_id)


def replay_all(house: House) -> Iterator[Repetition]:
    """Every instance, one after another, in the order they began."""
    engine = fresh_engine()
    for id_ in instance_ids(house):
        with house.database.reading() as session:
            repetition = replay_in(session, house, engine, id_)
        yield repetition


def fresh_engine() -> Engine:
    """One that has met no instance and could not open a stored state."""
    return Engine(secrets.token_bytes(32))


def instance_ids(house: House) -> Iterator[str]:
    """All of them in the order they began, never more than a page in memory."""
    key = (INSTANCE.c.started_at, INSTANCE.c.id)
    page = following = select(*key).order_by(*key).limit(PAGE)
    while True:
        with house.database.reading() as session:
            rows = session.execute(following).all()
        yield from (row.id for row in rows)
        if len(rows) < PAGE:
            return
        last = tuple_(*(literal(value, column.type) for value, column in zip(rows[-1], key, strict=True)))
        following = page.where(tuple_(*key) > last)


def count_instances(house: House) -> int:
    """How many replay_all will give."""
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(INSTANCE)) or 0


def replay_in(
    session: Session, house: House, engine: Engine, instance_id: str, events: Sequence[Sealed] | None = None
) -> Repetition:
    """The instance as this session sees it. events: all of it, where they were read already. Raises NotFound."""
    instance, present, rerun = _begin(session, house, engine, instance_id)
    events, chain = list(sealed_rows(session, instance_id)) if events is None else events, Resealing()
    recorded = sum(stored.event.type in STEPS for stored in events)
    seq = 0
    departure = erased = None
    try:
        for stored in events:
            seq = stored.event.seq
            _do_again(rerun, chain, stored)
        _compare_present(instance, present, rerun)
    except Departed as departed:
        departure = Departure(seq, departed.why, departed.detail)
        if departed.why is Why.UNREADABLE and seq in erased_seqs(session, instance_id):
            departure, erased = None, Departure(seq, Why.ERASED)
    data = rerun.last.data if rerun.last else {}
    return Repetition(
        instance_id, instance.title, rerun.version, recorded, departure, rerun.waiting, chain.equal, erased, data
    )


def _do_again(rerun: Rerun, chain: Resealing, stored: Sealed) -> None:
    """Raises Departed where the event is not what it was."""
    body = stored.payload
    if stored.event.type in STEPS:
        body = payload_bytes(rerun.do(_recorded(stored)))
    if not chain.follow(stored, body):
        raise Departed(Why.EVENT)


def is_damaged(session: Session, house: House, instance_id: str) -> bool:
    """Whether the stored state is not the one that this house has sealed for the instance."""
    instance = session.execute(select(INSTANCE).where(INSTANCE.c.id == instance_id)).one()
    definition = house.definition(session.connection(), instance.definition_id)
    try:
        return house.engine.hash_of(definition, instance.state, instance_id) != str(instance.state_hash)
    except BadState:
        return True


def state_by_record(session: Session, house: House, instance_id: str) -> bytes:
    """What the stored state has to be, by the instance's record, sealed by this house. Raises Departed, NotFound."""
    instance, present, rerun = _begin(session, house, house.engine, instance_id)
    for stored in sealed_rows(session, instance_id):
        if stored.event.type in STEPS:
            rerun.do(_recorded(stored))
    _compare_present(instance, present, rerun)
    return rerun.state


def _begin(session: Session, house: House, engine: Engine, instance_id: str) -> tuple[Row[Any], Definition, Rerun]:
    """The instance as it is stored, its present version, and the rerun that begins. Raises NotFound."""
    instance = session.execute(select(INSTANCE).where(INSTANCE.c.id == instance_id)).one_or_none()
    if instance is None:
        raise NotFound
    present = house.definition(session.connection(), instance.definition_id)
    return instance, present, Rerun(engine, instance_id, partial(_version, session, house, present.key))


def _version(session: Session, house: House, key: str, hash_: str) -> Definition | None:
    """The version of a process with this hash."""
    where = (DEFINITION.c.key == key, DEFINITION.c.hash == hash_)
    id_ = session.scalar(select(DEFINITION.c.id).where(*where))
    return None if id_ is None else house.definition(session.connection(), id_)


def _recorded(stored: Sealed) -> Recorded:
    try:
        told = orjson.loads(stored.payload or b"")
        at = moment(stored.event.at)
    except (ValueError, TypeError) as error:
        raise Departed(Why.UNREADABLE) from error
    return Recorded(stored.event.seq, stored.event.type, at, stored.event.definition_hash, told)


def _compare_present(instance: Row[Any], present: Definition, rerun: Rerun) -> None:
    last = rerun.last
    reached = (rerun.version, last.state_hash, last.status) if last else (0, "", "")
    if reached != (instance.version, instance.state_hash, instance.status):
        raise Departed(Why.PRESENT)
    if rerun.definition is None or rerun.definition.hash != present.hash:
        raise Departed(Why.MODEL)
