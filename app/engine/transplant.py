"""Puts a stored state onto another version: names exchanged, the future predicted again, new boundary events armed.

What waits keeps its id, its data, its instant and its counters. What is finished and unknown to the new version stays
in its place, under a name for which nothing looks.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.levels import ACTIVE, CHILD, CHILDREN, NAME, PARENT, PAST, SPLIT, Fate, Level, Row
from app.engine.workflow import LiveWorkflow


def rewrite(levels: list[Level]) -> bytes:
    """The body of the state with the names of the new version, and without what was only predicted. None is stuck."""
    return orjson.dumps([[level.owner, _attributes(level), _rewritten(level)] for level in levels])


def _attributes(level: Level) -> list[Any]:
    places = _places(level)
    root, last, *rest = level.attributes
    return [places[root], None if last is None else places.get(last), *rest]


def _rewritten(level: Level) -> list[list[Any]]:
    places = _places(level)
    kept = [row for row in level.rows if row.fate is not Fate.LEFT]
    parents = {row.number: _parent(level, row) for row in kept}
    children: dict[int, list[int]] = {row.number: [] for row in kept}
    for row in kept:
        children[row.number] += [
            number for number in row.stored[CHILDREN] if number in parents and parents[number] == row.number
        ]
    for number, parent in parents.items():
        if parent is not None and number not in children[parent]:
            children[parent].append(number)
    return [_row(row, parents[row.number], children[row.number], places) for row in kept]


def _row(row: Row, parent: int | None, children: list[int], places: dict[int, int]) -> list[Any]:
    stored = list(row.stored)
    stored[PARENT] = None if parent is None else places[parent]
    stored[CHILDREN] = [places[child] for child in children]
    stored[NAME] = row.becomes.name if row.fate is Fate.KEPT else PAST
    return stored


def _places(level: Level) -> dict[int, int]:
    """Old row number -> new row number."""
    kept = (row.number for row in level.rows if row.fate is not Fate.LEFT)
    return {number: place for place, number in enumerate(kept)}


def _parent(level: Level, row: Row) -> int | None:
    """A boundary event that the new version does not know must not count among the children of its split."""
    parent: int | None = row.stored[PARENT]
    if parent is not None and row.fate is Fate.PAST and isinstance(row.spec, BoundaryEvent):
        above: int | None = level.rows[parent].stored[PARENT]
        return above
    return parent


def grow(workflow: LiveWorkflow) -> None:
    """Predict again what may follow, and arm the boundary events that the new version gives to what waits.

    Within a step, with a script engine that knows the due rules.
    """
    waiting = [task for task in workflow.all_tasks() if task._state & ACTIVE]
    for task in waiting:
        _predict(task)
    for task in waiting:
        split = task.workflow.spec.task_specs.get(task.task_spec.name + SPLIT)
        if split is not None and not task.task_spec.name.endswith(CHILD):
            _arm(task, split)


def _predict(task: Task) -> None:
    """The library predicts only below what has not begun, so the task is set back while it does."""
    state = task._state
    task._state = TaskState.MAYBE if isinstance(task.task_spec, BoundaryEvent) else TaskState.FUTURE
    task.task_spec._predict(task, mask=TaskState.PREDICTED_MASK | TaskState.FUTURE)
    task._state = state


def _arm(host: Task, split_spec: Any) -> None:
    split = host.parent if host.parent.task_spec is split_spec else _put_between(host, split_spec)
    armed = {child.task_spec for child in split.children}
    for spec in split_spec.outputs:
        if isinstance(spec, BoundaryEvent) and spec not in armed:
            event = split._add_child(spec, TaskState.MAYBE)
            _predict(event)
            event._set_state(TaskState.WAITING)
            spec._update(event)


def _put_between(host: Task, split_spec: Any) -> Task:
    """The split that stands above an element with boundary events."""
    above = host.parent
    place = above._children.index(host.id)
    split = Task(host.workflow, split_spec, above, state=TaskState.COMPLETED)
    split.data = deepcopy(above.data)
    above._children.remove(split.id)
    above._children[place] = split.id
    split._children, host._parent = [host.id], split.id
    return split
