"""What each element must carry: ids, references, operators, lanes, events, conditions and multi-instances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from app.engine import expressions
from app.engine.drawing import BPMN, FLOW_NODES, SPIFF, Trees, lanes, local, processes, properties
from app.engine.lanes import LANES
from app.engine.ornaments import is_executable
from app.engine.rulebook import Rulebook

ACTIVITIES = frozenset(
    (
        "userTask",
        "manualTask",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "callActivity",
    )
)
BOXES = frozenset(("subProcess", "callActivity"))
_EVENTS = {
    "startEvent": {"", "message"},
    "endEvent": {"", "message", "terminate", "error", "escalation"},
    "boundaryEvent": {"timer", "message", "error", "escalation", "signal"},
    "intermediateCatchEvent": {"timer", "message", "signal"},
    "intermediateThrowEvent": {"", "message", "escalation", "signal"},
}
MAX_DEPTH = 8
_RESERVED = frozenset(("Root", "Start", "End"))
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
_REFERENCES = {"messageRef": "message", "signalRef": "signal", "errorRef": "error", "escalationRef": "escalation"}
_MULTI = BPMN + "multiInstanceLoopCharacteristics"
_OPERATOR = f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator"


def check_wiring(book: Rulebook, trees: Trees, key: str) -> None:
    _Wiring(book, trees).check(key)


class _Wiring:
    def __init__(self, book: Rulebook, trees: Trees) -> None:
        self.book = book
        self.trees = trees
        self.lanes = lanes(trees)
        self.nodes = {node.get("id", ""): node for _, node in self._flow_nodes()}
        self.processes = {process.get("id", ""): process for _, process in processes(trees)}
        self.signals = {
            definition.get("signalRef")
            for _, node in self._flow_nodes()
            if local(node) == "intermediateThrowEvent"
            for definition in node.iter(BPMN + "signalEventDefinition")
        }
        self.named = {
            (local(node), node.get("id"))
            for root in trees.values()
            for node in root.iter()
            if node.get("id") is not None
        }

    def check(self, key: str) -> None:
        self._check_processes(key)
        self._check_ids()
        for file, node in self._flow_nodes():
            self._check_node(file, node)
        for file, process in processes(self.trees):
            for flow in process.iter(BPMN + "sequenceFlow"):
                self._check_flow(file, flow)
        self._check_lane_references()
        self._check_names()

    def _flow_nodes(self) -> Iterator[tuple[str, etree._Element]]:
        for file, process in processes(self.trees):
            for node in process.iter(*FLOW_NODES):
                yield file, node

    def _check_processes(self, key: str) -> None:
        if key not in self.processes:
            self.book.refuse_file(next(iter(self.trees), ""), 0, "no_process", key)
        for file, process in processes(self.trees):
            if not is_executable(process):
                self.book.refuse(file, process, "not_executable")
            if self._calls_itself(process.get("id", "")):
                self.book.refuse(file, process, "recursion")

    def _calls_itself(self, start: str) -> bool:
        reached: set[str] = set()
        todo = [start]
        while todo:
            process = self.processes.get(todo.pop())
            called = (
                {c.get("calledElement", "") for c in process.iter(BPMN + "callActivity")}
                if process is not None
                else set()
            )
            todo.extend(called - reached)
            reached |= called
        return start in reached

    def _check_ids(self) -> None:
        """Elements, flows, operators and items share one space, in which the parser would mistake one for another."""
        carriers: list[tuple[str, etree._Element]] = []
        for file, process in processes(self.trees):
            carriers.append((file, process))
            carriers += [(file, node) for node in process.iter(*FLOW_NODES, BPMN + "sequenceFlow", BPMN + "lane")]
        count = Counter(node.get("id") for _, node in carriers)
        for file, node in carriers:
            if not node.get("id"):
                self.book.refuse(file, node, "no_id", local(node))
            elif count[node.get("id")] > 1:
                self.book.refuse(file, node, "double_id", node.get("id", ""))
            elif node.get("id") in _RESERVED or node.get("id", "").endswith(_RESERVED_ENDS):
                self.book.refuse(file, node, "reserved", node.get("id", ""))
        for file, process in processes(self.trees):
            for node in process.iter(SPIFF + "serviceTaskOperator", BPMN + "inputDataItem", BPMN + "outputDataItem"):
                if node.get("id") in count:
                    self.book.refuse(file, node, "double_id", node.get("id", ""))

    def _check_lane_references(self) -> None:
        for file, process in processes(self.trees):
            for reference in process.iter(BPMN + "flowNodeRef"):
                if (reference.text or "").strip() not in self.nodes:
                    self.book.refuse(file, reference, "dangling", reference.text or "")

    def _check_names(self) -> None:
        for file, root in self.trees.items():
            for node in root.iter(BPMN + "message", BPMN + "signal"):
                if not node.get("name"):
                    self.book.refuse(file, node, "unnamed")

    def _check_node(self, file: str, node: etree._Element) -> None:
        kind = local(node)
        if kind in _EVENTS:
            self._check_event(file, node, kind)
        if kind in ("serviceTask", "businessRuleTask"):
            self._check_operator(file, node)
        if kind in ("sendTask", "receiveTask"):
            self._check_message(file, node)
        if kind in ("userTask", "manualTask"):
            self._check_lane(file, node)
        if kind == "subProcess":
            self._check_box(file, node)
        if kind == "callActivity" and node.get("calledElement") not in self.processes:
            self.book.refuse(file, node, "dangling", node.get("calledElement", ""))
        if kind == "boundaryEvent":
            self._check_host(file, node)
        for multi in node.findall(_MULTI):
            self._check_instances(file, multi)

    def _check_event(self, file: str, node: etree._Element, kind: str) -> None:
        definitions = [child for child in node if local(child).endswith("EventDefinition")]
        names = [local(child).removesuffix("EventDefinition") for child in definitions] or [""]
        if len(names) > 1 or names[0] not in _EVENTS[kind]:
            self.book.refuse(file, node, "event", f"{kind} {', '.join(names)}".strip())
        if "error" in names and kind == "boundaryEvent" and node.get("cancelActivity") == "false":
            self.book.refuse(file, node, "event", "an error always interrupts")
        for definition in definitions:
            self._check_event_definition(file, definition)

    def _check_event_definition(self, file: str, definition: etree._Element) -> None:
        kind = local(definition).removesuffix("EventDefinition")
        if kind == "timer":
            dates = [(child.text or "").strip() for child in definition if local(child) == "timeDate"]
            if len(dates) != 1 or len(definition) != 1 or not dates[0].isidentifier():
                self.book.refuse(file, definition, "timer", " ".join(dates))
        elif kind == "message":
            self._check_message(file, definition)
        elif kind != "terminate":
            self._check_reference(file, definition, f"{kind}Ref")
            if kind == "signal" and definition.get("signalRef") not in self.signals:
                self.book.refuse(file, definition, "signal", definition.get("signalRef", ""))

    def _check_message(self, file: str, node: etree._Element) -> None:
        if not node.get("messageRef"):
            self.book.refuse(file, node, "message")
        self._check_reference(file, node, "messageRef")

    def _check_reference(self, file: str, node: etree._Element, attribute: str) -> None:
        reference = node.get(attribute)
        if reference and (_REFERENCES[attribute], reference) not in self.named:
            self.book.refuse(file, node, "dangling", reference)

    def _check_operator(self, file: str, node: etree._Element) -> None:
        operators = node.findall(_OPERATOR)
        if len(operators) != 1 or "." not in operators[0].get("id", "") or len(operators[0]):
            self.book.refuse(file, node, "operator")
        for closed in properties(node).get("closes", "").split():
            side = self.nodes.get(closed)
            if side is None or local(side) != "userTask" or side.getparent() is not node.getparent():
                self.book.refuse(file, node, "dangling", closed)

    def _check_lane(self, file: str, node: etree._Element) -> None:
        lane = properties(node).get("lane") or self.lanes.get(node.get("id", ""))
        if lane not in LANES:
            self.book.refuse(file, node, "lane", lane or "")

    def _check_box(self, file: str, node: etree._Element) -> None:
        if node.get("triggeredByEvent") == "true":
            self.book.refuse(file, node, "event_box")
        if node.get("id") in self.lanes:
            self.book.refuse(file, node, "box_in_lane")
        if sum(1 for _ in node.iterancestors(BPMN + "subProcess")) >= MAX_DEPTH:
            self.book.refuse(file, node, "too_deep")
        if not (node.findtext(BPMN + "documentation") or "").strip():
            self.book.refuse(file, node, "box_documentation")

    def _check_host(self, file: str, node: etree._Element) -> None:
        host = self.nodes.get(node.get("attachedToRef", ""))
        if host is None or host.getparent() is not node.getparent():
            self.book.refuse(file, node, "dangling", node.get("attachedToRef", ""))
        elif local(host) not in ACTIVITIES or (local(host) in BOXES and host.find(_MULTI) is not None):
            self.book.refuse(file, node, "host", host.get("id", ""))

    def _check_instances(self, file: str, multi: etree._Element) -> None:
        collection = (multi.findtext(BPMN + "loopDataInputRef") or "").strip()
        item = multi.find(BPMN + "inputDataItem")
        output = multi.find(BPMN + "outputDataItem")
        is_paired = (
            collection.isidentifier()
            and collection == (multi.findtext(BPMN + "loopDataOutputRef") or "").strip()
            and item is not None
            and output is not None
            and item.get("id") == output.get("id")
            and item.get("id", "").isidentifier()
        )
        if not is_paired:
            self.book.refuse(file, multi, "instances")
        condition = multi.find(BPMN + "completionCondition")
        if condition is not None:
            self._check_expression(file, condition)

    def _check_flow(self, file: str, flow: etree._Element) -> None:
        for end in ("sourceRef", "targetRef"):
            node = self.nodes.get(flow.get(end, ""))
            if node is None or node.getparent() is not flow.getparent():
                self.book.refuse(file, flow, "dangling", flow.get(end, ""))
        condition = flow.find(BPMN + "conditionExpression")
        source = self.nodes.get(flow.get("sourceRef", ""))
        if condition is not None:
            self._check_expression(file, condition)
            if source is not None and local(source) not in ("exclusiveGateway", "inclusiveGateway"):
                self.book.refuse(file, flow, "condition", "only flows of an exclusive or inclusive gateway have one")

    def _check_expression(self, file: str, node: etree._Element) -> None:
        try:
            expressions.parse(node.text or "")
        except expressions.BadExpression as error:
            self.book.refuse(file, node, "expression", str(error))
