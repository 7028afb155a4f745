"""退回: which earlier steps an open user task may be sent back to, and the one move that does it.

A return is what a drawn arrow from the present step to the earlier one would do, so it is allowed where such an arrow
could be drawn, and refused with the reason where it could not. `Outcome` is the table, docs/returns.md its explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.exclusive_gateway import ExclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.levels import CHILD, SPLIT, reach
from app.engine.types import Definition
from app.terms import Word


class Outcome(Word):
    """What a return to one earlier step does, or why there is none."""

    STEP = "step", "本环节结束，从该环节起重新办理"
    COUNTERSIGN = "countersign", "本环节结束，该环节的各单位全部重新办理"
    BOX = "box", "本环节结束，该环节所在的子流程从头办理"
    DRAWN = "drawn", "按流程图画出的退回路线办理"
    SIGNER = "signer", "本环节由多个单位同时办理，一个单位不能退回整个环节，请在意见中写明"
    BRANCH = "branch", "中间有并行办理的分支，退回会重复开启或者落下其他分支"
    OUT_OF_BOX = "out_of_box", "该环节在本子流程之外，子流程办完后才能退回"
    INSIDE_BOX = "inside_box", "该环节在已办完的子流程中间，只能退回该子流程的第一个环节"
    NOT_DRAWN = "not_drawn", "中间有登记、发送等步骤，流程图没有重新办理的路线，退回会重复登记"
    ROUNDS = "rounds", "已达退回次数上限"

    @property
    def is_allowed(self) -> bool:
        return self in (Outcome.STEP, Outcome.COUNTERSIGN, Outcome.BOX, Outcome.DRAWN)


@dataclass(frozen=True)
class Earlier:
    """A step that was done. entry_id: the element with which it begins again, its box where it stands in one."""

    element_id: str
    entry_id: str
    outcome: Outcome


def earlier_steps(
    definition: Definition, element_id: str, done: Sequence[str], *, is_plain: bool = False
) -> tuple[Earlier, ...]:
    """What came before an open user task, the latest first, each with what a return to it would be.

    done: the user tasks that were completed, by element, oldest first. is_plain: nobody but people does anything in
    this process, so that steps may be repeated although no arrow leads back.
    """
    drawing = _Drawing(definition)
    level, here = drawing.place_of(element_id)
    return tuple(
        _assess(drawing, level, here, earlier, is_plain=is_plain) for earlier in reversed(_passed(done, element_id))
    )


def send_back(task: Task, entry_id: str) -> None:
    """Complete a waiting task, and let the element of its own level begin instead of what is drawn behind the task."""
    specs = task.workflow.spec.task_specs
    for child in task.children:
        if not isinstance(child.task_spec, BoundaryEventJoin):  # which puts an end to the guards of the task
            task.workflow._remove_task(child.id)
    entry = task._add_child(specs.get(entry_id + SPLIT) or specs[entry_id], TaskState.FUTURE)
    entry.task_spec._predict(entry, mask=TaskState.PREDICTED_MASK | TaskState.FUTURE)
    task.run()


def _passed(done: Iterable[str], here: str) -> list[str]:
    """The steps that lie behind, each once: what was done again has put behind it what came after it before."""
    stack: list[str] = []
    for element_id in (*done, here):
        if element_id in stack:
            del stack[stack.index(element_id) :]
        stack.append(element_id)
    return stack[:-1]


def _assess(drawing: _Drawing, level: Any, here: Any, element_id: str, *, is_plain: bool) -> Earlier:
    entry, outcome = _entry(drawing, level, element_id)
    if isinstance(here, LoopTask):
        outcome = Outcome.SIGNER
    elif outcome.is_allowed and entry is not None:
        outcome = _between(drawing, level, entry, here, element_id, outcome, is_plain=is_plain)
    return Earlier(element_id, entry.bpmn_id if entry is not None else element_id, outcome)


def _entry(drawing: _Drawing, level: Any, element_id: str) -> tuple[Any, Outcome]:
    """The spec of the present level with which the earlier step begins again."""
    inner, spec = drawing.place_of(element_id)
    outcome = Outcome.COUNTERSIGN if isinstance(spec, LoopTask) else Outcome.STEP
    while inner is not level:
        if element_id not in drawing.first_steps(inner):
            return None, Outcome.INSIDE_BOX if drawing.is_within(inner, level) else Outcome.OUT_OF_BOX
        owner = drawing.owner_of(inner)
        if owner is None:
            return None, Outcome.OUT_OF_BOX
        inner, spec = owner
        outcome = Outcome.BOX
    return spec, outcome


def _between(
    drawing: _Drawing, level: Any, entry: Any, here: Any, element_id: str, outcome: Outcome, *, is_plain: bool
) -> Outcome:
    """By what lies on the ways from the entry to here."""
    sides = [name for name, spec in level.task_specs.items() if _is_side_event(spec)]
    ahead = reach(level, [entry.name], without=sides)
    if here.name not in ahead:
        return Outcome.BRANCH
    between = [level.task_specs[name] for name in ahead if here.name in reach(level, [name], without=sides)]
    if any(isinstance(spec, UnstructuredJoin) for spec in between):
        return Outcome.BRANCH
    if element_id in drawing.next_steps(level, here):
        return Outcome.DRAWN
    is_drawn = entry.name in reach(level, here._outputs)
    is_repeatable = is_drawn or (is_plain and all(_is_repeatable(spec) for spec in between))
    return outcome if is_repeatable else Outcome.NOT_DRAWN


def _is_side_event(spec: Any) -> bool:
    return isinstance(spec, BoundaryEvent) and not spec.cancel_activity


def _is_repeatable(spec: Any) -> bool:
    """A person's step, a choice, or something that the library puts around them."""
    return bool(spec.manual) or isinstance(spec, ExclusiveGateway | BoundaryEvent | LoopTask) or spec.bpmn_id is None


