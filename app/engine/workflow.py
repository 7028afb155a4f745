"""The library's workflow with flat scans, and the walk over what is alive in it.

The stock class walks the task tree, whole, after each completed task; the tasks also stand in one flat mapping, and
reading that is several times faster. Its log is switched off for the same reason: it lists all tasks at each change of
state, and our own log is the history.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

for _name in ("spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Flat:
    """Scans of the flat mapping in place of the walks of the tree."""

    tasks: dict[UUID, Task]
    completed: bool

    def update_waiting_tasks(self) -> None:
        for task in list(self.tasks.values()):
            if task._state == TaskState.WAITING:
                task.task_spec._update(task)

    def is_completed(self) -> bool:
        if not self.completed:
            self.completed = not any(task._state & TaskState.NOT_FINISHED_MASK for task in self.tasks.values())
        return self.completed


class SubWorkflow(_Flat, BpmnSubWorkflow):
    """A sub-process or a called process, of a task that stands in `within`."""

    within: Any


class LiveWorkflow(_Flat, BpmnWorkflow):
    """One instance in memory. One thread, one command at a time."""

    def create_subprocess(self, my_task: Task, spec_name: str) -> SubWorkflow:
        """As the library's, with our class of sub-workflow."""
        part = SubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        return self.adopt(part, my_task)

    def adopt(self, part: SubWorkflow, owner: Task) -> SubWorkflow:
        """Let the sub-workflow belong to its task."""
        part.within = owner.workflow
        self.subprocesses[owner.id] = part
        return part

    def parts(self) -> list[Any]:
        """This workflow and every sub-workflow whose task still stands in the tree, parents first."""
        alive: list[Any] = [self]
        if self.subprocesses:
            inner: dict[int, list[Any]] = {}
            for owner_id, part in self.subprocesses.items():
                if owner_id in part.within.tasks:
                    inner.setdefault(id(part.within), []).append(part)
            for part in alive:
                alive.extend(inner.get(id(part), ()))
        return alive

    def all_tasks(self) -> Iterator[Task]:
        """Every task that is alive, in the order of the parts."""
        for part in self.parts():
            yield from part.tasks.values()

    def next_automatic(self) -> Task | None:
        """The first task that is ready and waits for nobody, deepest part first; looked up afresh each time.

        A list taken once would still run what a terminate end has cancelled since.
        """
        for part in reversed(self.parts()):
            for task in part.tasks.values():
                if task._state == TaskState.READY and not task.task_spec.manual:
                    return task
        return None

    def find(self, task_id: UUID) -> Task | None:
        for part in self.parts():
            if task_id in part.tasks:
                return part.tasks[task_id]
        return None

    def forget_finished(self) -> None:
        """Drop sub-workflows that nothing can reach again: their task is finished or gone. The log is the history."""
        kept = {}
        for part in self.parts()[1:]:
            owner = part.within.tasks[part.parent_task_id]
            if not owner._state & TaskState.FINISHED_MASK:
                kept[part.parent_task_id] = part
        self.subprocesses = kept
