"""What stands in a drawing without moving it: taken out before the library reads it, and told as a notice.

Modellers write much beside the flow: data objects, message flows, pools that only show who else there is, colours and
forms of their own engines. A drawing is not refused for it, unless it would act elsewhere and silently not here.
"""

from __future__ import annotations

from lxml import etree

from app.engine.drawing import BPMN, FLOW_NODES, SPIFF, Trees, local, processes
from app.engine.rulebook import Rulebook

EXTENSION = BPMN + "extensionElements"
_ORNAMENTS = frozenset(
    BPMN + word
    for word in (
        "import", "extension", "relationship", "itemDefinition", "dataStore", "resource", "interface", "category",
        "endPoint", "partnerEntity", "partnerRole", "messageFlow", "participantMultiplicity", "interfaceRef",
        "conversation", "conversationLink", "auditing", "monitoring", "property", "dataObject", "dataObjectReference",
        "dataStoreReference", "dataInputAssociation", "dataOutputAssociation", "potentialOwner", "humanPerformer",
        "performer", "resourceRole", "rendering",
    )
)  # fmt: skip
_SPIFF_ORNAMENTS = frozenset(SPIFF + word for word in ("instructionsForEndUser", "unitTests", "category"))
_ACTING = frozenset(
    (
        "executionListener", "taskListener", "eventListener", "inputOutput", "ioMapping", "connector", "in", "out",
        "field", "mapException", "script", "onEntry-script", "onExit-script", "taskDefinition", "eventType",
    )
)  # fmt: skip
_COMPUTING = (BPMN + "assignment", BPMN + "transformation")
_NAMING = tuple(
    BPMN + word
    for word in (
        "timeDate", "flowNodeRef", "loopDataInputRef", "loopDataOutputRef", "dataInputRefs", "dataOutputRefs",
        "conditionExpression", "completionCondition",
    )
)  # fmt: skip
_REFERRING = {"messageRef", "signalRef", "errorRef", "escalationRef", "calledElement"}  # names, perhaps with a prefix
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}"


def is_ornament(node: etree._Element) -> bool:
    """Whether this word of BPMN only adorns; an ioSpecification does, but for that of a called process."""
    if node.tag == BPMN + "ioSpecification":
        parent = node.getparent()
        return parent is not None and parent.tag in FLOW_NODES
    return node.tag in _ORNAMENTS or node.tag in _SPIFF_ORNAMENTS


def is_foreign(node: etree._Element) -> bool:
    """Whether the element is an extension of another engine or modeller."""
    parent = node.getparent()
    return parent is not None and parent.tag == EXTENSION and not str(node.tag).startswith((BPMN, SPIFF))


def note_ornament(book: Rulebook, file: str, node: etree._Element) -> None:
    """Note an element that only adorns, or refuse it where it would compute something."""
    for computing in node.iter(*_COMPUTING):
        book.refuse(file, computing, "element", local(computing))
    book.note(file, node, "ornament", local(node))


def note_foreign(book: Rulebook, file: str, node: etree._Element) -> None:
    """Note an extension that nothing here reads, or refuse one that would act in its own engine."""
    acting = next((local(inner) for inner in node.iter("*") if local(inner) in _ACTING), None)
    if acting is None:
        book.note(file, node, "foreign", local(node))
    else:
        book.refuse(file, node, "acting", acting)


def note_attributes(book: Rulebook, file: str, node: etree._Element) -> None:
    """Note the attributes of other namespaces, which are no part of the schema and read by nobody."""
    for name in node.attrib:
        if str(name).startswith("{") and not str(name).startswith(_TYPE):
            book.note(file, node, "foreign", f"@{etree.QName(name).localname}")


def drawn_only(trees: Trees) -> list[tuple[str, etree._Element]]:
    """The processes that are not executable, where another one is: pools that show who else there is."""
    found = list(processes(trees))
    if not any(is_executable(process) for _, process in found):
        return []
    return [(file, process) for file, process in found if not is_executable(process)]


def is_executable(process: etree._Element) -> bool:
    return process.get("isExecutable") in ("true", "1")


def strip(trees: Trees) -> None:
    """Take all ornaments out of trees whose vocabulary was checked; of names, leave neither blanks nor prefixes."""
    for _, process in drawn_only(trees):
        _drop(process)
    for root in trees.values():
        for node in [node for node in root.iter("*") if is_ornament(node) or is_foreign(node)]:
            _drop(node)
        for node in root.iter(*_NAMING):
            node.text = (node.text or "").strip()
        for node in root.iter("*"):
            for attribute in _REFERRING & set(node.attrib):
                node.set(attribute, node.get(attribute, "").rpartition(":")[2])


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