class _Drawing:
    """The levels of a definition: the process, and each sub-process and called process in it."""

    def __init__(self, definition: Definition) -> None:
        deployment = definition.deployment
        self.levels = [deployment.spec, *deployment.subspecs.values()]

    def place_of(self, element_id: str) -> tuple[Any, Any]:
        """The level an element stands on, and its spec there; of a multi-instance the one around its instances."""
        for level in self.levels:
            spec = level.task_specs.get(element_id)
            if spec is not None:
                return level, spec
        raise LookupError(element_id)

    def owner_of(self, level: Any) -> tuple[Any, Any] | None:
        """Where the box stands whose inside this level is; None for the process itself, and for one called twice."""
        found = [(outer, spec) for outer in self.levels for spec in outer.task_specs.values() if _holds(spec, level)]
        if len(found) != 1:
            return None
        outer, spec = found[0]
        return outer, outer.task_specs[spec.name.removesuffix(CHILD)]

    def is_within(self, level: Any, outer: Any) -> bool:
        owner = self.owner_of(level)
        return owner is not None and (owner[0] is outer or self.is_within(owner[0], outer))

    def first_steps(self, level: Any) -> set[str]:
        """The user tasks with which a level begins."""
        return set(self._steps_from(level, level.start._outputs))

    def next_steps(self, level: Any, spec: Any) -> set[str]:
        """The user tasks of this level, and of boxes on it, to which the arrows lead before any other."""
        return set(self._steps_from(level, spec._outputs))

    def _steps_from(self, level: Any, names: Iterable[str]) -> Iterator[str]:
        todo, seen = list(names), set[str]()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            spec = level.task_specs[name]
            if isinstance(spec, BoundaryEvent):
                continue
            each = level.task_specs.get(spec.name + CHILD, spec)  # what a multi-instance is made of
            inner = next((other for other in self.levels if _holds(each, other)), None)
            if inner is not None:
                yield from self.first_steps(inner)
            elif each.manual:
                yield spec.bpmn_id
            else:
                todo.extend(spec._outputs)


def _holds(spec: Any, level: Any) -> bool:
    return isinstance(spec, SubWorkflowTask) and spec.spec == level.name
