"""Why a step went the way it went: what each gateway asked, what it read, and which service told it so.

Read from what the event of the step says; nothing is done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine import expressions
from app.engine.outline import Outline
from app.engine.types import Definition, Flow

DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
Change = Sequence[Any]  # element id, state, task id, flow id: as an event tells it


@dataclass(frozen=True)
class Way:
    """A flow out of a gateway. condition: its text, empty for the one taken otherwise. holds: None where not known."""

    flow: Flow
    condition: str
    is_taken: bool
    holds: bool | None


@dataclass(frozen=True)
class Decision:
    """What one gateway decided. read: the values that its conditions name, as they were; a missing one is not in it."""

    gateway_id: str
    ways: tuple[Way, ...]
    read: Mapping[str, Any]

    @property
    def taken(self) -> tuple[Way, ...]:
        return tuple(way for way in self.ways if way.is_taken)


@dataclass(frozen=True)
class Told:
    """What a service or rule task answered, or the instant that a due rule gave a drawn timer. ask: act or due."""

    ask: str
    name: str
    element_id: str
    answer: Any


def told_by_host(answers: Iterable[Mapping[str, Any]]) -> tuple[Told, ...]:
    """answers: of the event's step."""
    return tuple(Told(one["ask"], one["name"], one["element_id"], one["answer"]) for one in answers)


def decisions(
    definition: Definition, outline: Outline, values: Mapping[str, Any], trace: Iterable[Change], host: Sequence[Told]
) -> list[Decision]:
    """values: what the process knew as the step began, with what the form handed to it."""
    known, left = dict(values), [one for one in host if one.ask == "act"]
    found: list[Decision] = []
    for element_id, state, _, flow_id in trace:
        answered = next((one for one in left if one.element_id == element_id), None)
        if state == "completed" and answered is not None:
            left.remove(answered)
            known |= answered.answer
        source = definition.flows[flow_id].source if flow_id in definition.flows else ""
        if source and _decides(definition, source):
            found = _with(found, source, flow_id, definition, outline, known)
    return found


def _decides(definition: Definition, element_id: str) -> bool:
    outgoing = [flow for flow in definition.flows.values() if flow.source == element_id]
    return len(outgoing) > 1 and definition.elements[element_id].type in DECIDING


def _with(
    found: list[Decision],
    gateway_id: str,
    flow_id: str,
    definition: Definition,
    outline: Outline,
    known: Mapping[str, Any],
) -> list[Decision]:
    """An inclusive gateway is left by several flows, which are one decision."""
    last = found[-1] if found and found[-1].gateway_id == gateway_id else None
    if last is not None and flow_id not in {way.flow.id for way in last.taken}:
        taken = {way.flow.id for way in last.taken} | {flow_id}
        return [*found[:-1], _decision(gateway_id, taken, definition, outline, known)]
    return [*found, _decision(gateway_id, {flow_id}, definition, outline, known)]


def _decision(
    gateway_id: str, taken: set[str], definition: Definition, outline: Outline, known: Mapping[str, Any]
) -> Decision:
    flows = [flow for flow in definition.flows.values() if flow.source == gateway_id]
    texts = {flow.id: outline.conditions.get(flow.id, "") for flow in flows}
    names = sorted({name for text in texts.values() for name in _names(text)})
    ways = [Way(flow, texts[flow.id], flow.id in taken, _holds(texts[flow.id], known)) for flow in flows]
    return Decision(gateway_id, tuple(ways), {name: known[name] for name in names if name in known})


def _names(text: str) -> Iterator[str]:
    if text:
        yield from expressions.names_in(text)


def _holds(text: str, known: Mapping[str, Any]) -> bool | None:
    try:
        return expressions.decide(text, known) if text else None
    except expressions.BadExpression:
        return None
