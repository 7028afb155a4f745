"""Properties of a drawing, as data: a closed set of patterns over its elements and ways, asked before it is published.

A way goes along flows, into a sub-process by its start and out of it by its ends, and from whatever an event is
attached to through that event. So a way may be one that data never take: what holds here holds for every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.engine.outline import Outline
from app.engine.types import Definition, Element

ModelKind = Literal["always_passes", "never_after", "has_guard_timer", "lane_of", "other_lane_than_before"]


class BadModelRule(ValueError):
    """What does not belong to the language, in English, for who writes rules."""


@dataclass(frozen=True, slots=True)
class Elements:
    """Those of one of these ids, of these types, or whose id begins so; what is said must hold, all of it."""

    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    begins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """elements: what is looked at. to: where the ways in question lead, none for every end. lanes: their names."""

    kind: ModelKind
    elements: Elements
    to: Elements | None = None
    lanes: frozenset[str] = frozenset()


NEEDS: Mapping[ModelKind, frozenset[str]] = {
    "always_passes": frozenset({"elements"}),
    "never_after": frozenset({"elements", "to"}),
    "has_guard_timer": frozenset({"elements"}),
    "lane_of": frozenset({"elements", "lanes"}),
    "other_lane_than_before": frozenset({"elements"}),
}


def read_model_check(kind: str, given: Mapping[str, Any]) -> ModelCheck:
    """Raises BadModelRule."""
    if kind not in get_args(ModelKind):
        raise BadModelRule(f"no pattern {kind}")
    named: ModelKind = kind  # type: ignore[assignment]
    may = {"to"} if named == "always_passes" else set()
    missing, odd = NEEDS[named] - given.keys(), given.keys() - NEEDS[named] - may
    if missing or odd:
        raise BadModelRule(f"{kind}: missing {sorted(missing)}, unknown {sorted(odd)}")
    to = _elements(given["to"]) if "to" in given else None
    return ModelCheck(named, _elements(given["elements"]), to, frozenset(_texts(given.get("lanes", []))))


def violations(check: ModelCheck, definition: Definition, more: Outline) -> tuple[str, ...]:
    """Ids of the elements at which the drawing does not hold, in the order they are drawn."""
    found = set(JUDGES[check.kind](check, definition, more))
    return tuple(id_ for id_ in definition.elements if id_ in found)


def _always_passes(check: ModelCheck, definition: Definition, more: Outline) -> Iterator[str]:
    """Ends that can be reached from the start around all of them."""
    ways, around = ways_of(definition), {one.id for one in _named(check.elements, definition)}
    for start in definition.elements.values():
        if start.type == "startEvent" and start.parent is None:
            reached = _reached(ways, start.id, around)
            yield from (end for end in reached if _is_end(definition.elements[end], check.to))


def _never_after(check: ModelCheck, definition: Definition, more: Outline) -> Iterator[str]:
    """What may be reached from one of them and must not."""
    ways = ways_of(definition)
    forbidden = {one.id for one in _named(check.to or Elements(), definition)}
    for one in _named(check.elements, definition):
        yield from _reached(ways, one.id, set()) & forbidden - {one.id}


def _has_guard_timer(check: ModelCheck, definition: Definition, more: Outline) -> Iterator[str]:
    """Those that wait without a timer on themselves or on a box around them."""
    guarded = {
        one.attached_to for one in definition.elements.values() if one.attached_to and "timer" in more.said[one.id]
    }
    for one in _named(check.elements, definition):
        if guarded.isdisjoint(_boxes(one, definition)):
            yield one.id


def _lane_of(check: ModelCheck, definition: Definition, more: Outline) -> Iterator[str]:
    for one in _named(check.elements, definition):
        if one.lane not in check.lanes:
            yield one.id


def _other_lane_than_before(check: ModelCheck, definition: Definition, more: Outline) -> Iterator[str]:
    """Tasks of persons that come straight after a task of another person of the same lane."""
    ways, tasks = ways_of(definition), {id_ for id_, one in definition.elements.items() if one.type == "userTask"}
    wanted = {one.id: one.lane for one in _named(check.elements, definition)}
    for before in tasks - wanted.keys():
        for follows in _reached(ways, before, tasks - {before}, stops_at=True) & wanted.keys():
            if wanted[follows] == definition.elements[before].lane:
                yield follows


JUDGES: Mapping[ModelKind, Callable[[ModelCheck, Definition, Outline], Iterable[str]]] = {
    "always_passes": _always_passes,
    "never_after": _never_after,
    "has_guard_timer": _has_guard_timer,
    "lane_of": _lane_of,
    "other_lane_than_before": _other_lane_than_before,
}


def _named(named: Elements, definition: Definition) -> Iterator[Element]:
    for one in definition.elements.values():
        if (
            (not named.ids or one.id in named.ids)
            and (not named.types or one.type in named.types)
            and (not named.begins or one.id.startswith(named.begins))
        ):
            yield one


def _is_end(one: Element, to: Elements | None) -> bool:
    if one.type != "endEvent" or one.parent is not None:
        return False
    return to is None or one.id in to.ids


def ways_of(definition: Definition) -> dict[str, set[str]]:
    """Where a way may go on from each element."""
    ways: dict[str, set[str]] = {id_: set() for id_ in definition.elements}
    for flow in definition.flows.values():
        ways[flow.source].add(flow.target)
    for one in definition.elements.values():
        if one.attached_to:
            ways[one.attached_to].add(one.id)
            for inner in definition.elements.values():  # a box is left from wherever one stands in it
                if inner.parent == one.attached_to:
                    ways[inner.id].add(one.id)
        if one.parent and one.type == "startEvent":
            ways[one.parent].add(one.id)
    return _through_boxes(ways, definition)


def _through_boxes(ways: dict[str, set[str]], definition: Definition) -> dict[str, set[str]]:
    """What follows a box follows its ends, not its beginning."""
    starts = {one.parent for one in definition.elements.values() if one.parent and one.type == "startEvent"}
    for box in starts:
        if box not in ways:
            continue
        inside = {id_ for id_ in ways[box] if definition.elements[id_].parent == box}
        attached = {id_ for id_ in ways[box] if definition.elements[id_].attached_to == box}
        behind = ways[box] - inside - attached
        for one in definition.elements.values():
            if one.parent == box and one.type == "endEvent":
                ways[one.id] |= behind
        ways[box] = inside | attached
    return ways


def _reached(ways: Mapping[str, set[str]], start: str, around: set[str], *, stops_at: bool = False) -> set[str]:
    """Everything behind the start on ways that avoid `around`, or that end at the first of these."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for ahead in ways.get(waiting.pop(), ()):
            if ahead in found or (ahead in around and not stops_at):
                continue
            found.add(ahead)
            if ahead not in around:
                waiting.append(ahead)
    return found


def _boxes(one: Element, definition: Definition) -> set[str]:
    """The element and every box around it."""
    found: set[str] = set()
    here: Element | None = one
    while here is not None:
        found.add(here.id)
        here = definition.elements.get(here.parent or "")
    return found


def _elements(given: Any) -> Elements:
    if not isinstance(given, Mapping) or not given or not given.keys() <= {"ids", "types", "begins"}:
        raise BadModelRule(f"elements are named by ids, types or begins, not by {given!r}")
    ids, types, begins = (_texts(given.get(name, [])) for name in ("ids", "types", "begins"))
    return Elements(frozenset(ids), frozenset(types), begins)


def _texts(given: Any) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
        raise BadModelRule(f"{given!r} is no list of texts")
    return tuple(listed)
