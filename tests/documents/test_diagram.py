"""A drawing in a Word file: a page on its side, every shape with its words, lines that stay inside."""

from __future__ import annotations

from io import BytesIO

import docx
from docx.enum.section import WD_ORIENT
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.documents.diagram import DONE, HIGHEST, SPACES, WIDEST, Diagram, Line, Shape
from app.documents.paper import Paper

FORMS = st.sampled_from(["rect", "roundRect", "ellipse", "diamond"])
PX = st.floats(-3000, 3000, allow_nan=False)
SIZE = st.floats(1, 3000, allow_nan=False)
SHAPES = st.builds(Shape, form=FORMS, name=st.text(max_size=12), x=PX, y=PX, width=SIZE, height=SIZE)


def drawn(diagram: Diagram) -> docx.document.Document:
    paper = Paper("卷宗")
    paper.text("正文")
    paper.diagram("流程图", diagram, "说明")
    return docx.Document(BytesIO(paper.to_bytes()))


def found(document: docx.document.Document, path: str) -> list[etree._Element]:
    return list(document.element.body.iterfind(path, SPACES))


def test_it_stands_on_a_page_on_its_side_with_all_its_words() -> None:
    shapes = [
        Shape("rect", "泳道", 0, 0, 600, 200, is_frame=True),
        Shape("roundRect", "填报<申请>", 100, 50, 100, 80, DONE),
        Shape("diamond", "是否通过？", 300, 60, 50, 50, label=(325, 115)),
    ]

    document = drawn(Diagram(shapes, [Line([(200, 90), (250, 90), (300, 85)], is_taken=True)]))

    assert [section.orientation for section in document.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    words = [text.text for text in found(document, ".//wps:txbx//w:t")]
    assert words == ["泳道", "填报<申请>", "是否通过？"]
    assert len(found(document, ".//a:custGeom")) == 1


@settings(deadline=None, max_examples=25)  # each writes a whole file
@given(st.lists(SHAPES, min_size=1, max_size=6))
def test_whatever_is_drawn_is_no_larger_than_the_page(shapes: list[Shape]) -> None:
    [extent] = found(drawn(Diagram(shapes)), ".//wp:extent")

    assert 0 < int(extent.get("cx", 0)) <= WIDEST + 1
    assert 0 < int(extent.get("cy", 0)) <= HIGHEST + 1
