"""How the elements of one level hang together: starts, ends, gateways, side paths, joins and cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property

from lxml import etree

from app.engine import expressions
from app.engine.drawing import BPMN, FLOW_NODES, Trees, local, processes, properties
from app.engine.rulebook import Rulebook

_WAITING = frozenset(
    ("userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent", "callActivity")
)
_AWAITED = frozenset(("intermediateCatchEvent", "receiveTask"))
_JOINING = frozenset(("parallelGateway", "inclusiveGateway"))


def check_shape(book: Rulebook, trees: Trees) -> None:
    for file, process in processes(trees):
        for level in (process, *process.iter(BPMN + "subProcess")):
            _Level(book, file, level).check()


class _Level:
    """One process or sub-process, as a graph in which a host also leads to its boundary events."""

    def __init__(self, book: Rulebook, file: str, level: etree._Element) -> None:
        self.book, self.file, self.level = book, file, level
        self.nodes = {child.get("id", ""): child for child in level if child.tag in FLOW_NODES}
        self.flows = [child for child in level if child.tag == BPMN + "sequenceFlow"]
        self.kind = {id_: local(node) for id_, node in self.nodes.items()}

    @cached_property
    def outgoing(self) -> dict[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {id_: [] for id_ in self.nodes}
        for flow in self.flows:
            found[flow.get("sourceRef", "")].append(flow)
        return found

    @cached_property
    def incoming(self) -> dict[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {id_: [] for id_ in self.nodes}
        for flow in self.flows:
            found[flow.get("targetRef", "")].append(flow)
        return found

    @cached_property
    def next(self) -> dict[str, set[str]]:
        found = {id_: {flow.get("targetRef", "") for flow in flows} for id_, flows in self.outgoing.items()}
        for id_, node in self.nodes.items():
            if self.kind[id_] == "boundaryEvent":
                found[node.get("attachedToRef", "")].add(id_)
        return found

    @cached_property
    def _side_events(self) -> list[str]:
        return [id_ for id_ in self.nodes if self._is_side_event(id_)]

    def check(self) -> None:
        self._check_ends()
        self._check_bounded_call()
        for id_, node in self.nodes.items():
            self._check_exits(id_, node)
            if self.kind[id_] in ("exclusiveGateway", "inclusiveGateway"):
                self._check_choice(id_, node)
            if self.kind[id_] == "eventBasedGateway":
                self._check_choice_of_events(id_)
            if self.kind[id_] in _JOINING and len(self.incoming[id_]) > 1:
                self._check_join(id_, node)
            if self._is_side_event(id_):
                self._check_side_path(id_, node)
            for closed in properties(node).get("closes", "").split():
                self._check_closed(id_, closed)
        self._check_reach()
        self._check_endless()

    def reach(self, starts: Iterable[str], without: Iterable[str] = ()) -> set[str]:
        """The nodes reached from these, themselves included, never entering those of `without`."""
        barred = set(without)
        seen = set(starts) - barred
        todo = list(seen)
        while todo:
            new = self.next[todo.pop()] - seen - barred
            seen |= new
            todo.extend(new)
        return seen

    def of_kind(self, kind: str) -> list[str]:
        return [id_ for id_, own in self.kind.items() if own == kind]

    def _refuse(self, id_: str, rule: str, detail: str = "") -> None:
        self.book.refuse(self.file, self.nodes[id_], rule, detail)

    def _check_ends(self) -> None:
        starts, ends = self.of_kind("startEvent"), self.of_kind("endEvent")
        if len(starts) != 1 or self.incoming[starts[0]]:
            self.book.refuse(self.file, self.level, "start")
        if not ends or any(self.outgoing[end] for end in ends):
            self.book.refuse(self.file, self.level, "end")

    def _check_bounded_call(self) -> None:
        """The library reads the named outputs at the end of a called process, which a terminate end never reaches."""
        if self.level.find(BPMN + "ioSpecification") is not None:
            for id_ in self.of_kind("endEvent"):
                if self.nodes[id_].find(BPMN + "terminateEventDefinition") is not None:
                    self._refuse(id_, "terminated_call")

    def _check_closed(self, service: str, closed: str) -> None:
        """A side task that is closed goes no further, so that a join behind it would wait for ever."""
        joins = [id_ for id_ in self.nodes if self.kind[id_] in _JOINING and len(self.incoming[id_]) > 1]
        if closed in self.nodes and self.reach([closed]) & set(joins):
            self._refuse(service, "closed_branch", closed)

    def _check_exits(self, id_: str, node: etree._Element) -> None:
        kind, exits = self.kind[id_], len(self.outgoing[id_])
        if kind == "endEvent":
            return
        if exits != 1 and not (kind.endswith("Gateway") and exits > 1):
            self._refuse(id_, "exits", f"{exits} found")
        default = node.get("default")
        if default and default not in {flow.get("id") for flow in self.outgoing[id_]}:
            self._refuse(id_, "dangling", default)

    def _check_choice(self, id_: str, node: etree._Element) -> None:
        flows = self.outgoing[id_]
        if len(flows) < 2:
            for flow in flows:
                if flow.find(BPMN + "conditionExpression") is not None:
                    self.book.refuse(self.file, flow, "condition", "a single way out has none")
            return
        default = node.get("default")
        if not default:
            self._refuse(id_, "default")
        seen: set[str] = set()
        for flow in flows:
            text = flow.findtext(BPMN + "conditionExpression")
            if (text is None) != (flow.get("id") == default):
                self.book.refuse(self.file, flow, "condition")
            if text is not None:
                shape = ast.dump(expressions.parse(text))
                if shape in seen or not expressions.names_in(text):
                    self.book.refuse(self.file, flow, "same_condition", text)
                seen.add(shape)

    def _check_choice_of_events(self, id_: str) -> None:
        """The first event wins and cancels its neighbours, so none of them may be reached by another way."""
        awaited = [flow.get("targetRef", "") for flow in self.outgoing[id_]]
        is_closed = all(
            self.kind[target] in _AWAITED and len(self.incoming[target]) == 1 and not self._is_host(target)
            for target in awaited
        )
        node = self.nodes[id_]
        is_plain = node.get("instantiate") != "true" and node.get("eventGatewayType") != "Parallel"
        if len(awaited) < 2 or not is_closed or not is_plain:
            self._refuse(id_, "choice_of_events")

    def _is_host(self, id_: str) -> bool:
        """Whether a boundary event or a multi-instance stands between the element and its flow."""
        node = self.nodes[id_]
        return node.find(BPMN + "multiInstanceLoopCharacteristics") is not None or any(
            other.get("attachedToRef") == id_ for other in self.nodes.values()
        )

    def _is_side_event(self, id_: str) -> bool:
        return self.kind[id_] == "boundaryEvent" and self.nodes[id_].get("cancelActivity") == "false"

    def _check_side_path(self, id_: str, node: etree._Element) -> None:
        """A side path that runs into the main flow would double its token."""
        main = self.reach(self.of_kind("startEvent"), without=self._side_events)
        shared = {node for node in self.reach([id_]) & main if not self._is_plain_end(node)}
        if shared:
            self._refuse(id_, "side_path", ", ".join(sorted(shared)))

    def _is_plain_end(self, id_: str) -> bool:
        return self.kind[id_] == "endEvent" and not any(local(own).endswith("Definition") for own in self.nodes[id_])

    def _check_join(self, id_: str, node: etree._Element) -> None:
        if id_ in self.reach(self.next[id_]):
            self._refuse(id_, "join_in_loop")
        forks = (fork for fork in self.of_kind(self.kind[id_]) if fork != id_)
        fork = next((fork for fork in forks if self._matches(fork, id_)), None)
        if fork is None:
            self._refuse(id_, "join")
        elif self.kind[id_] == "parallelGateway":
            self._check_branches(fork, id_)

    def _check_branches(self, fork: str, join: str) -> None:
        """A branch that ends elsewhere leaves the join waiting, unless that end cancels the whole level."""
        branches = self.reach(self.next[fork], without=[join, *self._side_events])
        for id_ in self.of_kind("endEvent"):
            if id_ in branches and not self._cancels(id_):
                self._refuse(id_, "join_missed", join)

    def _cancels(self, end: str) -> bool:
        """Whether this end stops everything on its level: a terminate, or an error caught at the border of the box."""
        definitions = {local(own): own for own in self.nodes[end]}
        if "terminateEventDefinition" in definitions:
            return True
        error = definitions.get("errorEventDefinition")
        outer = self.level.getparent()
        if error is None or outer is None:
            return False
        return any(
            caught.get("errorRef") in (None, error.get("errorRef"))
            for event in outer.findall(BPMN + "boundaryEvent")
            if event.get("attachedToRef") == self.level.get("id")
            for caught in event.findall(BPMN + "errorEventDefinition")
        )

    def _matches(self, fork: str, join: str) -> bool:
        """Each way out of the fork reaches exactly one way into the join, and no two the same."""
        entries = {flow.get("id", ""): flow.get("sourceRef", "") for flow in self.incoming[join]}
        exits = self.outgoing[fork]
        if len(exits) < 2 or len(exits) != len(entries):
            return False
        taken: list[str] = []
        for flow in exits:
            if flow.get("id") in entries:
                taken.append(flow.get("id", ""))
                continue
            reached = self.reach([flow.get("targetRef", "")], without=[join, fork])
            own = [entry for entry, source in entries.items() if source in reached]
            if len(own) != 1:
                return False
            taken += own
        return sorted(taken) == sorted(entries)

    def _check_reach(self) -> None:
        reached = self.reach(self.of_kind("startEvent"))
        for id_ in self.nodes:
            if id_ not in reached:
                self._refuse(id_, "unreachable")
        ends = set(self.of_kind("endEvent"))
        for id_ in self.nodes:
            if id_ in reached and not self.reach([id_]) & ends:
                self._refuse(id_, "no_way_out")

    def _check_endless(self) -> None:
        """A cycle of elements none of which waits would spin until the limits of a command stop it."""
        waiting = {id_ for id_, node in self.nodes.items() if _may_wait(node)}
        for id_ in self._automatic(waiting):
            if id_ in self.reach(self.next[id_] - waiting, without=waiting):
                self._refuse(id_, "endless")

    def _automatic(self, waiting: set[str]) -> Iterator[str]:
        return (id_ for id_ in self.nodes if id_ not in waiting)


def _may_wait(node: etree._Element) -> bool:
    """Whether a person, a timer or a message is asked for here; in a called process it is taken for granted."""
    return any(local(inner) in _WAITING for inner in node.iter(*FLOW_NODES))
