"""The drawing of a version as a paper has it, with what was gone through until a moment."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.diagram import CANCELLED, DONE, OPEN, Diagram, Line, Shape
from app.engine import Definition
from app.engine.layout import Box, layout
from app.models.process import ProcessDefinition
from app.queries.replay import Frame

POOL = "participant"  # named like the process, which the paper names already
FRAMES = frozenset({POOL, "lane", "subProcess"})


def printed_diagram(session: Session, definition: Definition, frame: Frame) -> Diagram | None:
    """None for a process that was never drawn."""
    row = ProcessDefinition
    sources = session.scalar(select(row.sources).where(row.key == definition.key, row.hash == definition.hash)) or {}
    if not any("BPMNShape" in text for text in sources.values()):
        return None
    found = layout({name: text.encode() for name, text in sources.items()}, definition.key)
    lines = [Line(arrow.points, arrow.id in frame.flows) for arrow in found.arrows]
    return Diagram([_shape(box, frame) for box in found.boxes], lines) if found.boxes else None


def _shape(box: Box, frame: Frame) -> Shape:
    name = "" if box.kind == POOL else box.name
    at = (box.x, box.y, box.width, box.height)
    state, is_frame = _state(box.id, frame), box.kind in FRAMES
    return Shape(_form(box.kind), name, *at, state=state, is_frame=is_frame, label=box.label)


def _form(kind: str) -> str:
    if kind in FRAMES:
        return "rect"
    if kind.endswith("Gateway"):
        return "diamond"
    return "ellipse" if kind.endswith("Event") else "roundRect"


def _state(id_: str, frame: Frame) -> str:
    states: tuple[tuple[str, Collection[str]], ...] = (
        (OPEN, frame.active), (DONE, (*frame.done, *frame.fired)), (CANCELLED, frame.cancelled),
    )  # fmt: skip
    return next((state for state, ids in states if id_ in ids), "")
