"""A called process works inside its caller's instance: its casework and rules are laid over those of the caller.

The called process keeps forms, rules and actions of its own under its own ids, which no caller may use (the strict
reader refuses ids that stand twice in what a process calls).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.duties.duty import Duty
from app.engine import OpenTask
from app.services.cases import Case, Casework, FormTask, Responsible


def calling(caller: Casework, part: Casework, elements: frozenset[str]) -> Casework:
    """The caller's casework, with the part's for these elements: user tasks, timers and receive tasks of the part.

    Actions, due rules and told messages are known by name, so they need no list. Facts and rules of a caller are asked
    for the caller's elements only.
    """

    def chosen(element_id: str) -> Casework:
        return part if element_id in elements else caller

    def responsible(case: Case, task: OpenTask) -> Responsible | None:
        return chosen(task.element_id).responsible(case, task)

    def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        return chosen(task.element_id).receive(case, task, answers)

    def message_key(case: Case, message: str) -> str:
        return (part if message in part.messages else caller).message_key(case, message)

    assert caller.duty is not None
    assert part.duty is not None
    return replace(
        caller,
        duty=_duty(caller.duty, part.duty, elements),
        facts=lambda case, element_id, item: chosen(element_id).facts(case, element_id, item),
        prefill=lambda case, element_id, item: chosen(element_id).prefill(case, element_id, item),
        locked=lambda case, element_id, item: chosen(element_id).locked(case, element_id, item),
        receive=receive,
        responsible=responsible,
        message_key=message_key,
        actions={**caller.actions, **part.actions},
        optional=caller.optional | part.optional,
        unheard=caller.unheard | part.unheard,
    )


def _duty(caller: Duty, part: Duty, elements: frozenset[str]) -> Duty:
    def chosen(element_id: str) -> Duty:
        return part if element_id in elements else caller

    due_at: dict[str, Callable[..., Any]] = {**caller.due_at, **part.due_at}
    return replace(
        caller,
        forms={**caller.forms, **part.forms},
        due_at=due_at,
        check=lambda element_id, answers, facts: chosen(element_id).check(element_id, answers, facts),
        due_on=lambda element_id, facts: chosen(element_id).due_on(element_id, facts),
        offered=lambda element_id, facts: chosen(element_id).offered(element_id, facts),
    )
