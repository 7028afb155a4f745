"""Walks one instance of a real process by its elements, with a host that says only what the gateways read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.engine import Advance, Definition, Engine, Step, load
from app.services.definitions import sources_of

WORKFLOWS = Path(__file__).parents[2] / "workflows"
BEGIN = datetime(2023, 1, 10, 1, tzinfo=UTC)
FAR = datetime(9999, 12, 31, tzinfo=UTC)
KEY = b"a key of the tests, 32 bytes long"

Data = Mapping[str, Any]


def process(key: str) -> Definition:
    """With all that it calls."""
    return load(sources_of((WORKFLOWS / f"{key}.bpmn").read_bytes(), key, {}), key)


def in_turn(*answers: Any) -> Callable[[Data], Any]:
    """What a host says the first time, the second time, and so on; once more than that is a failure."""
    left: Iterator[Any] = iter(answers)
    return lambda data: next(left)


class Script:
    """A host. `says` maps the name of a task to the scalars it answers, and a due rule to its instant."""

    def __init__(self, **says: Any) -> None:
        self.says = says
        self.asked: list[str] = []

    def act(self, operation: str, element_id: str, data: Data) -> Any:
        return self._answer(element_id, data, default={})

    def due(self, rule: str, element_id: str, data: Data) -> Any:
        return self._answer(rule, data, default=FAR)

    def _answer(self, name: str, data: Data, default: Any) -> Any:
        self.asked.append(name)
        said = self.says.get(name, default)
        return said(data) if callable(said) else said


class Walk:
    """One instance; every step begins from the stored bytes. What is open, what was closed, which ends were reached."""

    def __init__(self, key: str, data: Data, **says: Any) -> None:
        self.process = process(key)
        self.host = Script(**says)
        self.closed: list[tuple[str, str]] = []
        self.ends: list[str] = []
        self._engine = Engine(KEY)
        self._version = 0
        self._tasks: dict[str, str] = {}  # task id -> element id, of what waits for a person
        self._timers: dict[str, tuple[str, datetime]] = {}
        self._messages: dict[str, tuple[str, str]] = {}  # task id -> element id, message
        self._take(self._engine.start(self.process, self._step(), data, self.host))

    @property
    def open(self) -> list[str]:
        """The user tasks that wait; one of a multi-instance for each of its items."""
        return sorted(self._tasks.values())

    @property
    def timers(self) -> dict[str, datetime]:
        return dict(self._timers.values())

    @property
    def messages(self) -> dict[str, str]:
        """Element -> name of the message it waits for."""
        return dict(self._messages.values())

    @property
    def is_over(self) -> bool:
        return self.last.status == "completed" and not (self._tasks or self._timers or self._messages)

    def do(self, element_id: str, **answers: Any) -> Walk:
        """Complete a user task; of several of a multi-instance, one."""
        task_id = next(id_ for id_, element in self._tasks.items() if element == element_id)
        return self._move(self._engine.complete, task_id, answers)

    def fire(self, element_id: str) -> Walk:
        return self._move(self._engine.fire, _key(self._timers, element_id))

    def deliver(self, element_id: str) -> Walk:
        """Give an element the message it waits for."""
        task_id = _key(self._messages, element_id)
        return self._move(self._engine.deliver, task_id, self._messages[task_id][1])

    def _move(self, command: Callable[..., Advance], *arguments: Any) -> Walk:
        self._take(command(self.process, self.last.state, self._step(), *arguments, self.host))
        return self

    def _step(self) -> Step:
        return Step("instance-1", self._version, BEGIN + timedelta(hours=self._version))

    def _take(self, advance: Advance) -> None:
        self.last = advance
        self._version += 1
        for closed in advance.closed:
            self.closed.append((self._tasks.pop(closed.task_id), closed.how))
        for id_ in advance.timers_closed:
            del self._timers[id_]
        for id_ in advance.subscriptions_closed:
            del self._messages[id_]
        self._tasks |= {task.task_id: task.element_id for task in advance.opened}
        self._timers |= {timer.task_id: (timer.element_id, timer.due_at) for timer in advance.timers}
        self._messages |= {row.task_id: (row.element_id, row.message) for row in advance.subscriptions}
        self.ends += [
            entry.element_id
            for entry in advance.trace
            if entry.state == "completed" and self.process.elements[entry.element_id].type == "endEvent"
        ]


def _key(waiting: Mapping[str, tuple[str, Any]], element_id: str) -> str:
    return next(id_ for id_, (element, _) in waiting.items() if element == element_id)
