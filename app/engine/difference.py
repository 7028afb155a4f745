"""What is different between two versions of a process: elements and arrows that came, went or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.engine.definitions import load
from app.engine.outline import Outline, outline
from app.engine.types import Definition, Element, Flow

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
    type: str
    name: str
    words: Words


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
        elif details := _details(old[id_].words, own.words):
            yield Change("changed", id_, own.type, own.name, details)


def _details(old: Words, new: Words) -> tuple[Detail, ...]:
    whats = dict.fromkeys([*old, *new])
    return tuple(
        Detail(what, old.get(what, ""), new.get(what, "")) for what in whats if old.get(what, "") != new.get(what, "")
    )


def _described(sources: Sources, key: str) -> dict[str, _Described]:
    definition, more = load(sources, key), outline(sources, key)
    whole = _Described("process", definition.name, {"name": definition.name})
    elements = {id_: _element(element, definition, more) for id_, element in definition.elements.items()}
    flows = {id_: _flow(flow, definition, more) for id_, flow in definition.flows.items()}
    return {key: whole, **elements, **flows}


def _element(element: Element, definition: Definition, more: Outline) -> _Described:
    words = {
        "name": element.name,
        "type": element.type,
        "lane": element.lane or "",
        "documentation": element.documentation,
        "inside": _name_of(element.parent, definition),
        "attached_to": _name_of(element.attached_to, definition),
        "interrupting": str(element.interrupting).lower() if element.attached_to else "",
        **more.said[element.id],
    }
    return _Described(element.type, element.name, words)


def _flow(flow: Flow, definition: Definition, more: Outline) -> _Described:
    words = {
        "name": flow.name,
        "source": _name_of(flow.source, definition),
        "target": _name_of(flow.target, definition),
        "condition": more.conditions.get(flow.id, ""),
        "default": "true" if flow.id in more.defaults else "",
    }
    name = flow.name or f"{words['source']} → {words['target']}"
    return _Described("sequenceFlow", name, words)


def _name_of(id_: str | None, definition: Definition) -> str:
    element = definition.elements.get(id_ or "")
    return element.name if element is not None else id_ or ""
