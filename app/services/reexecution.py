"""Does recorded commands again, in an engine that knows nothing but the record, and compares every state it reaches."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.engine import Advance, Definition, Engine, EngineError, ReplayHost, Step
from app.errors import NotFound
from app.models.event import EventPayload, EventRow
from app.models.process import ProcessInstance
from app.services.history import moment
from app.services.house import House
from app.terms import EventType, Word

EVENT, PAYLOAD, INSTANCE = table_of(EventRow), table_of(EventPayload), table_of(ProcessInstance)

STEPS = frozenset(
    {
        EventType.INSTANCE_STARTED,
        EventType.TASK_COMPLETED,
        EventType.MESSAGE_DELIVERED,
        EventType.WITHDRAWN,
        EventType.TIMER_FIRED,
        EventType.INSTANCE_CANCELLED,
    }
)


class Why(Word):
    """How a repetition may differ from the record."""

    STATE = "state", "重新执行得到的状态不同"
    TRACE = "trace", "经过的环节不同"
    HOST = "host", "当时给出的答复没有用完"
    REFUSED = "refused", "按记录无法重新执行"
    UNREADABLE = "unreadable", "记录的内容缺失或不完整"
    VERSION = "version", "步骤不连续"
    MODEL = "model", "流程定义不是当时的版本"
    PRESENT = "present", "与流程实例现在的状态不同"


ENGLISH = {
    Why.STATE: "reached another state",
    Why.TRACE: "took another way",
    Why.HOST: "not every recorded answer was asked for",
    Why.REFUSED: "cannot be done again",
    Why.UNREADABLE: "the record is incomplete",
    Why.VERSION: "the steps have a gap",
    Why.MODEL: "the definition is not the one of then",
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


@dataclass
class Waiting:
    """What the engine says the instance waits for, by task id: its element, its instant, its message."""

    tasks: dict[str, str] = field(default_factory=dict)
    timers: dict[str, datetime] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)

    def take(self, advance: Advance) -> None:
        for closed in advance.closed:
            del self.tasks[closed.task_id]
        for id_ in advance.timers_closed:
            del self.timers[id_]
        for id_ in advance.subscriptions_closed:
            del self.messages[id_]
        self.tasks |= {task.task_id: task.element_id for task in advance.opened}
        self.timers |= {timer.task_id: timer.due_at for timer in advance.timers}
        self.messages |= {wait.task_id: wait.message for wait in advance.subscriptions}


@dataclass(frozen=True)
class Repetition:
    """One instance done again. equal: steps that reached the recorded state, of the recorded ones."""

    instance_id: str
    title: str
    equal: int
    recorded: int
    departure: Departure | None
    waiting: Waiting

    @property
    def is_equal(self) -> bool:
        return self.departure is None


@dataclass(frozen=True)
class _Recorded:
    """One step as its event tells of it."""

    seq: int
    type: str
    at: datetime
    definition_hash: str | None
    told: Mapping[str, Any]


class _Departed(Exception):
    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.detail = detail


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


def instance_ids(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(INSTANCE.c.id).order_by(INSTANCE.c.started_at, INSTANCE.c.id)))


def count_instances(house: House) -> int:
    """How many replay_all will give."""
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(INSTANCE)) or 0


def replay_in(session: Session, house: House, engine: Engine, instance_id: str) -> Repetition:
    """The instance as this session sees it. Raises NotFound."""
    instance = session.execute(select(INSTANCE).where(INSTANCE.c.id == instance_id)).one_or_none()
    if instance is None:
        raise NotFound
    rows = _rows(session, instance_id)
    definition = house.definition(session.connection(), instance.definition_id)
    waiting, equal, seq = Waiting(), 0, 0
    departure: Departure | None = None
    last: Advance | None = None
    try:
        for row in rows:
            seq = row.seq
            last = _step(engine, definition, instance_id, equal, _recorded(row), last)
            waiting.take(last)
            equal += 1
        _compare_present(instance, equal, last)
    except _Departed as departed:
        departure = Departure(seq, departed.why, departed.detail)
    return Repetition(instance_id, instance.title, equal, len(rows), departure, waiting)


def _rows(session: Session, instance_id: str) -> list[Row[Any]]:
    """The events that moved the engine."""
    return list(
        session.execute(
            select(EVENT.c.seq, EVENT.c.type, EVENT.c.at, EVENT.c.definition_hash, PAYLOAD.c.body)
            .outerjoin(PAYLOAD, and_(PAYLOAD.c.stream == EVENT.c.stream, PAYLOAD.c.seq == EVENT.c.seq))
            .where(EVENT.c.stream == instance_id, EVENT.c.type.in_(STEPS))
            .order_by(EVENT.c.seq)
        )
    )


def _recorded(row: Row[Any]) -> _Recorded:
    try:
        told = orjson.loads(row.body or "")
        at = moment(row.at)
    except (ValueError, TypeError) as error:
        raise _Departed(Why.UNREADABLE) from error
    return _Recorded(row.seq, row.type, at, row.definition_hash, told)


def _step(
    engine: Engine, definition: Definition, instance_id: str, version: int, recorded: _Recorded, last: Advance | None
) -> Advance:
    """Do one step again. Raises _Departed where it does not give what was recorded."""
    if recorded.definition_hash != definition.hash:
        raise _Departed(Why.MODEL)
    try:
        told = recorded.told["step"]
        if told["version"] != version:
            raise _Departed(Why.VERSION)
        host = ReplayHost(told["answers"])
        step = Step(instance_id, version, recorded.at)
        advance = _act(engine, definition, last.state if last else b"", step, recorded, host)
        if advance.state_hash != told["state_hash"]:
            raise _Departed(Why.STATE)
        if _trace(advance) != recorded.told["trace"]:
            raise _Departed(Why.TRACE)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise _Departed(Why.UNREADABLE, repr(error)) from error
    except EngineError as error:
        raise _Departed(Why.REFUSED, str(error)) from error
    if not host.is_used_up():
        raise _Departed(Why.HOST)
    return advance


def _act(
    engine: Engine, definition: Definition, state: bytes, step: Step, recorded: _Recorded, host: ReplayHost
) -> Advance:
    told = recorded.told
    match recorded.type:
        case EventType.INSTANCE_STARTED:
            return engine.start(definition, step, told["values"], host)
        case EventType.TASK_COMPLETED:
            return engine.complete(definition, state, step, told["task"], told["values"], host)
        case EventType.TIMER_FIRED:
            return engine.fire(definition, state, step, told["task"], host)
        case EventType.INSTANCE_CANCELLED:
            return engine.cancel(definition, state, step)
        case _:
            return engine.deliver(definition, state, step, told["task"], told["message"], host)


def _trace(advance: Advance) -> list[list[str | None]]:
    return [[change.element_id, change.state, change.task_id, change.flow_id] for change in advance.trace]


def _compare_present(instance: Row[Any], steps: int, last: Advance | None) -> None:
    reached = (steps, last.state_hash, last.status) if last else (0, "", "")
    if reached != (instance.version, instance.state_hash, instance.status):
        raise _Departed(Why.PRESENT)
