"""Whether a running instance may go on in another version of its definition, and if not, which element forbids it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.util.task import TaskState

from app.engine.faults import BadState, EngineError
from app.engine.levels import CHILD, PARENT, SPLIT, Fate, Level, Row, levels, reach, same_kind
from app.engine.types import Definition
from app.terms import Word


class Verdict(Word):
    SAFE = "safe", "可以迁移"
    NEEDS_MAPPING = "needs_mapping", "需指定对应环节"
    IMPOSSIBLE = "impossible", "不能迁移"


class Reason(Word):
    """Why an element stands in the way."""

    UNMAPPED = "unmapped", "新版本没有这个环节，请指定由哪个环节接续"
    NO_COUNTERPART = "no_counterpart", "新版本没有这个环节，也没有可以接续的同类环节"
    OTHER_BOX = "other_box", "这个环节在新版本中移到了另一个子流程"
    OTHER_TYPE = "other_type", "这个环节在新版本中换了类型"
    INSTANCES = "instances", "各单位正在同时办理，而新版本改了分办方式"
    TAKEN_TWICE = "taken_twice", "两个在办环节不能由同一个环节接续"
    JOIN = "join", "新版本在这里等待并行办理的各分支，而其中有的分支从未开始"
    IN_LINE = "in_line", "原来并行的环节在新版本中成了先后环节，会办理两次"


@dataclass(frozen=True)
class Obstacle:
    """candidates: elements of the new version that could go on instead, the likeliest first."""

    element_id: str
    reason: Reason
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """What a migration would do, by element.

    moved: waiting elements and the ones that go on for them, where the ids differ. armed: boundary events that begin
    to wait; dropped: those that cease to. skipped: new user tasks that lie behind the instance already.
    """

    obstacles: tuple[Obstacle, ...]
    moved: tuple[tuple[str, str], ...]
    armed: tuple[str, ...]
    dropped: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        if not self.obstacles:
            return Verdict.SAFE
        is_open = all(obstacle.reason is Reason.UNMAPPED for obstacle in self.obstacles)
        return Verdict.NEEDS_MAPPING if is_open else Verdict.IMPOSSIBLE


class NotMigratable(EngineError):
    """The new version has no place for what the instance does now; nothing was changed."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__("; ".join(f"{found.element_id}: {found.reason.value}" for found in assessment.obstacles))
        self.assessment = assessment


def paired(old: Definition, new: Definition, body: bytes, mapping: Mapping[str, str]) -> list[Level]:
    """The levels of a stored body beside the new version. Raises BadState."""
    try:
        return levels(old, new, orjson.loads(body), mapping)
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError) as error:
        raise BadState("the state does not fit its definition") from error


def assess(old: Definition, new: Definition, found: list[Level]) -> Assessment:
    """What stands in the way of the levels, and what the migration would change beside the names."""
    obstacles = dict.fromkeys(obstacle for level in found for obstacle in _obstacles(level, old, new))
    return Assessment(
        obstacles=tuple(obstacles),
        moved=_unique(pair for level in found for pair in _moved(level)),
        armed=_unique(id_ for level in found for id_ in _armed(level)),
        dropped=_unique(id_ for level in found for id_ in _dropped(level)),
        skipped=_unique(id_ for level in found for id_ in _skipped(level, old)),
    )


