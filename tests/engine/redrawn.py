"""Draws a test's model anew with one change: what somebody does who publishes the next version of a process."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from app.engine import Definition, load
from tests.engine.driver import HERE

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
Change = Callable[[etree._Element], None]


def redrawn(name: str, *changes: Change) -> Definition:
    """The next version of valid_<name>.bpmn: another hash even without a change."""
    return load(sources(name, *changes), name)


def sources(name: str, *changes: Change) -> dict[str, bytes]:
    source = (HERE / f"valid_{name}.bpmn").read_bytes()
    files = {f"{name}.bpmn": redraw(source, *changes)}
    if b'calledElement="called"' in source:
        files["called.bpmn"] = (HERE / "called.bpmn").read_bytes()
    return files


def redraw(source: bytes, *changes: Change) -> bytes:
    root = etree.fromstring(source)
    for change in changes:
        change(root)
    root.append(etree.Comment("the next version"))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def find(root: etree._Element, id_: str) -> etree._Element:
    return next(node for node in root.iter() if node.get("id") == id_)


def naming(id_: str, name: str) -> Change:
    return lambda root: find(root, id_).set("name", name)


def with_id(old: str, new: str) -> Change:
    """Another id of the same element, wherever it is named."""

    def change(root: etree._Element) -> None:
        find(root, old).set("id", new)
        for node in root.iter():
            for attribute in ("sourceRef", "targetRef", "attachedToRef", "bpmnElement"):
                if node.get(attribute) == old:
                    node.set(attribute, new)
            if node.tag == BPMN + "flowNodeRef" and node.text == old:
                node.text = new

    return change


def in_lane(id_: str, lane: str) -> Change:
    def change(root: etree._Element) -> None:
        for own in find(root, id_).iter(SPIFF + "property"):
            if own.get("name") == "lane":
                own.set("value", lane)

    return change


def task_after(id_: str, new: str) -> Change:
    """A user task like this one, behind it."""

    def change(root: etree._Element) -> None:
        node = find(root, id_)
        task = deepcopy(node)
        task.set("id", new)
        task.set("name", new)
        for multi in task.findall(BPMN + "multiInstanceLoopCharacteristics"):
            task.remove(multi)
        node.addnext(task)
        _in_the_lane_of(root, id_, new)
        for flow in root.iter(BPMN + "sequenceFlow"):
            if flow.get("sourceRef") == id_:
                flow.set("sourceRef", new)
        _flow(node.getparent(), id_, new)

    return change


def task_before(id_: str, new: str) -> Change:
    def change(root: etree._Element) -> None:
        node = find(root, id_)
        task = deepcopy(node)
        task.set("id", new)
        task.set("name", new)
        node.addnext(task)
        _in_the_lane_of(root, id_, new)
        for flow in root.iter(BPMN + "sequenceFlow"):
            if flow.get("targetRef") == id_:
                flow.set("targetRef", new)
        _flow(node.getparent(), new, id_)

    return change


def without(id_: str) -> Change:
    """The element is taken out, and the flow goes past where it was."""

    def change(root: etree._Element) -> None:
        node = find(root, id_)
        flows = list(root.iter(BPMN + "sequenceFlow"))
        leaving = next(flow for flow in flows if flow.get("sourceRef") == id_)
        for flow in flows:
            if flow.get("targetRef") == id_:
                flow.set("targetRef", leaving.get("targetRef"))
        node.getparent().remove(leaving)
        node.getparent().remove(node)

    return change


def without_branch(*ids: str) -> Change:
    """The elements, and every flow from and to them."""

    def change(root: etree._Element) -> None:
        for id_ in ids:
            node = find(root, id_)
            for flow in list(root.iter(BPMN + "sequenceFlow")):
                if id_ in (flow.get("sourceRef"), flow.get("targetRef")):
                    flow.getparent().remove(flow)
            node.getparent().remove(node)

    return change


def with_timer(host: str, id_: str, rule: str, interrupts: bool = False) -> Change:
    """A boundary timer with a task of its own behind it, and an end."""

    def change(root: etree._Element) -> None:
        level = find(root, host).getparent()
        event = etree.SubElement(
            level, BPMN + "boundaryEvent", id=id_, attachedToRef=host, cancelActivity=str(interrupts).lower()
        )
        date = etree.SubElement(etree.SubElement(event, BPMN + "timerEventDefinition"), BPMN + "timeDate")
        date.text = rule
        _task(level, f"{id_}_task")
        etree.SubElement(level, BPMN + "endEvent", id=f"{id_}_end")
        _flow(level, id_, f"{id_}_task")
        _flow(level, f"{id_}_task", f"{id_}_end")

    return change


def condition(flow: str, text: str) -> Change:
    def change(root: etree._Element) -> None:
        find(root, flow).find(BPMN + "conditionExpression").text = text

    return change


def replaced(old: str, new: str) -> Change:
    """Raw text exchanged in every attribute and text."""

    def change(root: etree._Element) -> None:
        for node in root.iter():
            if node.text and old in node.text:
                node.text = node.text.replace(old, new)
            for name, value in node.attrib.items():
                if old in value:
                    node.set(name, value.replace(old, new))

    return change


def _in_the_lane_of(root: etree._Element, id_: str, new: str) -> None:
    for reference in list(root.iter(BPMN + "flowNodeRef")):
        if reference.text == id_:
            other = deepcopy(reference)
            other.text = new
            reference.addnext(other)


def _task(level: etree._Element, id_: str) -> None:
    task = etree.SubElement(level, BPMN + "userTask", id=id_, name=id_)
    more = etree.SubElement(etree.SubElement(task, BPMN + "extensionElements"), SPIFF + "properties")
    etree.SubElement(more, SPIFF + "property", name="lane", value="领导小组办公室")


def _flow(level: etree._Element, source: str, target: str) -> None:
    etree.SubElement(level, BPMN + "sequenceFlow", id=f"to_{source}_{target}", sourceRef=source, targetRef=target)
