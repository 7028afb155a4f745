"""Holds an event log against the drawings with a public mining tool, pm4py, in an environment of its own.

    duban audit export --format xes -o log.xes
    make mining LOG=log.xes

pm4py's own reading of BPMN knows no boundary events, boxes or terminate ends, so the Petri net is made here, from the
file alone, and pm4py reads the log and aligns each trace with the net. A trace fits where its cost is 0. pm4py is AGPL:
it is never a dependency of the product and nothing of ours is called by it (docs/process-mining.md).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

WORKFLOWS = Path(__file__).parents[1] / "workflows"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ACTIVE = ("Task", "callActivity", "CatchEvent", "ThrowEvent")


class Net:
    """The Petri net of one drawing. A token in `run` stands for the running process; `over` takes away all others."""

    def __init__(self, key: str) -> None:
        objects = import_module("pm4py.objects.petri_net.obj")
        self._utils = import_module("pm4py.objects.petri_net.utils.petri_utils")
        self._kinds, self._numbers = objects.PetriNet, count()
        self._places: dict[str, Any] = {}
        self.net, self.labels = objects.PetriNet(key), set[str]()
        process = ElementTree.parse(WORKFLOWS / f"{key}.bpmn").getroot().find(f"{BPMN}process")
        assert process is not None
        self._nodes = {node.get("id", ""): node for node in process.iter() if node.get("id")}
        flows = list(process.iter(f"{BPMN}sequenceFlow"))
        self._into, self._out = defaultdict(list), defaultdict(list)
        for flow in flows:
            self._out[flow.get("sourceRef")].append(flow.get("id"))
            self._into[flow.get("targetRef")].append(flow.get("id"))
        begin = self._level(process, None)
        self._over()
        self.initial = objects.Marking({self.place(begin): 1, self.place("run"): 1})
        self.final = objects.Marking({self.place("run"): 1})

    def place(self, name: str) -> Any:
        if name not in self._places:
            self._places[name] = self._kinds.Place(name)
            self.net.places.add(self._places[name])
        return self._places[name]

    def step(self, into: list[str], out: list[str], label: str | None = None) -> None:
        transition = self._kinds.Transition(f"t{next(self._numbers)}", label)
        self.net.transitions.add(transition)
        if label:
            self.labels.add(label)
        for name in into:
            self._utils.add_arc_from_to(self.place(name), transition, self.net)
        for name in out:
            self._utils.add_arc_from_to(transition, self.place(name), self.net)

    def _level(self, parent: ElementTree.Element, box: str | None) -> str:
        """Everything that stands directly in the process or box; the place at which it begins."""
        begin = f"begin:{box}"
        for node in parent:
            kind, id_ = node.tag.removeprefix(BPMN), node.get("id", "")
            into, out = [f"f:{one}" for one in self._into[id_]], [f"f:{one}" for one in self._out[id_]]
            if kind == "startEvent":
                self.step([begin], out, id_)
            elif kind == "endEvent":
                self._end(node, into, box)
            elif kind == "parallelGateway":
                self.step(into, out)
            elif kind.endswith("Gateway"):
                self._either(id_, into, out)
            elif kind == "subProcess":
                self._box(node, into, out)
            elif kind.endswith(ACTIVE):
                self._activity(node, into, out)
            elif kind == "boundaryEvent":
                self._boundary(node, out)
        return begin

    def _either(self, id_: str, into: list[str], out: list[str]) -> None:
        for one in into:
            self.step([one], [f"g:{id_}"])
        for one in out:
            self.step([f"g:{id_}"], [one])

    def _activity(self, node: ElementTree.Element, into: list[str], out: list[str]) -> None:
        id_ = node.get("id", "")
        here = f"a:{id_}"
        for one in into:
            self.step([one], [here])
        if node.find(f"{BPMN}multiInstanceLoopCharacteristics") is None:
            self.step([here], out, id_)
        else:
            self.step([here], [here], id_)
            self.step([here], out)

    def _boundary(self, node: ElementTree.Element, out: list[str]) -> None:
        host = node.get("attachedToRef", "")
        stays = node.get("cancelActivity") == "false"
        is_box = self._nodes[host].tag == f"{BPMN}subProcess"
        rest = [f"a:{host}"] if stays else [f"c:{host}"] if is_box else []
        self.step([f"a:{host}"], [*out, *rest], node.get("id"))

    def _box(self, node: ElementTree.Element, into: list[str], out: list[str]) -> None:
        id_ = node.get("id", "")
        known = set(self._places)
        begin = self._level(node, id_)
        inside = set(self._places) - known - {f"f:{one}" for one in (*self._into[id_], *self._out[id_])}
        for one in into:
            self.step([one], [f"a:{id_}", begin])
        self.step([f"a:{id_}", f"d:{id_}"], [*out, f"c:{id_}"])
        if node.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None:
            self.step([f"a:{id_}"], [f"a:{id_}", begin])
        for one in inside | {f"d:{id_}"}:  # what a box leaves behind when it is left is taken away
            self.step([f"c:{id_}", one], [f"c:{id_}"])
        self.step([f"c:{id_}"], [])

    def _end(self, node: ElementTree.Element, into: list[str], box: str | None) -> None:
        ends_all = node.find(f"{BPMN}terminateEventDefinition") is not None and box is None
        for one in into:
            after = [f"d:{box}"] if box else ["over"] if ends_all else []
            self.step([one, "run"] if ends_all else [one], after, node.get("id"))

    def _over(self) -> None:
        for name in list(self._places):
            if name not in ("run", "over"):
                self.step(["over", name], ["over"])
        self.step(["over"], ["run"])


def main(log_file: str) -> None:
    objects = import_module("pm4py.objects.log.obj")
    reader = import_module("pm4py.objects.log.importer.xes.importer")
    log = reader.apply(log_file, parameters={"show_progress_bar": False})
    by_process: dict[str, list[Any]] = defaultdict(list)
    for trace in log:
        if trace.attributes["duban:status"] == "completed":
            by_process[trace.attributes["duban:definition"]].append(trace)
    print("| process | traces | variants | fitting | fitness | what does not fit |")
    print("|---|---|---|---|---|---|")
    all_traces = all_fitting = 0
    for key in sorted(by_process):
        if (WORKFLOWS / f"{key}.bpmn").exists():
            traces, fitting = _told(key, by_process[key], objects)
            all_traces, all_fitting = all_traces + traces, all_fitting + fitting
    print(f"| **all** | {all_traces} | | {100 * all_fitting / max(all_traces, 1):.1f} % | | |")


def _told(key: str, traces: list[Any], objects: Any) -> tuple[int, int]:
    """One line of the table: each variant is aligned once."""
    align = import_module("pm4py.algo.conformance.alignments.petri_net.algorithm")
    net = Net(key)
    variants: Counter[tuple[str, ...]] = Counter(tuple(_names(trace, net.labels)) for trace in traces)
    fitting, fitness = 0, 0.0
    odd: Counter[str] = Counter()

    for names, times in variants.items():
        trace = objects.Trace([objects.Event({"concept:name": name}) for name in names])
        found = align.apply_trace(trace, net.net, net.initial, net.final)
        cost = found["cost"] // 10_000  # a move of one side alone costs so much, a silent one next to nothing
        fitting += times if cost == 0 else 0
        fitness += times * found["fitness"]
        if cost:
            odd.update({_move(one): times for one in found["alignment"] if _is_odd(one)})
    said = ", ".join(f"{name} ({times})" for name, times in odd.most_common(3))
    share, mean = 100 * fitting / len(traces), fitness / len(traces)
    print(f"| {key} | {len(traces)} | {len(variants)} | {share:.1f} % | {mean:.3f} | {said} |", flush=True)
    return len(traces), fitting


def _names(trace: Any, labels: set[str]) -> list[str]:
    """What was done, of what is drawn in the file itself: a called process has a drawing of its own."""
    return [
        event["duban:element"]
        for event in trace
        if event["lifecycle:transition"] == "complete" and event["duban:element"] in labels
    ]


def _is_odd(move: tuple[Any, Any]) -> bool:
    return (move[0] == ">>") != (move[1] == ">>") and move[1] is not None


def _move(move: tuple[Any, Any]) -> str:
    return f"done beside the drawing: {move[0]}" if move[1] == ">>" else f"drawn but not in the log: {move[1]}"


if __name__ == "__main__":
    main(sys.argv[1])
