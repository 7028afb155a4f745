"""Where a drawing puts its shapes and arrows, read from the diagram part of the accepted sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from app.engine.drawing import local
from app.engine.outline import PARSER

_OMG = "{http://www.omg.org/spec/"
_DI, _BOUNDS, _WAYPOINT = _OMG + "BPMN/20100524/DI}", _OMG + "DD/20100524/DC}Bounds", _OMG + "DD/20100524/DI}waypoint"


@dataclass(frozen=True)
class Box:
    """A drawn element, in px. kind: BPMN's own word, such as userTask or lane.

    label: middle and upper edge of its name, where that stands apart from it.
    """

    id: str
    kind: str
    name: str
    x: float
    y: float
    width: float
    height: float
    label: tuple[float, float] | None = None


@dataclass(frozen=True)
class Arrow:
    id: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Layout:
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def layout(sources: Mapping[str, bytes], key: str) -> Layout:
    """Of the file of process `key`; empty where it has no diagram. The sources were accepted as they were published."""
    root = etree.fromstring(sources.get(f"{key}.bpmn") or next(iter(sources.values())), PARSER)
    nodes = {node.get("id", ""): node for node in root.iter("{*}*")}
    boxes, arrows = [], []
    for shape in root.iter(_DI + "BPMNShape"):
        node, bounds = nodes.get(shape.get("bpmnElement", "")), shape.find(_BOUNDS)
        if node is not None and bounds is not None:
            boxes.append(Box(node.get("id", ""), local(node), node.get("name", ""), *_place(bounds), _label(shape)))
    for edge in root.iter(_DI + "BPMNEdge"):
        points = tuple((float(one.get("x", 0)), float(one.get("y", 0))) for one in edge.iter(_WAYPOINT))
        if len(points) > 1:
            arrows.append(Arrow(edge.get("bpmnElement", ""), points))
    return Layout(tuple(boxes), tuple(arrows))


def _place(bounds: etree._Element) -> tuple[float, float, float, float]:
    x, y, width, height = (float(bounds.get(name, 0)) for name in ("x", "y", "width", "height"))
    return x, y, width, height


def _label(shape: etree._Element) -> tuple[float, float] | None:
    bounds = shape.find(f"{_DI}BPMNLabel/{_BOUNDS}")
    if bounds is None:
        return None
    x, y, width, _height = _place(bounds)
    return x + width / 2, y
