"""Drops the finished past of a long-running level, so that a step costs the same after many rounds of rework.

The library keeps every task that ever was, and scans and stores them all at each step. What lies before the last
finished task that all open ones descend from can influence nothing any more, but for joins: a level that joins
branches, or whose past holds the end of a side path, is left whole. Our log is the history, never the tree.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

WORTH_IT = 40  # finished tasks; fewer are kept


def prune(part: Any) -> None:
    """Cut the past out of one workflow or sub-workflow, if it is long enough and nothing can still read it."""
    if len(part.tasks) < WORTH_IT or _joins_branches(part.spec):
        return
    path = _single_path(part)
    chain = _from_last_drawn(path)
    kept = {part.task_tree.id, *(task.id for task in chain), *_below(path[-1])}
    dropped = [task for id_, task in part.tasks.items() if id_ not in kept]
    if len(dropped) < WORTH_IT or any(isinstance(task.task_spec, UnstructuredJoin) for task in dropped):
        return
    if _is_read(part, kept):
        return
    _relink(part, chain)
    part.tasks = {id_: task for id_, task in part.tasks.items() if id_ in kept}


def _joins_branches(spec: Any) -> bool:
    return any(isinstance(own, UnstructuredJoin) and own is not spec.end for own in spec.task_specs.values())


def _single_path(part: Any) -> list[Task]:
    """From the root down the finished tasks through which every open one descends."""
    open_above = _ancestors_of_open(part)
    path = [part.task_tree]
    while True:
        ways = [part.tasks[child] for child in path[-1]._children if child in open_above]
        if len(ways) != 1 or not ways[0]._state & TaskState.FINISHED_MASK:
            return path
        path.append(ways[0])


def _ancestors_of_open(part: Any) -> set[UUID]:
    """The open tasks and everything above them."""
    found: set[UUID] = set()
    for task in part.tasks.values():
        above: Task | None = task if not task._state & TaskState.FINISHED_MASK else None
        while above is not None and above.id not in found:
            found.add(above.id)
            above = above.parent
    return found


def _from_last_drawn(path: list[Task]) -> list[Task]:
    """The end of the path, from its last drawn element on: from there the next flow is read."""
    for number in range(len(path) - 1, 0, -1):
        if path[number].task_spec.bpmn_id is not None:
            return path[number:]
    return path[1:]


def _below(task: Task) -> set[UUID]:
    found: set[UUID] = set()
    todo = list(task._children)
    while todo:
        id_ = todo.pop()
        found.add(id_)
        todo.extend(task.workflow.tasks[id_]._children)
    return found


def _is_read(part: Any, kept: set[UUID]) -> bool:
    """Whether the last task, or the split of a boundary that is still open, lies in what would be dropped."""
    if part.last_task is not None and part.last_task.id not in kept:
        return True
    for task in part.tasks.values():
        split = getattr(task.task_spec, "split_task", None)
        if split is not None and not task._state & TaskState.FINISHED_MASK:
            ancestor = task.find_ancestor(split)
            if ancestor is not None and ancestor.id not in kept:
                return True
    return False


def _relink(part: Any, chain: list[Task]) -> None:
    """Hang the chain under the root, without the finished branches beside it. It is not empty where much is dropped."""
    root = part.task_tree
    root._children = [chain[0].id]
    chain[0]._parent = root.id
    for above, below in pairwise(chain):
        above._children = [below.id]
