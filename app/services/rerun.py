"""One instance done again, event by event, in an engine that knows nothing but the record.

The version of the definition is the one that each event names. A migration is done again like any other step, and the
way back needs the state of before it, which is kept here for so long as nothing else was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine import Advance, Definition, Engine, EngineError, ReplayHost, Step
from app.services.told import Told, told_again
from app.terms import EventType, Word

MOVES = (EventType.TIMER_MOVED, EventType.DUE_DATE_MOVED)

VersionOf = Callable[[str], Definition | None]  # by the hash of its sources


class Why(Word):
    """How a repetition may differ from the record."""

    STATE = "state", "重新执行得到的状态不同"
    TRACE = "trace", "经过的环节不同"
    HOST = "host", "当时给出的答复没有用完"
    REFUSED = "refused", "按记录无法重新执行"
    UNREADABLE = "unreadable", "记录的内容缺失或不完整"
    VERSION = "version", "步骤不连续"
    EVENT = "event", "按重新执行的结果，记录应为另外的内容"
    ERASED = "erased", "内容已依法删除，无法重新执行"
    MODEL = "model", "流程定义不是当时的版本"
    PRESENT = "present", "与流程实例现在的状态不同"


class Departed(Exception):
    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.detail = detail


@dataclass(frozen=True)
class Recorded:
    """One step as its event tells of it."""

    seq: int
    type: str
    at: datetime
    definition_hash: str | None
    told: Mapping[str, Any]


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


@dataclass
class Rerun:
    """An instance as far as it was done again. version: how many steps that are."""

    engine: Engine
    instance_id: str
    version_of: VersionOf
    version: int = 0
    definition: Definition | None = None
    last: Advance | None = None
    waiting: Waiting = field(default_factory=Waiting)
    _before: tuple[Definition, bytes] | None = None  # the last step, where that was a migration

    def do(self, recorded: Recorded) -> Told:
        """Do one step again: what its event has to say. Raises Departed where it does not give what was recorded."""
        try:
            told = recorded.told["step"]
            if told["version"] != self.version:
                raise Departed(Why.VERSION)
            host = ReplayHost(told["answers"])
            definition, advance = self._act(recorded, host)
            _compare(recorded, advance)
            again = told_again(recorded.told, self.version, advance)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise Departed(Why.UNREADABLE, repr(error)) from error
        except EngineError as error:
            raise Departed(Why.REFUSED, str(error)) from error
        if not host.is_used_up():
            raise Departed(Why.HOST)
        self._take(recorded, definition, advance)
        return again

    def _take(self, recorded: Recorded, definition: Definition, advance: Advance) -> None:
        is_migration = recorded.type == EventType.INSTANCE_MIGRATED
        self._before = (self._present(), self.state) if is_migration else None
        self.definition, self.last = definition, advance
        self.waiting.take(advance)
        if recorded.type in MOVES:
            self.waiting.timers |= _instants(recorded.told)
        self.version += 1

    @property
    def state(self) -> bytes:
        return self.last.state if self.last is not None else b""

    def _present(self) -> Definition:
        if self.definition is None:
            raise Departed(Why.REFUSED, "nothing was started")
        return self.definition

    def _act(self, recorded: Recorded, host: ReplayHost) -> tuple[Definition, Advance]:
        """The version after the step, and the step."""
        step = Step(self.instance_id, self.version, recorded.at)
        named = self._named(recorded.definition_hash)
        match recorded.type:
            case EventType.INSTANCE_STARTED:
                return named, self.engine.start(named, step, recorded.told["values"], host)
            case EventType.INSTANCE_MIGRATED:
                return named, self._migrate(recorded, named, step, host)
            case EventType.MIGRATION_UNDONE:
                return named, self._migrate_back(named, step)
        if named.hash != self._present().hash:
            raise Departed(Why.MODEL)
        return named, _moved(self.engine, named, self.state, step, recorded, host)

    def _named(self, hash_: str | None) -> Definition:
        if self.definition is not None and self.definition.hash == hash_:
            return self.definition
        named = self.version_of(hash_ or "")
        if named is None:
            raise Departed(Why.MODEL)
        return named

    def _migrate(self, recorded: Recorded, new: Definition, step: Step, host: ReplayHost) -> Advance:
        old, told = self._present(), recorded.told
        if (told["from"]["hash"], told["to"]["hash"]) != (old.hash, new.hash):
            raise Departed(Why.MODEL)
        return self.engine.migrate(old, new, self.state, step, told["mapping"], host)

    def _migrate_back(self, old: Definition, step: Step) -> Advance:
        if self._before is None or self._before[0].hash != old.hash:
            raise Departed(Why.REFUSED, "no migration came right before")
        return self.engine.migrate_back(self._present(), self.state, *self._before, step)


def _moved(
    engine: Engine, definition: Definition, state: bytes, step: Step, recorded: Recorded, host: ReplayHost
) -> Advance:
    told = recorded.told
    match recorded.type:
        case EventType.TASK_COMPLETED | EventType.SIGNER_REMOVED:
            return engine.complete(definition, state, step, told["task"], told["values"], host)
        case EventType.TASK_RETURNED:
            return engine.send_back(definition, state, step, told["task"], told["entry"], host)
        case EventType.SIGNER_ADDED:
            return engine.add_item(definition, state, step, told["task"], told["key"], told["item"], host)
        case EventType.TIMER_FIRED:
            return engine.fire(definition, state, step, told["task"], host)
        case EventType.INSTANCE_CANCELLED:
            return engine.cancel(definition, state, step)
        case EventType.TIMER_MOVED | EventType.DUE_DATE_MOVED:
            return engine.move_timers(definition, state, step, _instants(told))
        case _:
            return engine.deliver(definition, state, step, told["task"], told["message"], host)


def _instants(told: Mapping[str, Any]) -> dict[str, datetime]:
    """Timer -> the instant to which it was moved."""
    return {row["timer"]: datetime.fromisoformat(row["to"]) for row in told["timers"]}


def _compare(recorded: Recorded, advance: Advance) -> None:
    if advance.state_hash != recorded.told["step"]["state_hash"]:
        raise Departed(Why.STATE)
    trace = [[change.element_id, change.state, change.task_id, change.flow_id] for change in advance.trace]
    if trace != recorded.told["trace"]:
        raise Departed(Why.TRACE)
