"""What the elements and arrows of a definition say beyond their place: conditions, deadlines, operators, messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from lxml import etree

from app.engine.definitions import load
from app.engine.drawing import BPMN, FLOW_NODES, SPIFF, local, processes, properties

_REFERENCES = ("messageRef", "signalRef", "errorRef", "escalationRef")
_MULTI = BPMN + "multiInstanceLoopCharacteristics"
_OPERATOR = f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
KEPT_VERSIONS = 64


@dataclass(frozen=True)
class Outline:
    """said: element -> word -> text, such as timer -> escalate_at. conditions: flow -> its text, where it has one.

    defaults: flows that are taken when no condition holds. handed: names that go into called processes and out of them.
    lines: id -> line of the file.
    """

    said: Mapping[str, Mapping[str, str]]
    conditions: Mapping[str, str]
    defaults: frozenset[str]
    handed: frozenset[str]
    lines: Mapping[str, int]


def outline(sources: Mapping[str, bytes], key: str) -> Outline:
    """Of the accepted sources of process `key`. Raises InvalidDefinition as load() does."""
    return _outline(tuple(sorted(sources.items())), key)


@lru_cache(maxsize=KEPT_VERSIONS)
def _outline(sources: tuple[tuple[str, bytes], ...], key: str) -> Outline:
    load(dict(sources), key)  # refuses what is not accepted, so the bytes may be read plainly
    trees = {file: etree.fromstring(content, PARSER) for file, content in sources}
    named = {node.get("id", ""): node.get("name", "") for root in trees.values() for node in root.iter("{*}*")}
    roots = [process for _, process in processes(trees)]
    nodes = [node for process in roots for node in process.iter(*FLOW_NODES)]
    flows = [flow for process in roots for flow in process.iter(BPMN + "sequenceFlow")]
    conditions = {flow.get("id", ""): _text(flow, "conditionExpression") for flow in flows}
    return Outline(
        said=MappingProxyType({node.get("id", ""): dict(_said(node, named)) for node in nodes}),
        conditions=MappingProxyType({id_: text for id_, text in conditions.items() if text}),
        defaults=frozenset(node.get("default", "") for node in nodes) - {""},
        handed=frozenset(
            item.get("id", "") for root in roots for item in root.iter(BPMN + "dataInput", BPMN + "dataOutput")
        ),
        lines=MappingProxyType({node.get("id", ""): _line(node) for node in (*roots, *nodes, *flows)}),
    )


def _said(node: etree._Element, named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for part in (node, *(child for child in node if local(child).endswith("EventDefinition"))):
        yield from _said_by_event(part, named)
    for operator in node.findall(_OPERATOR):
        yield "operator", operator.get("id", "")
    for multi in node.findall(_MULTI):
        yield from _said_by_instances(multi)
    if node.get("calledElement"):
        yield "calls", node.get("calledElement", "")
    for name, value in properties(node).items():
        if name != "lane":
            yield name, value


def _said_by_event(part: etree._Element, named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """part: the definition of an event, or an activity that itself refers to a message."""
    for attribute in _REFERENCES:
        reference = part.get(attribute)
        if reference:
            yield attribute.removesuffix("Ref"), named.get(reference) or reference
    if local(part) == "timerEventDefinition":
        yield "timer", _text(part, "timeDate")
    if local(part) == "terminateEventDefinition":
        yield "terminate", "true"


def _said_by_instances(multi: etree._Element) -> Iterator[tuple[str, str]]:
    yield "items", _text(multi, "loopDataInputRef")
    yield "order", "sequential" if multi.get("isSequential") == "true" else "parallel"
    if _text(multi, "completionCondition"):
        yield "until", _text(multi, "completionCondition")


def _text(node: etree._Element, child: str) -> str:
    return (node.findtext(BPMN + child) or "").strip()


def _line(node: etree._Element) -> int:
    line: Any = node.sourceline  # the published stubs of lxml leave its type open
    return int(line or 0)
