"""What is different between two versions of a process: elements and arrows that came, went or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.engine.definitions import load
from app.engine.outline import Outline, outline
from app.engine.types import Element, Flow

OTHERS = frozenset(("inside", "attached_to", "source", "target"))  # what is another element
Sources = Mapping[str, bytes]
Words = Mapping[str, str]


@dataclass(frozen=True)
class Detail:
    """One thing that changed; what: name, lane, condition, timer … "" stands for none."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """type: BPMN's word, sequenceFlow for an arrow, process for the whole. details: of a changed one."""

    how: Literal["added", "removed", "changed"]
    id: str
    type: str
    name: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class _Described:
    """words: what is said; of other elements their ids, which `named` gives names."""

    type: str
    name: str
    words: Words
    named: Words


def difference(before: Sources, after: Sources, key: str) -> tuple[Change, ...]:
    """In the order of the newer version, what went last. Empty where at most the drawing was moved.

    Raises InvalidDefinition where a version is not accepted (any more).
    """
    old, new = _described(before, key), _described(after, key)
    return (
        *_came_or_changed(old, new),
        *(Change("removed", id_, own.type, own.name) for id_, own in old.items() if id_ not in new),
    )


def _came_or_changed(old: Mapping[str, _Described], new: Mapping[str, _Described]) -> Iterator[Change]:
    for id_, own in new.items():
        if id_ not in old:
            yield Change("added", id_, own.type, own.name)
        elif details := _details(old[id_], own):
            yield Change("changed", id_, own.type, own.name, details)


def _details(old: _Described, new: _Described) -> tuple[Detail, ...]:
    """Compared by ids: an element with another name does not change what is drawn to it."""
    return tuple(
        Detail(what, _told(old, what), _told(new, what))
        for what in dict.fromkeys([*old.words, *new.words])
        if old.words.get(what, "") != new.words.get(what, "")
    )


def _told(own: _Described, what: str) -> str:
    text = own.words.get(what, "")
    return own.named.get(text, text) if what in OTHERS else text


def _described(sources: Sources, key: str) -> dict[str, _Described]:
    definition, more = load(sources, key), outline(sources, key)
    named = {id_: element.name for id_, element in definition.elements.items()}
    whole = _Described("process", definition.name, {"name": definition.name}, named)
    elements = {id_: _element(element, more, named) for id_, element in definition.elements.items()}
    flows = {id_: _flow(flow, more, named) for id_, flow in definition.flows.items()}
    return {key: whole, **elements, **flows}


def _element(element: Element, more: Outline, named: Words) -> _Described:
    words = {
        "name": element.name,
        "type": element.type,
        "lane": element.lane or "",
        "documentation": element.documentation,
        "inside": element.parent or "",
        "attached_to": element.attached_to or "",
        "interrupting": str(element.interrupting).lower() if element.attached_to else "",
        **more.said[element.id],
    }
    return _Described(element.type, element.name, words, named)


def _flow(flow: Flow, more: Outline, named: Words) -> _Described:
    words = {
        "name": flow.name,
        "source": flow.source,
        "target": flow.target,
        "condition": more.conditions.get(flow.id, ""),
        "default": "true" if flow.id in more.defaults else "",
    }
    name = flow.name or f"{named[flow.source]} → {named[flow.target]}"
    return _Described("sequenceFlow", name, words, named)
