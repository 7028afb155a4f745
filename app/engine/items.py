"""One more item for a multi-instance that is under way. One fewer is a task completed as removed, by its duty.

The library would wait for ever for a child that was cancelled, so there is no verb for that.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask, SequentialMultiInstanceTask
from SpiffWorkflow.task import Task

from app.engine.workflow import LiveWorkflow


def loop_around(workflow: LiveWorkflow, task: Task) -> Task | None:
    """The multi-instance of which the task is an instance, or stands in one; the nearest."""
    inner: Task | None = task
    while inner is not None:
        parent = inner.parent
        if parent is not None and isinstance(parent.task_spec, MultiInstanceTask):
            return parent
        owner = inner.workflow.parent_task_id
        inner = workflow.find(owner) if owner is not None else None
    return None


def collection_of(loop: Task) -> dict[str, Any]:
    found: dict[str, Any] = loop.data[loop.task_spec.data_input.bpmn_id]
    return found


def add(loop: Task, key: str, item: Any) -> None:
    """Put the item into the collection, and open its instance: at once, or after all that remain."""
    loop.data[loop.task_spec.data_input.bpmn_id] = {**collection_of(loop), key: item}
    if isinstance(loop.task_spec, SequentialMultiInstanceTask):
        loop.internal_data["remaining"] = [*loop.internal_data["remaining"], key]
    else:
        loop.task_spec.create_child(loop, item, key)
