"""A stored state beside two versions of its definition: what each of its tasks becomes in the new one.

A level is one workflow or sub-workflow: its rows as state.py stores them, its specs of then and those of the new
version. The library draws one element as several specs: the element itself, a split and a join around it when it has
boundary events, and a child of a multi-instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from app.engine.types import Definition

ID, PARENT, CHILDREN, STATE, NAME = 0, 1, 2, 4, 5  # places in a stored row
SPLIT, JOIN, CHILD = ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]"
END_JOIN = ".EndJoin"
PAST = "Start"  # the spec, in every level, of finished tasks that the new version does not know; nothing looks for it

ACTIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Fate(Enum):
    """What becomes of a stored task."""

    KEPT = "goes on as the same element, or its counterpart"
    PAST = "is finished, and the new version does not know it"
    LEFT = "is forgotten: only predicted, or a boundary event that waits for nothing any more"
    STUCK = "waits where the new version has no place for it"


@dataclass
class Row:
    """One stored task. spec: of then; becomes: its counterpart in the new version, None where it has none."""

    number: int
    stored: list[Any]
    spec: Any
    becomes: Any
    fate: Fate = Fate.STUCK

    @property
    def state(self) -> int:
        return int(self.stored[STATE])

    @property
    def is_active(self) -> bool:
        return bool(self.state & ACTIVE)

    @property
    def is_token(self) -> bool:
        """It stands for a place of the drawing where the instance is now."""
        return (
            self.is_active
            and self.spec.bpmn_id is not None
            and not isinstance(self.spec, BoundaryEvent)
            and not self.spec.name.endswith(CHILD)
        )


@dataclass
class Level:
    """owner: the stored id of the task around a sub-workflow, None for the process itself."""

    owner: str | None
    attributes: list[Any]
    old: Any
    new: Any
    rows: list[Row] = field(default_factory=list)

    @property
    def tokens(self) -> list[Row]:
        return [row for row in self.rows if row.is_token]

    def split_over(self, row: Row) -> Row | None:
        """The split of the boundary events of this element, which stands above its task."""
        above = row.stored[PARENT]
        parent = self.rows[above] if above is not None else None
        return parent if parent is not None and parent.spec.name == row.spec.name + SPLIT else None


class Counterparts:
    """Old element ids and the new ones; an element keeps its id where the mapping does not say otherwise."""

    def __init__(self, old: Definition, new: Definition, mapping: Mapping[str, str]) -> None:
        self.old = old
        self.new = new
        self._mapping = mapping

    def id_of(self, element_id: str | None) -> str | None:
        return self._mapping.get(element_id, element_id) if element_id is not None else None

    def spec_of(self, name: str, old: Any, new: Any) -> Any | None:
        """The spec of the new level that stands for the same thing as this one of the old level."""
        if name == old.name + END_JOIN:
            return new.task_specs[new.name + END_JOIN]
        base, role = _split_role(name)
        return new.task_specs.get(f"{self._mapping.get(base, base)}{role}")

    def same_host(self, event: Any, becomes: Any) -> bool:
        before, after = self.old.elements[event.bpmn_id], self.new.elements[becomes.bpmn_id]
        return self.id_of(before.attached_to) == after.attached_to


def levels(old: Definition, new: Definition, records: list[list[Any]], mapping: Mapping[str, str]) -> list[Level]:
    """The levels of a state whose place in the new version is known; what lies within a stuck task is left out."""
    found: list[Level] = []
    pairs = Counterparts(old, new, mapping)
    inner: dict[str | None, tuple[Any, Any]] = {None: (old.deployment.spec, new.deployment.spec)}
    for owner, attributes, stored in records:
        if owner not in inner:
            continue
        level = _level(Level(owner, attributes, *inner[owner]), stored, pairs)
        found.append(level)
        for row in level.rows:
            if row.is_active and row.fate is Fate.KEPT and isinstance(row.spec, SubWorkflowTask):
                inside = old.deployment.subspecs[row.spec.spec], new.deployment.subspecs[row.becomes.spec]
                inner[row.stored[ID]] = inside
    return found


def _level(level: Level, stored: list[list[Any]], pairs: Counterparts) -> Level:
    for number, values in enumerate(stored):
        spec = level.old.task_specs[values[NAME]]
        level.rows.append(Row(number, values, spec, pairs.spec_of(spec.name, level.old, level.new)))
    for row in sorted(level.rows, key=lambda row: isinstance(row.spec, BoundaryEventJoin)):
        row.fate = _fate(level, row, pairs)  # that of a join depends on that of the task above it
    return level


def _fate(level: Level, row: Row, pairs: Counterparts) -> Fate:
    if row.state & TaskState.FINISHED_MASK:
        return Fate.KEPT if _is_same_past(row, pairs) else Fate.PAST
    if not row.is_active:
        return Fate.LEFT
    if isinstance(row.spec, BoundaryEvent):
        return Fate.KEPT if _is_same_event(row, pairs) else Fate.LEFT
    if isinstance(row.spec, BoundaryEventJoin):
        above = level.rows[row.stored[PARENT]]
        return Fate.KEPT if row.becomes is not None and above.fate is Fate.KEPT else Fate.LEFT
    return Fate.KEPT if row.becomes is not None and same_kind(row.spec, row.becomes) else Fate.STUCK


def _is_same_past(row: Row, pairs: Counterparts) -> bool:
    """A boundary event that fired counts in its join, so it must still be the same one, and interrupt as it did."""
    if row.becomes is None or type(row.spec) is not type(row.becomes):
        return False
    if not isinstance(row.spec, BoundaryEvent):
        return True
    interrupts = row.spec.cancel_activity == row.becomes.cancel_activity
    return bool(interrupts and pairs.same_host(row.spec, row.becomes))


def _is_same_event(row: Row, pairs: Counterparts) -> bool:
    return row.becomes is not None and same_kind(row.spec, row.becomes) and pairs.same_host(row.spec, row.becomes)


def same_kind(old: Any, new: Any) -> bool:
    """A user task for a user task, a timer for a timer; a multi-instance only for one that runs over the same items."""
    return (
        type(old) is type(new)
        and type(getattr(old, "event_definition", None)) is type(getattr(new, "event_definition", None))
        and (not isinstance(old, LoopTask) or _instances(old) == _instances(new))
    )


def _instances(spec: Any) -> tuple[Any, ...]:
    places = (spec.data_input, spec.data_output, spec.input_item, spec.output_item)
    return (spec.condition, *(getattr(place, "bpmn_id", None) for place in places))


def _split_role(name: str) -> tuple[str, str]:
    for role in (SPLIT, JOIN, CHILD):
        if name.endswith(role):
            return name.removesuffix(role), role
    return name, ""


def reach(spec: Any, starts: Iterable[str], without: Iterable[str] = ()) -> set[str]:
    """The names of the specs of a level to which the flow leads from these, themselves included."""
    barred = set(without)
    seen = set(starts) - barred
    todo = list(seen)
    while todo:
        new = set(spec.task_specs[todo.pop()]._outputs) - seen - barred
        seen |= new
        todo.extend(new)
    return seen
