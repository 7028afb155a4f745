"""Every drawing of the house can be read on paper: all in its lane and its box, nothing over or through another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

WORKFLOWS = Path(__file__).parents[2] / "workflows"
NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
FRAMES = frozenset(("participant", "lane", "subProcess"))
every_drawing = pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.bpmn")), ids=lambda file: file.stem)


class Rectangle(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Rectangle) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: Rectangle) -> bool:
        """A border alone in common is none."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def is_on_border(self, point: tuple[float, float]) -> bool:
        x, y = point
        on_side = x in (self.left, self.right) and self.top <= y <= self.bottom
        return on_side or (y in (self.top, self.bottom) and self.left <= x <= self.right)


class Drawing:
    """shapes, texts: by the id of what is drawn; lines: flow -> its corners."""

    def __init__(self, file: Path) -> None:
        self.root = etree.parse(str(file), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        self.nodes = {node.get("id"): node for node in self.root.iter("{*}*") if node.get("id")}
        self.shapes = {
            shape.get("bpmnElement"): _rectangle(shape.find("dc:Bounds", NAMES))
            for shape in self.root.iterfind(".//bpmndi:BPMNShape", NAMES)
        }
        self.texts = {
            label.getparent().get("bpmnElement"): _rectangle(label.find("dc:Bounds", NAMES))
            for label in self.root.iterfind(".//bpmndi:BPMNLabel", NAMES)
        }
        self.lines = {
            edge.get("bpmnElement"): [
                (float(point.get("x")), float(point.get("y"))) for point in edge.iterfind("di:waypoint", NAMES)
            ]
            for edge in self.root.iterfind(".//bpmndi:BPMNEdge", NAMES)
        }

    def kind(self, id_: str) -> str:
        return etree.QName(self.nodes[id_]).localname

    def boxes_around(self, id_: str) -> list[str]:
        return [box.get("id") for box in self.nodes[id_].iterancestors("{*}subProcess")]

    def lane_of(self, id_: str) -> str:
        """The lane by its place on the page, which for a node in a box is nowhere else written."""
        x, y = self.shapes[id_].centre
        point = Rectangle(x, y, x, y)
        return next(lane for lane, shape in self.shapes.items() if self.kind(lane) == "lane" and shape.holds(point))

    def steps(self) -> list[str]:
        """What is drawn beside frames."""
        return [id_ for id_ in self.shapes if self.kind(id_) not in FRAMES]

    def hosts(self) -> dict[str, str]:
        return {id_: host for id_, node in self.nodes.items() if (host := node.get("attachedToRef"))}

    def through(self) -> Iterator[tuple[str, str]]:
        """Arrows that cross a shape which is neither their end nor a box around them."""
        for flow, points in self.lines.items():
            around = {self.nodes[flow].get("sourceRef"), self.nodes[flow].get("targetRef"), *self.boxes_around(flow)}
            bands = [_band(*pair) for pair in pairwise(points)]
            for id_, shape in self.shapes.items():
                is_passed = id_ in around or self.kind(id_) in ("participant", "lane")
                if not is_passed and any(shape.overlaps(band) for band in bands):
                    yield flow, id_


def _rectangle(bounds: etree._Element) -> Rectangle:
    left, top, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Rectangle(left, top, left + width, top + height)


def _band(begin: tuple[float, float], end: tuple[float, float]) -> Rectangle:
    """A straight piece of an arrow, as thin as it is drawn."""
    (x, y), (to_x, to_y) = begin, end
    return Rectangle(min(x, to_x) - 0.5, min(y, to_y) - 0.5, max(x, to_x) + 0.5, max(y, to_y) + 0.5)


@every_drawing
def test_lanes_fill_the_pool_and_every_shape_stands_in_its_lane_and_its_box(file: Path) -> None:
    drawing = Drawing(file)
    pool = next(shape for id_, shape in drawing.shapes.items() if drawing.kind(id_) == "participant")
    lanes = [shape for id_, shape in drawing.shapes.items() if drawing.kind(id_) == "lane"]

    assert (min(lane.top for lane in lanes), max(lane.bottom for lane in lanes)) == (pool.top, pool.bottom)
    assert [(a.bottom, b.top) for a, b in pairwise(sorted(lanes, key=lambda lane: lane.top)) if a.bottom != b.top] == []
    assert [id_ for id_, shape in drawing.shapes.items() if not pool.holds(shape)] == []
    for id_ in drawing.steps():
        boxes = [box for box in drawing.boxes_around(id_) if not drawing.shapes[box].holds(drawing.shapes[id_])]
        assert boxes == []


@every_drawing
def test_a_step_is_drawn_in_the_lane_that_it_belongs_to(file: Path) -> None:
    drawing = Drawing(file)
    listed = {
        ref.text: ref.getparent().get("id") for ref in drawing.root.iterfind(".//bpmn:lane/bpmn:flowNodeRef", NAMES)
    }
    told = {
        said.getparent().getparent().getparent().get("id"): said.get("value")
        for said in drawing.root.iterfind(".//spiffworkflow:property[@name='lane']", NAMES)
    }

    assert [id_ for id_, lane in listed.items() if drawing.lane_of(id_) != lane] == []
    assert [id_ for id_, lane in told.items() if drawing.nodes[drawing.lane_of(id_)].get("name") != lane] == []


@every_drawing
def test_no_shape_lies_over_another(file: Path) -> None:
    drawing = Drawing(file)
    hosts = drawing.hosts()
    boxes = [id_ for id_ in drawing.shapes if drawing.kind(id_) == "subProcess"]

    assert [
        (one, other)
        for one, other in combinations([*drawing.steps(), *boxes], 2)
        if drawing.shapes[one].overlaps(drawing.shapes[other])
        and other not in (hosts.get(one), *drawing.boxes_around(one))
        and one not in (hosts.get(other), *drawing.boxes_around(other))
    ] == []


@every_drawing
def test_a_boundary_event_stands_on_the_border_of_its_host(file: Path) -> None:
    drawing = Drawing(file)

    assert [
        id_
        for id_, host in drawing.hosts().items()
        if not drawing.shapes[host].is_on_border(drawing.shapes[id_].centre)
    ] == []


@every_drawing
def test_an_arrow_runs_straight_and_through_no_other_shape(file: Path) -> None:
    drawing = Drawing(file)

    assert [
        flow
        for flow, points in drawing.lines.items()
        if any(x != to_x and y != to_y for (x, y), (to_x, to_y) in pairwise(points))
    ] == []
    assert list(drawing.through()) == []


@every_drawing
def test_no_text_lies_over_a_shape_or_over_another_text(file: Path) -> None:
    drawing = Drawing(file)
    texts = drawing.texts

    assert [(one, other) for one, other in combinations(texts, 2) if texts[one].overlaps(texts[other])] == []
    assert [
        (text, id_)
        for text in texts
        for id_ in drawing.steps()
        if id_ != text and texts[text].overlaps(drawing.shapes[id_])
    ] == []
