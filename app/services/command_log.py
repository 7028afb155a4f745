"""One line of the log and one count for each command, done or refused.

The line has ids only: the actor's, never a name or a login, and nothing of what was typed. Where nobody configured
logs, in a test or a measurement, nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog

from app import metrics
from app.errors import AppError, Conflict
from app.queries.actor import Actor
from app.services.house import House

if TYPE_CHECKING:
    from app.services.commands import Command

Answer = dict[str, Any]
Run = Callable[[House, Actor, "Command"], Answer]

DONE, DEFECT = "ok", "defect"

log = structlog.get_logger()


def told(run: Run) -> Run:
    """The same function, which tells how each command went."""

    @wraps(run)
    def telling(house: House, actor: Actor, command: Command) -> Answer:
        if house.is_copy:
            return run(house, actor, command)
        began, answer, code = perf_counter(), {}, DEFECT
        try:
            answer = run(house, actor, command)
            code = DONE
        except AppError as error:
            code = error.code
            if isinstance(error, Conflict):
                metrics.count_conflict(code)
            raise
        finally:
            seconds = perf_counter() - began
            metrics.count_command(command.kind, code, seconds)
            if structlog.is_configured():
                log.info("command", **_line(actor, command, answer), code=code, ms=round(seconds * 1000, 2))
        return answer

    return telling


def attempts(most: int) -> Iterator[int]:
    """0, 1, 2…: each after the first is a transaction begun again."""
    for attempt in range(most):
        if attempt:
            metrics.count_retry()
        yield attempt


def _line(actor: Actor, command: Command, answer: Mapping[str, Any]) -> dict[str, Any]:
    """actor: the person's id, or the word for who is nobody, `clock` or `system`."""
    asked = command.payload
    return {
        "kind": command.kind,
        "key": command.key,
        "instance": asked.get("instance_id") or answer.get("instance_id") or answer.get("id"),
        "task": asked.get("task_id") or asked.get("timer_id"),
        "actor": actor.person_id or actor.login,
    }