def _unique(values: Iterator[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _obstacles(level: Level, old: Definition, new: Definition) -> Iterator[Obstacle]:
    stuck = [row for row in level.rows if row.fate is Fate.STUCK]
    for row in stuck:
        if row.is_token or row.becomes is not None:
            yield _stuck(level, row, old, new)
    yield from _taken_twice(level)
    if not stuck:
        yield from _joins(level)
        yield from _in_line(level)


def _stuck(level: Level, row: Row, old: Definition, new: Definition) -> Obstacle:
    element_id = row.spec.bpmn_id
    if row.becomes is not None:
        is_multiple = isinstance(row.spec, LoopTask) or isinstance(row.becomes, LoopTask)
        return Obstacle(element_id, Reason.INSTANCES if is_multiple else Reason.OTHER_TYPE)
    if element_id in new.elements:
        return Obstacle(element_id, Reason.OTHER_BOX)
    fitting = [spec for spec in level.new.task_specs.values() if _may_follow(row, spec)]
    fitting.sort(key=lambda spec: spec.bpmn_id in old.elements)
    candidates = tuple(spec.bpmn_id for spec in fitting)
    return Obstacle(element_id, Reason.UNMAPPED if candidates else Reason.NO_COUNTERPART, candidates)


def _may_follow(row: Row, spec: Any) -> bool:
    return spec.bpmn_id is not None and not spec.name.endswith(CHILD) and same_kind(row.spec, spec)


def _taken_twice(level: Level) -> Iterator[Obstacle]:
    taken: dict[str, str] = {}
    for row in level.tokens:
        if row.becomes is not None and taken.setdefault(row.becomes.name, row.spec.name) != row.spec.name:
            yield Obstacle(row.spec.bpmn_id, Reason.TAKEN_TWICE)


def _joins(level: Level) -> Iterator[Obstacle]:
    """A join that the instance is already within must get all its branches from what waits or has arrived."""
    for join in level.new.task_specs.values():
        inputs = set(join._inputs)
        if not isinstance(join, ParallelGateway) or len(inputs) < 2:
            continue
        ways = [reach(level.new, [name], without=[join.name]) & inputs for name in _token_names(level, join)]
        arrived = _arrived(level, join, inputs)
        is_within = any(row.becomes is join for row in level.tokens) or any(way and way != inputs for way in ways)
        if is_within and arrived.union(*ways) != inputs:
            yield Obstacle(join.bpmn_id, Reason.JOIN)


def _token_names(level: Level, join: Any) -> list[str]:
    return [row.becomes.name for row in level.tokens if row.becomes is not None and row.becomes is not join]


def _arrived(level: Level, join: Any, inputs: set[str]) -> set[str]:
    """The branches that have come to a join which still waits."""
    own = [row for row in level.rows if row.becomes is join and row.fate is Fate.KEPT]
    if not any(row.state == TaskState.WAITING for row in own):
        return set()
    above = [level.rows[row.stored[PARENT]] for row in own]
    names = {row.becomes.name for row in above if row.fate is Fate.KEPT and row.state == TaskState.COMPLETED}
    return names & inputs


def _in_line(level: Level) -> Iterator[Obstacle]:
    for first, second in permutations(level.tokens, 2):
        if _leads(level.new, first.becomes, second.becomes) and not _leads(level.old, first.spec, second.spec):
            yield Obstacle(second.spec.bpmn_id, Reason.IN_LINE)


def _leads(spec: Any, first: Any, second: Any) -> bool:
    return first is not second and second.name in reach(spec, first._outputs)


def _moved(level: Level) -> Iterator[tuple[str, str]]:
    for row in level.rows:
        if row.is_active and row.fate is Fate.KEPT and row.spec.bpmn_id != row.becomes.bpmn_id:
            yield row.spec.bpmn_id, row.becomes.bpmn_id


def _armed(level: Level) -> Iterator[str]:
    for row in level.tokens:
        if row.fate is not Fate.KEPT:
            continue
        over = level.split_over(row)
        known = [other.becomes for other in level.rows if over is not None and _is_kept_below(other, over)]
        split = level.new.task_specs.get(row.becomes.name + SPLIT)
        for spec in split.outputs if split is not None else ():
            if isinstance(spec, BoundaryEvent) and spec not in known:
                yield spec.bpmn_id


def _is_kept_below(row: Row, above: Row) -> bool:
    return row.stored[PARENT] == above.number and row.fate is Fate.KEPT


def _dropped(level: Level) -> Iterator[str]:
    for row in level.rows:
        if row.is_active and row.fate is Fate.LEFT and isinstance(row.spec, BoundaryEvent):
            yield row.spec.bpmn_id


def _skipped(level: Level, old: Definition) -> Iterator[str]:
    tokens = [row.becomes for row in level.tokens if row.fate is Fate.KEPT]
    for spec in level.new.task_specs.values():
        if not spec.manual or spec.bpmn_id is None or spec.bpmn_id in old.elements or spec.name.endswith(CHILD):
            continue
        if any(_leads(level.new, spec, token) and not _leads(level.new, token, spec) for token in tokens):
            yield spec.bpmn_id
