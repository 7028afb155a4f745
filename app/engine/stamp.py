"""Ids and times of a command come from the command: the library's two doors to chance and clock are replaced once.

SpiffWorkflow asks `uuid4` for a task's id and `time.time` for the moment of a change, both as names of its module
`task`. Here they read a context variable, so threads do not disturb each other, and outside of a command they refuse:
an engine that quietly used the real clock would not replay.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

import SpiffWorkflow.task as library_task

from app.engine.types import Step

TICK = 0.000_001  # seconds; the changes of one command are a tick apart, so their order can be read


@dataclass
class _Running:
    namespace: UUID
    instant: float
    ids: int = 0
    ticks: int = 0


_running: ContextVar[_Running | None] = ContextVar("engine_step", default=None)


def _now_running() -> _Running:
    running = _running.get()
    if running is None:
        raise RuntimeError("the engine was moved outside of a step")
    return running


def _next_id() -> UUID:
    running = _now_running()
    running.ids += 1
    return uuid5(running.namespace, str(running.ids))


class _StepTime:
    """Stands for the module `time` in SpiffWorkflow.task, which uses only this of it."""

    @staticmethod
    def time() -> float:
        running = _now_running()
        running.ticks += 1
        return running.instant + running.ticks * TICK


library_task.uuid4 = _next_id
library_task.time = _StepTime()


@contextmanager
def stamped(step: Step, latest: float = 0.0) -> Iterator[float]:
    """Within the block, ids and times belong to this step; gives the instant before its first change.

    latest: the last change in the instance. Its order survives a second command in the same instant, or a clock that
    was set back.
    """
    if step.at.tzinfo is None:
        raise ValueError("the instant of a step must be aware")
    namespace = uuid5(NAMESPACE_URL, f"duban:{step.instance_id}:{step.version}")
    running = _Running(namespace, max(step.at.timestamp(), latest))
    token = _running.set(running)
    try:
        yield running.instant
    finally:
        _running.reset(token)
