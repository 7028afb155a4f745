"""The plain frozen data that cross the border of the engine room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.engine.faults import Problem

Scalar = str | int | float | bool | None
Answer = Mapping[str, Scalar | dict[str, Any]]


@dataclass(frozen=True)
class Element:
    """One drawn element. `type` is BPMN's own word (userTask); `parent` the enclosing sub-process, or None."""

    id: str
    name: str
    type: str
    lane: str | None
    documentation: str
    parent: str | None
    attached_to: str | None
    interrupting: bool
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Flow:
    """One sequence flow; `name` is the word beside the arrow."""

    id: str
    source: str
    target: str
    name: str


@dataclass(frozen=True)
class Definition:
    """One version of a process, fixed by the hash of its sources."""

    key: str
    name: str
    hash: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    arrows: Mapping[tuple[str, str], str] = field(repr=False)  # (source, target) -> flow id
    deployment: Any = field(repr=False, compare=False)  # the library's specs; nobody outside this room looks inside
    notices: tuple[Problem, ...] = ()  # what stands in the sources and has no effect, for who publishes them


@dataclass(frozen=True)
class Step:
    """Which command this is: `version` is that of the stored state it starts from, `at` its aware instant."""

    instance_id: str
    version: int
    at: datetime


class Host(Protocol):
    """What a process may ask of the world while it steps."""

    def act(self, operation: str, element_id: str, data: Mapping[str, Scalar]) -> Answer:
        """Do what a service or rule task names; the answer is merged into the task's data."""

    def due(self, rule: str, element_id: str, data: Mapping[str, Scalar]) -> datetime:
        """The aware instant a drawn timer waits for, asked as it begins to wait."""


@dataclass(frozen=True)
class OpenTask:
    """A task that now waits for a person. `item`: its key in the collection of the multi-instance around it."""

    task_id: str
    element_id: str
    name: str
    lane: str
    group: str
    properties: Mapping[str, str]
    item: str | None
    data: dict[str, Any]


@dataclass(frozen=True)
class ClosedTask:
    task_id: str
    element_id: str
    how: Literal["completed", "cancelled"]


@dataclass(frozen=True)
class OpenTimer:
    task_id: str
    element_id: str
    due_at: datetime
    item: str | None = None


@dataclass(frozen=True)
class Subscription:
    task_id: str
    element_id: str
    message: str
    item: str | None = None


@dataclass(frozen=True)
class SentMessage:
    name: str
    element_id: str


@dataclass(frozen=True)
class Trace:
    """One change of one element, in order; `flow_id` is the arrow by which it was entered."""

    element_id: str
    state: Literal["entered", "completed", "cancelled"]
    task_id: str
    flow_id: str | None


@dataclass(frozen=True)
class Advance:
    """What one outside action made of an instance. `answers` is what the host said, enough to replay the step."""

    state: bytes
    state_hash: str
    status: Literal["active", "completed", "cancelled"]
    opened: tuple[OpenTask, ...]
    closed: tuple[ClosedTask, ...]
    timers: tuple[OpenTimer, ...]
    timers_closed: tuple[str, ...]
    subscriptions: tuple[Subscription, ...]
    subscriptions_closed: tuple[str, ...]
    sent: tuple[SentMessage, ...]
    trace: tuple[Trace, ...]
    data: dict[str, Any]
    answers: tuple[dict[str, Any], ...]
    live: Any = field(repr=False, compare=False)
