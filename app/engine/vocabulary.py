"""Which words of BPMN are accepted at all; every other is refused by name."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from itertools import islice
from threading import Lock

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator

from app.engine.drawing import BPMN, FLOW_NODES, SPIFF, Trees, local, processes
from app.engine.ornaments import drawn_only, is_foreign, is_ornament, note_attributes, note_foreign, note_ornament
from app.engine.rulebook import MOST, Rulebook

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
MAX_NODES = 300
MAX_FLOWS = 600
_LONGEST = {"id": 60, "name": 80}  # what the tables hold
_EXTENSIONS = frozenset(SPIFF + word for word in ("properties", "property", "serviceTaskOperator"))
_SCHEMA = BpmnValidator().validator  # BPMN only: the extension schema asks for parameters, which we never have
_ONE_AT_A_TIME = Lock()
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
        doubled = _doubled(shown)
        for place, message in _schema_errors(shown):
            if "xs:ID'" in message and place.get("id") in doubled:
                book.refuse(file, place, "double_id", place.get("id", ""))
            else:
                book.refuse(file, place, "schema", message)


def _schema_errors(root: etree._Element) -> list[tuple[etree._Element, str]]:
    """The first errors, as many as are told. One validator serves all threads, and its log is that of the last call."""
    with _ONE_AT_A_TIME:
        _SCHEMA.validate(root.getroottree())
        errors = list(islice(_SCHEMA.error_log, MOST + 1))
    prefixes = {prefix: space for node in root.iter("*") for prefix, space in node.nsmap.items() if prefix}
    return [(_place(root, error.path, prefixes), error.message) for error in errors]


def _doubled(root: etree._Element) -> set[str]:
    """The ids that several elements of a file bear, which the schema tells in words that nobody understands."""
    count = Counter(node.get("id", "") for node in root.iter("*"))
    return {id_ for id_, number in count.items() if number > 1}


def _place(root: etree._Element, path: str | None, prefixes: dict[str, str]) -> etree._Element:
    """The element that the schema means, or the root where its path cannot be followed."""
    try:
        found = root.xpath(path or "/*", namespaces=prefixes)
    except etree.XPathError:
        return root
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else root


def check_vocabulary(book: Rulebook, trees: Trees) -> None:
    """Every element, outside of the diagram, that is not on the list or is named at too great length."""
    only_drawn = {process for _, process in drawn_only(trees)}
    for file, root in trees.items():
        _check(book, file, root, only_drawn)


def check_size(book: Rulebook, trees: Trees) -> None:
    """The library follows the flows by recursion; a definition as large as this is no drawing any more."""
    for file, process in processes(trees):
        if _count(trees, *FLOW_NODES) > MAX_NODES or _count(trees, BPMN + "sequenceFlow") > MAX_FLOWS:
            book.refuse(file, process, "too_many")


def _count(trees: Trees, *tags: str) -> int:
    return sum(1 for root in trees.values() for _ in root.iter(*tags))


def _check(book: Rulebook, file: str, node: etree._Element, only_drawn: set[etree._Element]) -> None:
    if node.tag == _DIAGRAM:
        return
    if node in only_drawn:
        book.note(file, node, "drawn_only", node.get("id", ""))
        return
    if is_ornament(node):
        note_ornament(book, file, node)
        return
    if is_foreign(node):
        note_foreign(book, file, node)
        return
    if node.tag not in _WORDS and node.tag not in _EXTENSIONS:
        rule = "element" if str(node.tag).startswith(BPMN) else "extension"
        book.refuse(file, node, rule, local(node))
        return
    if any(len(node.get(name, "")) > length for name, length in _LONGEST.items()):
        book.refuse(file, node, "too_long")
    note_attributes(book, file, node)
    for child in node:
        _check(book, file, child, only_drawn)
