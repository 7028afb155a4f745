"""Where a process is told something, and which answers there lead every way through the gateways that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.engine.outcomes import Values, candidates, ways
from app.engine.outline import Outline
from app.engine.types import Definition, Element

TOLD = frozenset(("userTask", "manualTask", "serviceTask", "businessRuleTask"))
BOXES = frozenset(("subProcess", "callActivity"))
MAX_CHOICES = 24  # at one place; more ways are each gone once, not in all combinations

START = ""  # the place where an instance begins


class Choices:
    """at: place (START, or an element that is told something) -> the answers worth giving there.

    carried: names that decide after a deadline or a message, where nothing new is told.
    """

    def __init__(self, definition: Definition, more: Outline) -> None:
        self._elements, self._flows, self._more = definition.elements, definition.flows, more
        self._outgoing: dict[str, list[str]] = {id_: [] for id_ in self._elements}
        self._boundary: dict[str, list[str]] = {id_: [] for id_ in self._elements}
        self._starts: dict[str, list[str]] = {}
        for flow in self._flows.values():
            self._outgoing[flow.source].append(flow.id)
        for element in self._elements.values():
            if element.attached_to:
                self._boundary[element.attached_to].append(element.id)
            if element.type == "startEvent":
                self._starts.setdefault(element.parent or "", []).append(element.id)
        texts = [*more.conditions.values(), *(said["until"] for said in more.said.values() if "until" in said)]
        self.values = candidates(texts)
        self._known: dict[str, list[Values]] = {}
        self.at = {START: self._answers(self._starts.get("", []), None)}
        for element in self._elements.values():
            if element.type in TOLD:
                self.at[element.id] = self._answers(self._after(element), element)
        waiting = [e.id for e in self._elements.values() if e.type in ("boundaryEvent", "intermediateCatchEvent")]
        waiting += [e.id for e in self._elements.values() if e.type == "receiveTask"]
        read = {name for gateway in self._gateways(waiting) for answers in gateway for name in answers}
        self.carried = frozenset(read)

    def _answers(self, begin: Iterable[str], told: Element | None) -> tuple[Values, ...]:
        """Combinations of the ways of all gateways that may be met before anything is told again."""
        gateways = [*self._gateways(begin), *self._until(told)]
        combined: list[Values] = [{}]
        for options in gateways:
            combined = _combined(combined, options)
            if len(combined) > MAX_CHOICES:
                return _each_once(gateways)
        return tuple(combined)

    def _gateways(self, begin: Iterable[str]) -> list[list[Values]]:
        return [options for id_ in self._met(begin) if (options := self._options(id_))]

    def _options(self, id_: str) -> list[Values]:
        """The ways out of an element, found once; empty where nothing is asked."""
        if id_ not in self._known:
            asked = [self._more.conditions[flow] for flow in self._outgoing[id_] if flow in self._more.conditions]
            self._known[id_] = ways(asked, self.values) if asked else []
        return self._known[id_]

    def _until(self, told: Element | None) -> Iterator[list[Values]]:
        """When the rounds of the multi-instances around an element end is also decided by what it is told."""
        while told is not None:
            until = self._more.said[told.id].get("until")
            if until:
                yield ways([until], self.values)
            told = self._elements.get(told.parent or "")

    def _met(self, begin: Iterable[str]) -> Iterator[str]:
        """What is reached without anything being told in between, each once."""
        todo, seen = list(begin), set(begin)
        while todo:
            id_ = todo.pop()
            yield id_
            for after in (*self._boundary[id_], *self._inside_or_after(self._elements[id_])):
                if after not in seen:
                    seen.add(after)
                    todo.append(after)

    def _inside_or_after(self, element: Element) -> list[str]:
        """A box leads inside, an end inside leads out of it. Rounds of a multi-instance tell what follows nothing."""
        if element.type in TOLD and "items" not in self._more.said[element.id]:
            return []
        inside = self._starts.get(element.id, []) if element.type == "subProcess" else []
        if element.type == "callActivity":
            inside = self._starts.get("", [])
        if element.type == "endEvent":
            return [target for box in self._around(element) for target in self._after(box)]
        return [*inside, *(self._after(element) if not inside or "items" in self._more.said[element.id] else [])]

    def _around(self, element: Element) -> list[Element]:
        """The box that the element stands in; in a process, whichever call there is."""
        if element.parent:
            return [self._elements[element.parent]]
        return [call for call in self._elements.values() if call.type == "callActivity"]

    def _after(self, element: Element) -> list[str]:
        return [self._flows[flow].target for flow in self._outgoing[element.id]]


def _combined(so_far: Sequence[Values], options: Sequence[Values]) -> list[Values]:
    """Each with each, where they do not contradict; an option that contradicts all is laid over each."""
    found: list[Values] = []
    for option in options:
        fitting = [known for known in so_far if all(known.get(name, value) == value for name, value in option.items())]
        found += [{**known, **option} for known in fitting or so_far]
    return list({tuple(sorted(answers.items())): answers for answers in found}.values()) or list(so_far)


def _each_once(gateways: Sequence[Sequence[Values]]) -> tuple[Values, ...]:
    """Every option once, with the last option of each other gateway beside it."""
    beside: Values = {}
    for options in gateways:
        for option in options[-1:]:
            beside = {**option, **beside}
    return tuple({**beside, **option} for options in gateways for option in options)
