"""Reads off a workflow what waits in it and, after a step, what became of what waited before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.lanes import LANES
from app.engine.specs import DUE, NamedTimer
from app.engine.types import ClosedTask, Definition, OpenTask, OpenTimer, Subscription, Trace
from app.engine.workflow import LiveWorkflow

_ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


@dataclass(frozen=True, slots=True)
class Seen:
    """One active task at one moment. `shown`: it counts as an entered element on the diagram."""

    task: Task
    element_id: str
    kind: str  # "task", "timer", "message" or "" where nobody outside can move it
    shown: bool


Snapshot = dict[UUID, Seen]  # active tasks only: what is finished never changes again, what is predicted does not count


def snapshot(workflow: LiveWorkflow) -> Snapshot:
    return {task.id: _seen(task) for task in workflow.all_tasks() if task._state & _ACTIVE}


def _seen(task: Task) -> Seen:
    is_armed = task._state == TaskState.WAITING and _is_boundary(task)
    return Seen(task, task.task_spec.bpmn_id or "", _kind(task), not is_armed and bool(task.task_spec.bpmn_id))


def latest_change(workflow: LiveWorkflow) -> float:
    return max(task.last_state_change for task in workflow.all_tasks())


def _kind(task: Task) -> str:
    if task._state == TaskState.READY:
        return "task" if task.task_spec.manual and not isinstance(task.task_spec, LoopTask) else ""
    if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
        event = task.task_spec.event_definition
        if isinstance(event, NamedTimer):
            return "timer"
        return "message" if isinstance(event, MessageEventDefinition) else ""
    return ""


def _is_boundary(task: Task) -> bool:
    return isinstance(task.task_spec, BoundaryEvent)


def is_waiting_for(task: Task, kind: str) -> bool:
    return _kind(task) == kind


def opened(workflow: LiveWorkflow, definition: Definition, before: Snapshot, after: Snapshot) -> tuple[OpenTask, ...]:
    return tuple(_open_task(workflow, definition, task) for task in _new(before, after, "task"))


def timers(workflow: LiveWorkflow, before: Snapshot, after: Snapshot) -> tuple[OpenTimer, ...]:
    return tuple(
        OpenTimer(
            str(task.id),
            task.task_spec.bpmn_id,
            datetime.fromisoformat(task.internal_data[DUE]),
            _item(workflow, task),
        )
        for task in _new(before, after, "timer")
    )


def subscriptions(workflow: LiveWorkflow, before: Snapshot, after: Snapshot) -> tuple[Subscription, ...]:
    return tuple(
        Subscription(str(task.id), task.task_spec.bpmn_id, task.task_spec.event_definition.name, _item(workflow, task))
        for task in _new(before, after, "message")
    )


def _new(before: Snapshot, after: Snapshot, kind: str) -> list[Task]:
    return [
        seen.task
        for id_, seen in after.items()
        if seen.kind == kind and (id_ not in before or before[id_].kind != kind)
    ]


def gone(before: Snapshot, after: Snapshot, kind: str) -> list[Task]:
    """Tasks that waited before and wait no more; an interrupted multi-instance takes them out of the tree."""
    return [
        seen.task for id_, seen in before.items() if seen.kind == kind and (id_ not in after or after[id_].kind != kind)
    ]


def closed(before: Snapshot, after: Snapshot) -> tuple[ClosedTask, ...]:
    return tuple(
        ClosedTask(str(task.id), task.task_spec.bpmn_id, "completed" if _is_done(task) else "cancelled")
        for task in gone(before, after, "task")
    )


def closed_ids(before: Snapshot, after: Snapshot, kind: str) -> tuple[str, ...]:
    return tuple(str(task.id) for task in gone(before, after, kind))


def _is_done(task: Task) -> bool:
    return bool(task._state == TaskState.COMPLETED)


def _open_task(workflow: LiveWorkflow, definition: Definition, task: Task) -> OpenTask:
    element = definition.elements[task.task_spec.bpmn_id]
    lane = element.lane or ""
    return OpenTask(
        task_id=str(task.id),
        element_id=element.id,
        name=element.name,
        lane=lane,
        group=LANES.get(lane, ""),
        properties=dict(element.properties),
        item=_item(workflow, task),
        data=dict(task.data),
    )


def _item(workflow: LiveWorkflow, task: Task) -> str | None:
    """The key of the task in a collection, its own or that of the nearest multi-instance around it."""
    current: Task | None = task
    while current is not None:
        key = current.internal_data.get("key_or_index")
        if key is not None:
            return str(key)
        owner = current.workflow.parent_task_id
        current = workflow.find(owner) if owner is not None else None
    return None


def trace(workflow: LiveWorkflow, definition: Definition, before: Snapshot, since: float) -> tuple[Trace, ...]:
    """The changes of elements in this step, in order; to be read before finished sub-workflows are forgotten."""
    found: list[tuple[float, int, Trace]] = []
    present: set[UUID] = set()
    for task in workflow.all_tasks():
        present.add(task.id)
        if task.last_state_change > since and task.task_spec.bpmn_id and not _is_frame(task):
            found += _changes(task, before.get(task.id), definition.arrows)
    found += [  # an interrupted multi-instance and all within it are taken out of the tree
        (float("inf"), 1, Trace(seen.element_id, "cancelled", str(id_), None))
        for id_, seen in before.items()
        if seen.shown and id_ not in present
    ]
    return tuple(entry for _, _, entry in sorted(found, key=lambda item: item[:2]))


def _is_frame(task: Task) -> bool:
    """A multi-instance's own task beside its children, which are drawn as the same element."""
    return isinstance(task.task_spec, LoopTask) and bool(task._children)


def _changes(task: Task, was: Seen | None, arrows: Mapping[tuple[str, str], str]) -> list[tuple[float, int, Trace]]:
    element_id, task_id = task.task_spec.bpmn_id, str(task.id)
    was_shown = was is not None and was.shown
    is_shown = bool(task._state & _ACTIVE) and _seen(task).shown
    found: list[tuple[float, int, Trace]] = []
    if (is_shown or _is_done(task)) and not was_shown:
        parent = task.parent
        at = min(parent.last_state_change, task.last_state_change) if parent else task.last_state_change
        found.append((at, 1, Trace(element_id, "entered", task_id, _arrow(task, arrows))))
    if _is_done(task):
        found.append((task.last_state_change, 0, Trace(element_id, "completed", task_id, None)))
    if task._state == TaskState.CANCELLED and was_shown:
        found.append((task.last_state_change, 0, Trace(element_id, "cancelled", task_id, None)))
    return found


def _arrow(task: Task, arrows: Mapping[tuple[str, str], str]) -> str | None:
    """The flow from the nearest drawn element before this one; the library puts tasks of its own between them."""
    target, before = task.task_spec.bpmn_id, task.parent
    if before is not None and isinstance(before.task_spec, LoopTask) and before.task_spec.bpmn_id in (None, target):
        before = before.parent
    while before is not None and before.task_spec.bpmn_id is None:
        before = before.parent
    return arrows.get((before.task_spec.bpmn_id, target)) if before is not None else None


def current_data(workflow: LiveWorkflow) -> dict[str, Any]:
    """The data of the main flow: of the whole when it has ended, else of the task that completed last in it."""
    if workflow.completed and workflow.data:
        return dict(workflow.data)
    last = workflow.last_task
    return dict(last.data) if last is not None else dict(workflow.task_tree.data)
