"""Drives one instance through the engine room as a service would: by element, keeping the state between the steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.engine import Advance, Definition, Engine, OpenTask, OpenTimer, Step, Subscription, load

HERE = Path(__file__).parent
BEGIN = datetime(2024, 1, 1, 1, tzinfo=UTC)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
KEY = b"a key of the tests, 32 bytes long"
START = {"outcome": "", "round": 0}
UNITS = {"units": {"a": {"n": 1}, "b": {"n": 2}, "c": {"n": 3}}}


def sources(name: str) -> dict[str, bytes]:
    """valid_<name>.bpmn, with the process that some of them call."""
    found = {f"{name}.bpmn": (HERE / f"valid_{name}.bpmn").read_bytes()}
    if b'calledElement="called"' in found[f"{name}.bpmn"]:
        found["called.bpmn"] = (HERE / "called.bpmn").read_bytes()
    return found


def model(name: str) -> Definition:
    return load(sources(name), name)


def _awaited(begun: OpenTask | OpenTimer | Subscription) -> str:
    if isinstance(begun, Subscription):
        return begun.message
    return "timer" if isinstance(begun, OpenTimer) else "task"


class Office:
    """A host that remembers what it was asked; `answers` by operation, a function of the data or a mapping."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers = dict(answers or {})
        self.asked: list[str] = []

    def act(self, operation: str, element_id: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(operation)
        answer = self.answers.get(operation, {})
        return answer(data) if callable(answer) else answer

    def due(self, rule: str, element_id: str, data: Mapping[str, Any]) -> datetime:
        self.asked.append(rule)
        answer = self.answers.get(rule, FAR)
        return answer(data) if callable(answer) else answer


class Instance:
    """One instance; `warm` keeps the live object between steps, else each step begins from the stored bytes."""

    def __init__(
        self, name: str, data: Mapping[str, Any] | None = None, host: Office | None = None, warm: bool = False
    ) -> None:
        self.definition = model(name)
        self.engine = Engine(KEY)
        self.host = host or Office()
        self.warm = warm
        self.version = 0
        self.tasks: dict[str, str] = {}  # task id -> element id, of what waits
        self.awaited: dict[str, str] = {}  # task id -> "task", "timer" or the name of the message
        self.sent: list[str] = []
        self.hashes: list[str] = []
        self._take(self.engine.start(self.definition, self._step(), {**START, **(data or {})}, self.host))

    def do(self, element_id: str, nth: int = 0, **data: Any) -> Instance:
        self._take(
            self.engine.complete(self.definition, self.state, self._step(), self.id(element_id, nth), data, self.host)
        )
        return self

    def fire(self, element_id: str) -> Instance:
        self._take(self.engine.fire(self.definition, self.state, self._step(), self.id(element_id), self.host))
        return self

    def deliver(self, element_id: str, message: str, nth: int = 0) -> Instance:
        task_id = self.id(element_id, nth)
        self._take(self.engine.deliver(self.definition, self.state, self._step(), task_id, message, self.host))
        return self

    def move(self, element_id: str, **data: Any) -> Instance:
        """Whatever the element waits for, happens."""
        awaited = self.awaited[self.id(element_id)]
        if awaited == "task":
            return self.do(element_id, **data)
        return self.fire(element_id) if awaited == "timer" else self.deliver(element_id, awaited)

    def cancel(self) -> Instance:
        self._take(self.engine.cancel(self.definition, self.state, self._step()))
        return self

    def id(self, element_id: str, nth: int = 0) -> str:
        return [task_id for task_id, element in self.tasks.items() if element == element_id][nth]

    @property
    def state(self) -> bytes:
        return self.last.state

    @property
    def waiting(self) -> list[str]:
        """The elements that wait for a person, a timer or a message."""
        return sorted(self.tasks.values())

    def _step(self) -> Step:
        return Step("instance-1", self.version, BEGIN + timedelta(hours=self.version))

    def _take(self, advance: Advance) -> None:
        self.last = advance
        self.version += 1
        ended = [*(c.task_id for c in advance.closed), *advance.timers_closed, *advance.subscriptions_closed]
        for task_id in ended:
            del self.tasks[task_id], self.awaited[task_id]
        for begun in (*advance.opened, *advance.timers, *advance.subscriptions):
            self.tasks[begun.task_id] = begun.element_id
            self.awaited[begun.task_id] = _awaited(begun)
        self.sent += [message.name for message in advance.sent]
        self.hashes.append(advance.state_hash)
        if self.warm:
            self.engine.keep(advance)
