"""Which words of BPMN are accepted at all; every other is refused by name."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator

from app.engine.drawing import BPMN, FLOW_NODES, SPIFF, Trees
from app.engine.rulebook import Rulebook

_WORDS = FLOW_NODES | {
    BPMN + word
    for word in (
        "definitions", "process", "collaboration", "participant", "message", "signal", "error", "escalation",
        "documentation", "extensionElements", "laneSet", "lane", "flowNodeRef", "incoming", "outgoing", "sequenceFlow",
        "conditionExpression", "timerEventDefinition", "timeDate", "messageEventDefinition", "signalEventDefinition",
        "errorEventDefinition", "escalationEventDefinition", "terminateEventDefinition",
        "multiInstanceLoopCharacteristics", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem",
        "completionCondition", "ioSpecification", "dataInput", "dataOutput", "inputSet", "outputSet", "dataInputRefs",
        "dataOutputRefs", "textAnnotation", "text", "association", "group",
    )
}  # fmt: skip
_LONGEST = {"id": 60, "name": 80}  # what the tables hold
_EXTENSIONS = frozenset(SPIFF + word for word in ("properties", "property", "serviceTaskOperator"))
_SCHEMA = BpmnValidator().validator  # BPMN only: the extension schema asks for parameters, which we never have
_DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"


def check_schema(book: Rulebook, trees: Trees) -> None:
    """Every error of the library's BPMN schema, with its line.

    The items of a multi-instance must be one and the same for the library, hence bear one id, which XML forbids:
    the schema is shown a copy without the second of them.
    """
    for file, root in trees.items():
        shown = deepcopy(root)
        for item in shown.iter(BPMN + "outputDataItem"):
            item.attrib.pop("id", "")
        if not _SCHEMA.validate(shown.getroottree()):
            for error in _SCHEMA.error_log:
                book.refuse_file(file, error.line, "schema", error.message)


def check_vocabulary(book: Rulebook, trees: Trees) -> None:
    """Every element, outside of the diagram, that is not on the list or is named at too great length."""
    for file, root in trees.items():
        _check(book, file, root)


def _check(book: Rulebook, file: str, node: etree._Element) -> None:
    if node.tag == _DIAGRAM:
        return
    if node.tag not in _WORDS and node.tag not in _EXTENSIONS:
        rule = "element" if str(node.tag).startswith(BPMN) else "extension"
        book.refuse(file, node, rule, str(etree.QName(node).localname))
        return
    if any(len(node.get(name, "")) > length for name, length in _LONGEST.items()):
        book.refuse(file, node, "too_long")
    for child in node:
        _check(book, file, child)
