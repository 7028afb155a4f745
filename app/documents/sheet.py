"""The blank sheet of GB/T 9704-2012: the page, its faces and the styles a paper is written with.

Each face is set for Chinese text too (w:eastAsia), or Word would take its own for every sign that is not Latin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

PAGE_WIDTH, PAGE_HEIGHT = Mm(210), Mm(297)
TEXT_WIDTH = Mm(156)
TOP, LEFT = Mm(37), Mm(28)
RIGHT, BOTTOM = Mm(26), Mm(35)  # which leaves 156 by 225 mm for the text
FOOT = Mm(23)  # so that the page number stands 7 mm under the text

SIGN = Pt(16)  # 三号, the size of the body
LINE = Pt(28.95)  # 22 of them fill the page
TIGHTENED = "-5"  # twentieths of a point off each sign, so that 28 fill the line
THIN, THICK = 6, 8  # lines of 0.25 and 0.35 mm, in eighths of a point
RED = RGBColor(0xD0, 0x11, 0x1B)

FANGSONG, HEITI, KAITI, XIAOBIAOSONG, SONGTI = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"

# the standard's faces are not free: what a machine without them shall take, the first of them that it has
SUBSTITUTES = {
    FANGSONG: ("仿宋", "FangSong", "Noto Serif CJK SC"),
    KAITI: ("楷体", "KaiTi", "AR PL UKai CN", "Noto Serif CJK SC"),
    XIAOBIAOSONG: ("宋体", "SimSun", "Noto Serif CJK SC"),
    HEITI: ("Noto Sans CJK SC",),
    SONGTI: ("Noto Serif CJK SC",),
}

BODY, CHAPTER, SECTION, TITLE, FOOTER, CELL = "Body Text", "Heading 1", "Heading 2", "Title", "Footer", "Table Text"
KEPT_STYLES = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}


@dataclass(frozen=True)
class Look:
    """How the paragraphs of a style look. outline: depth in Word's outline, for a heading; signs_in: first line."""

    face: str
    size: Length = SIGN
    line: Length = LINE
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY
    signs_in: int = 0
    outline: int | None = None


LOOKS = {
    BODY: Look(FANGSONG, signs_in=2),
    CHAPTER: Look(HEITI, align=WD_ALIGN_PARAGRAPH.LEFT, signs_in=2, outline=0),
    SECTION: Look(KAITI, align=WD_ALIGN_PARAGRAPH.LEFT, signs_in=2, outline=1),
    TITLE: Look(XIAOBIAOSONG, Pt(22), Pt(33), WD_ALIGN_PARAGRAPH.CENTER),
    FOOTER: Look(SONGTI, Pt(14), Pt(16), WD_ALIGN_PARAGRAPH.RIGHT),
    CELL: Look(FANGSONG, Pt(12), Pt(17), WD_ALIGN_PARAGRAPH.LEFT),
}


def blank_sheet(title: str) -> Document:
    """An empty document with page and styles set and the page number in its foot. title: for the file's properties."""
    document = docx.Document()
    _forget_the_template(document)
    _set_page(document)
    _dress(document.styles["Normal"], Look(FANGSONG))
    for name, look in LOOKS.items():
        _dress(document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name != CELL), look)
    _number_the_pages(document)
    document.core_properties.title = title
    return document


def set_face(owner: Any, face: str) -> None:
    """The face of a run or style, for Latin and Chinese signs alike; quotation marks count as Chinese."""
    fonts = owner._element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), face)
    fonts.set(qn("w:hint"), "eastAsia")


def indent_first_line(owner: Any, signs: int) -> None:
    """Of a paragraph or style. Word goes by signs; the measure is for programs that do not know them."""
    owner.paragraph_format.first_line_indent = SIGN * signs
    owner._element.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), str(signs * 100))


def set_outline(owner: Any, depth: int) -> None:
    """Where a paragraph or style stands in Word's outline."""
    owner._element.get_or_add_pPr().append(_element("w:outlineLvl", val=str(depth)))


def underline(paragraph: Paragraph, style: str, width: int, colour: str = "000000") -> None:
    """A line along the whole paragraph's lower edge. width: in eighths of a point."""
    borders = OxmlElement("w:pBdr")
    borders.append(_element("w:bottom", val=style, sz=str(width), space="0", color=colour))
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _forget_the_template(document: Document) -> None:
    """python-docx starts from a Western letter, with many styles and a picture of its first page."""
    styles = document.styles
    for style in [style for style in styles if style.name not in KEPT_STYLES]:
        style.delete()
    styles.element.remove(styles.element.find(qn("w:docDefaults")))
    relations = document.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]
    document.core_properties.author = document.core_properties.comments = ""


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.footer_distance = FOOT


def _dress(style: Any, look: Look) -> None:
    set_face(style, look.face)
    style.font.size = look.size
    form = style.paragraph_format
    form.alignment = look.align
    form.line_spacing = look.line
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    indent_first_line(style, look.signs_in)
    _close_up_digits(style)
    properties = style.element.get_or_add_rPr()
    properties.append(_element("w:lang", val="en-US", eastAsia="zh-CN"))
    if look.size == SIGN:
        properties.insert_element_before(_element("w:spacing", val=TIGHTENED), "w:w", "w:kern", "w:sz", "w:lang")
    if look.outline is not None:
        form.keep_with_next = True
        set_outline(style, look.outline)


def _close_up_digits(style: Any) -> None:
    """No gap between Chinese signs and the digits and letters among them: 2023年, not 2023 年."""
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        style.element.get_or_add_pPr().insert_element_before(
            _element(name, val="0"), "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl"
        )


def _number_the_pages(document: Document) -> None:
    """«— 1 —» at the outer edge: right on odd pages, left on even ones, one sign in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for foot, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = foot.paragraphs[0]
        paragraph.style = FOOTER
        paragraph.alignment = align
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        paragraph.add_run("— ")
        _add_page_field(paragraph)
        paragraph.add_run(" —")


def _add_page_field(paragraph: Paragraph) -> None:
    field = _element("w:fldSimple", instr="PAGE")
    paragraph._p.append(field)
    field.append(paragraph.add_run("1")._r)


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
