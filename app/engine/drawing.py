"""The drawn elements and arrows of a definition as plain data, for diagrams and task pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from app.engine.types import Element, Flow

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
FLOW_NODES = frozenset(
    BPMN + name
    for name in (
        "startEvent", "endEvent", "userTask", "manualTask", "serviceTask", "businessRuleTask", "sendTask",
        "receiveTask",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "boundaryEvent",
        "intermediateCatchEvent", "intermediateThrowEvent", "subProcess", "callActivity",
    )
)  # fmt: skip
Trees = Mapping[str, etree._Element]


def local(node: etree._Element) -> str:
    """The tag without its namespace."""
    return etree.QName(node).localname


def processes(trees: Trees) -> Iterator[tuple[str, etree._Element]]:
    for file, root in trees.items():
        for process in root.iter(BPMN + "process"):
            yield file, process


def process_name(trees: Trees, key: str) -> str:
    return next((p.get("name", key) for _, p in processes(trees) if p.get("id") == key), key)


def properties(node: etree._Element) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
    return {str(p.get("name")): p.get("value", "") for p in node.findall(path)}


def lanes(trees: Trees) -> dict[str, str]:
    """Element id -> name of the lane it is drawn in."""
    drawn = {}
    for root in trees.values():
        for lane in root.iter(BPMN + "lane"):
            for reference in lane.findall(BPMN + "flowNodeRef"):
                drawn[(reference.text or "").strip()] = lane.get("name", "")
    return drawn


def elements(trees: Trees) -> Mapping[str, Element]:
    drawn = lanes(trees)
    found = {}
    for _, process in processes(trees):
        for node in process.iter(*FLOW_NODES):
            element = _element(node, drawn)
            found[element.id] = element
    return MappingProxyType(found)


def _element(node: etree._Element, drawn: Mapping[str, str]) -> Element:
    id_ = node.get("id", "")
    own = properties(node)
    parent = node.getparent()
    inside = parent is not None and local(parent) == "subProcess"
    return Element(
        id=id_,
        name=node.get("name", id_),
        type=local(node),
        lane=own.get("lane") or drawn.get(id_),
        documentation=(node.findtext(BPMN + "documentation") or "").strip(),
        parent=parent.get("id") if parent is not None and inside else None,
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", "true") == "true",
        properties=MappingProxyType(own),
    )


def flows(trees: Trees) -> Mapping[str, Flow]:
    found = {}
    for _, process in processes(trees):
        for node in process.iter(BPMN + "sequenceFlow"):
            id_ = node.get("id", "")
            found[id_] = Flow(id_, node.get("sourceRef", ""), node.get("targetRef", ""), node.get("name", ""))
    return MappingProxyType(found)
