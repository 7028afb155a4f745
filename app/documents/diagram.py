"""A process drawing in a Word file, as shapes of its own: sharp at any size, and no program is needed to make it.

It stands on a page on its side. What was gone through is shaded, where the matter stands has a thick edge, what was
cancelled a broken one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.shared import Length, Mm

from app.documents.word_file import printable

WIDEST, HIGHEST = Mm(241), Mm(135)
THIN, PLAIN, THICK = 3175, 6350, 15875  # in EMU
SMALL, SMALLER = 9, 8  # half points
LABEL = (110, 46)  # px of the name below an event or a gateway
DONE, OPEN, CANCELLED = "done", "open", "cancelled"
SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())


@dataclass(frozen=True)
class Shape:
    """form: rect, roundRect, ellipse or diamond; state: done, open, cancelled or "". is_frame: a lane or a box.

    label: middle and upper edge of the name of an event or a gateway; None for right below it.
    """

    form: str
    name: str
    x: float
    y: float
    width: float
    height: float
    state: str = ""
    is_frame: bool = False
    label: tuple[float, float] | None = None


@dataclass(frozen=True)
class Line:
    points: Sequence[tuple[float, float]]
    is_taken: bool = False


@dataclass(frozen=True)
class Diagram:
    """Places in px, as the drawing has them."""

    shapes: Sequence[Shape]
    lines: Sequence[Line] = field(default_factory=tuple)


@dataclass(frozen=True)
class _Scale:
    """From px to EMU."""

    left: float
    top: float
    factor: float

    def at(self, x: float, y: float) -> tuple[int, int]:
        return round((x - self.left) * self.factor), round((y - self.top) * self.factor)

    def long(self, px: float) -> int:
        return max(round(px * self.factor), 1)


def turn_page(document: Document) -> None:
    """What follows stands on a page on its side."""
    before = document.sections[-1]
    width, height = before.page_width, before.page_height
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = height, width
    section.left_margin = section.right_margin = section.bottom_margin = Mm(28)
    section.top_margin = Mm(26)


def add_diagram(document: Document, diagram: Diagram, words: str) -> None:
    """words: for who cannot see it."""
    left, top = min(one.x for one in diagram.shapes), min(one.y for one in diagram.shapes)
    width = max(one.x + one.width for one in diagram.shapes) - left
    height = max(one.y + one.height for one in diagram.shapes) - top
    scale = _Scale(left, top, min(WIDEST / width, HIGHEST / height))
    extent = scale.long(width), scale.long(height)
    parts = "".join(_parts(diagram, scale))
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.paragraph_format.first_line_indent = Length(0)
    paragraph.add_run()._r.append(parse_xml(_group(parts, extent, words)))


def _group(parts: str, extent: tuple[int, int], words: str) -> str:
    cx, cy = extent
    place = f'<a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/><a:chOff x="0" y="0"/><a:chExt cx="{cx}" cy="{cy}"/>'
    return (
        f'<w:drawing {DECLARED}><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
        f'<wp:docPr id="1" name="diagram" descr={quoteattr(printable(words))}/><a:graphic>'
        f'<a:graphicData uri="{SPACES["wpg"]}"><wpg:wgp><wpg:cNvGrpSpPr/>'
        f"<wpg:grpSpPr><a:xfrm>{place}</a:xfrm></wpg:grpSpPr>{parts}</wpg:wgp></a:graphicData></a:graphic>"
        "</wp:inline></w:drawing>"
    )


def _parts(diagram: Diagram, scale: _Scale) -> Iterator[str]:
    """Frames lie below, then the lines, then what they lead to."""
    for shape in diagram.shapes:
        if shape.is_frame:
            yield _shape(shape, scale)
    for line in diagram.lines:
        yield _line(line, scale)
    for shape in diagram.shapes:
        if not shape.is_frame:
            yield _shape(shape, scale)
            if shape.form in ("ellipse", "diamond") and shape.name:
                yield _label(shape, scale)


def _shape(shape: Shape, scale: _Scale) -> str:
    fill = {DONE: "DCE6F5", OPEN: "FFF4D6"}.get(shape.state, "FFFFFF")
    width = THICK if shape.state == OPEN else PLAIN
    dash = '<a:prstDash val="dash"/>' if shape.state == CANCELLED else ""
    paint = "<a:noFill/>" if shape.is_frame else f'<a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>'
    colour = "9AA5B1" if shape.is_frame else "1B2430"
    look = f'{paint}<a:ln w="{width}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>{dash}</a:ln>'
    has_text = shape.form in ("rect", "roundRect") and shape.name
    text = _text(shape.name, SMALL, anchor="t" if shape.is_frame else "ctr", left=shape.is_frame) if has_text else ""
    at = scale.at(shape.x, shape.y)
    return _part(at, (scale.long(shape.width), scale.long(shape.height)), shape.form, look, text)


def _label(shape: Shape, scale: _Scale) -> str:
    width, height = LABEL
    middle, top = shape.label or (shape.x + shape.width / 2, shape.y + shape.height)
    at = scale.at(middle - width / 2, top)
    extent = scale.long(width), scale.long(height)
    return _part(at, extent, "rect", "<a:noFill/><a:ln><a:noFill/></a:ln>", _text(shape.name, SMALLER, anchor="t"))


def _part(at: tuple[int, int], extent: tuple[int, int], form: str, look: str, text: str) -> str:
    place = f'<a:xfrm><a:off x="{at[0]}" y="{at[1]}"/><a:ext cx="{extent[0]}" cy="{extent[1]}"/></a:xfrm>'
    body = text or "<wps:bodyPr/>"
    return (
        f'<wps:wsp><wps:cNvSpPr/><wps:spPr>{place}<a:prstGeom prst="{form}"><a:avLst/></a:prstGeom>{look}</wps:spPr>'
        f"{body}</wps:wsp>"
    )


def _text(words: str, size: int, anchor: str, *, left: bool = False) -> str:
    along = "left" if left else "center"
    spacing = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0"/>'
    face = f'<w:rPr><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
    return (
        f'<wps:txbx><w:txbxContent><w:p><w:pPr>{spacing}<w:jc w:val="{along}"/></w:pPr>'
        f"<w:r>{face}<w:t>{escape(printable(words))}</w:t></w:r></w:p></w:txbxContent></wps:txbx>"
        f'<wps:bodyPr lIns="9000" tIns="9000" rIns="9000" bIns="9000" anchor="{anchor}"><a:noAutofit/></wps:bodyPr>'
    )


def _line(line: Line, scale: _Scale) -> str:
    """An arrow: its head at the last point."""
    points = [scale.at(*point) for point in line.points]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    extent = max(max(x for x, _ in points) - left, 1), max(max(y for _, y in points) - top, 1)
    path = "".join(
        f'<a:{"lnTo" if n else "moveTo"}><a:pt x="{x - left}" y="{y - top}"/></a:{"lnTo" if n else "moveTo"}>'
        for n, (x, y) in enumerate(points)
    )
    colour, width = ("2458A6", PLAIN * 2) if line.is_taken else ("66717F", THIN)
    place = f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{extent[0]}" cy="{extent[1]}"/></a:xfrm>'
    shape = (
        '<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{extent[0]}" h="{extent[1]}" fill="none">{path}</a:path></a:pathLst></a:custGeom>'
    )
    look = (
        f'<a:noFill/><a:ln w="{width}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
        '<a:tailEnd type="triangle" w="sm" len="sm"/></a:ln>'
    )
    return f"<wps:wsp><wps:cNvSpPr/><wps:spPr>{place}{shape}{look}</wps:spPr><wps:bodyPr/></wps:wsp>"
