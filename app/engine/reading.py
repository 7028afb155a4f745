"""Reads off a workflow what waits in it and, after a step, what became of what waited before."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Seen:
    """One task at one moment. `shown`: it counts as an entered element on the diagram."""

    element_id: str | None
    state: int
    kind: str  # "task", "timer", "message" or "" where nobody outside can move it
    shown: bool


Snapshot = dict[UUID, Seen]


def snapshot(workflow: LiveWorkflow) -> Snapshot:
    return {task.id: _seen(task) for task in workflow.all_tasks()}


def _seen(task: Task) -> Seen:
    kind = _kind(task)
    shown = bool(task._state & _ACTIVE) and not (_is_boundary(task) and task._state == TaskState.WAITING)
    return Seen(task.task_spec.bpmn_id, task._state, kind, shown)


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


def opened(workflow: LiveWorkflow, definition: Definition, before: Snapshot) -> tuple[OpenTask, ...]:
    return tuple(_open_task(workflow, definition, task) for task in _new(workflow, before, "task"))


def timers(workflow: LiveWorkflow, before: Snapshot) -> tuple[OpenTimer, ...]:
    return tuple(
        OpenTimer(str(task.id), task.task_spec.bpmn_id, datetime.fromisoformat(task.internal_data[DUE]))
        for task in _new(workflow, before, "timer")
    )


def subscriptions(workflow: LiveWorkflow, before: Snapshot) -> tuple[Subscription, ...]:
    return tuple(
        Subscription(str(task.id), task.task_spec.bpmn_id, task.task_spec.event_definition.name)
        for task in _new(workflow, before, "message")
    )


def _new(workflow: LiveWorkflow, before: Snapshot, kind: str) -> list[Task]:
    return [
        task
        for task in workflow.all_tasks()
        if _kind(task) == kind and (task.id not in before or before[task.id].kind != kind)
    ]


def gone(before: Snapshot, after: Snapshot, kind: str) -> list[UUID]:
    """Tasks that waited before and wait no more; an interrupted multi-instance leaves no task to ask."""
    return [id_ for id_, seen in before.items() if seen.kind == kind and (id_ not in after or after[id_].kind != kind)]


def closed(before: Snapshot, after: Snapshot) -> tuple[ClosedTask, ...]:
    return tuple(
        ClosedTask(str(id_), str(before[id_].element_id), "completed" if _is_done(after.get(id_)) else "cancelled")
        for id_ in gone(before, after, "task")
    )


def _is_done(seen: Seen | None) -> bool:
    return seen is not None and seen.state == TaskState.COMPLETED


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
    arrows = {(flow.source, flow.target): flow.id for flow in definition.flows.values()}
    found: list[tuple[float, int, Trace]] = []
    alive: set[UUID] = set()
    for task in workflow.all_tasks():
        alive.add(task.id)
        if task.task_spec.bpmn_id and task.last_state_change > since and not _is_frame(task):
            found += _changes(task, before.get(task.id), arrows)
    found += [
        (float("inf"), 1, Trace(str(seen.element_id), "cancelled", str(id_), None))
        for id_, seen in before.items()
        if id_ not in alive and seen.shown and seen.element_id
    ]
    return tuple(entry for _, _, entry in sorted(found, key=lambda item: item[:2]))


def _is_frame(task: Task) -> bool:
    """A multi-instance's own task beside its children, which are drawn as the same element."""
    return isinstance(task.task_spec, LoopTask) and bool(task._children)


def _changes(task: Task, was: Seen | None, arrows: dict[tuple[str, str], str]) -> list[tuple[float, int, Trace]]:
    now = _seen(task)
    element_id, task_id = str(task.task_spec.bpmn_id), str(task.id)
    is_done = task._state == TaskState.COMPLETED
    was_shown = was is not None and was.shown
    found: list[tuple[float, int, Trace]] = []
    if (now.shown or is_done) and not was_shown:
        parent = task.parent
        at = min(parent.last_state_change, task.last_state_change) if parent else task.last_state_change
        found.append((at, 1, Trace(element_id, "entered", task_id, _arrow(task, arrows))))
    if is_done and (was is None or was.state != TaskState.COMPLETED):
        found.append((task.last_state_change, 0, Trace(element_id, "completed", task_id, None)))
    if task._state == TaskState.CANCELLED and was_shown:
        found.append((task.last_state_change, 0, Trace(element_id, "cancelled", task_id, None)))
    return found


def _arrow(task: Task, arrows: dict[tuple[str, str], str]) -> str | None:
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
