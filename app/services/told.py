"""What an event says of a step as far as the engine gives it: said when it is done, and again when it is repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.engine import Advance

Told = dict[str, Any]


def told_of(version: int, advance: Advance, opened: Sequence[Mapping[str, Any]]) -> Told:
    """Enough to show the step on the diagram and to do it again. opened: what is said of each task that now waits."""
    return {
        "step": {"version": version, "state_hash": advance.state_hash, "answers": list(advance.answers)},
        "trace": [[change.element_id, change.state, change.task_id, change.flow_id] for change in advance.trace],
        "opened": list(opened),
        "closed": [[task.task_id, task.element_id, task.how] for task in advance.closed],
        "status": advance.status,
    }


def waits_of(advance: Advance, keys: Mapping[str, str], rekeyed: Sequence[tuple[str, str]] = ()) -> list[list[str]]:
    """What the step began and ceased to wait for, so that who has only the log knows the timers and subscriptions.

    keys: by task id, under which key its message is waited for. rekeyed: messages that wait under another key now.
    """
    begun = [(wait, keys[wait.task_id]) for wait in advance.subscriptions]
    return [
        *(["key", message, key] for message, key in rekeyed),
        *(["over", task_id] for task_id in (*advance.timers_closed, *advance.subscriptions_closed)),
        *(["timer", timer.task_id, timer.element_id, timer.due_at.isoformat()] for timer in advance.timers),
        *(["message", wait.task_id, wait.element_id, wait.message, key] for wait, key in begun),
    ]


def told_again(told: Mapping[str, Any], version: int, advance: Advance) -> Told:
    """What the event of this step has to say: what the engine gives anew, the rest as it is recorded.

    Raises LookupError, TypeError or ValueError where the record has another shape.
    """
    of_tasks = "waiting" if "waiting" in told else "opened"
    recorded = told.get(of_tasks, ())
    tasks = [{**row, **named} for row, named in zip(recorded, _named(advance), strict=True)]
    fresh: Told = {**told_of(version, advance, ()), of_tasks: tasks, "waits": _waits_again(told, advance)}
    return {**told, **{name: value for name, value in fresh.items() if name in told}}


def _named(advance: Advance) -> list[Told]:
    return [{"task": task.task_id, "element": task.element_id, "name": task.name} for task in advance.opened]


def _waits_again(told: Mapping[str, Any], advance: Advance) -> list[list[str]]:
    recorded = told.get("waits", ())
    keys = {wait[1]: wait[4] for wait in recorded if wait[0] == "message"}
    rekeyed = [(wait[1], wait[2]) for wait in recorded if wait[0] == "key"]
    return waits_of(advance, keys, rekeyed) if "waits" in told else []
