"""A government paper written from top to bottom in the layout of GB/T 9704-2012.

The methods are called in the order in which the parts stand on the page: head, title, addressee, text, annex note,
signature, annexes, imprint. Chapters and sections number themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.documents.diagram import Diagram, add_diagram, turn_page
from app.documents.paper_table import Column, add_imprint, add_slip, add_table
from app.documents.sheet import (
    BODY,
    CELL,
    CHAPTER,
    HEITI,
    KAITI,
    LINE,
    RED,
    SECTION,
    SIGN,
    SUBSTITUTES,
    TEXT_WIDTH,
    TITLE,
    XIAOBIAOSONG,
    blank_sheet,
    indent_first_line,
    set_face,
    set_outline,
    underline,
)
from app.documents.word_file import printable, to_bytes

LARGEST_MARK, SMALLEST_MARK = Pt(42), Pt(22)
GAP = Pt(6)
DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Letterhead:
    """What surrounds the text of a paper.

    agency: its full name, as red mark and as signature. number: 发文字号, such as 扬促中小办函〔2023〕4号.
    addressee: 主送机关, without a colon. signer: 签发人; a paper that goes up has one, and its number at the left.
    contact: name and telephone, as they shall stand. copies: 抄送. printer: 印发机关, by a shorter name.
    """

    agency: str
    number: str
    addressee: str
    issued_on: date
    signer: str = ""
    contact: str = ""
    copies: tuple[str, ...] = ()
    printer: str = ""


class Paper:
    """One paper while it is written."""

    def __init__(self, title: str) -> None:
        """title: as it stands on the paper; a line break where the lines should part."""
        self._title = printable(title)
        self._document = blank_sheet(self._title.replace("\n", ""))
        self._chapters = self._sections = 0
        self._is_under_table = False

    def head(self, letterhead: Letterhead) -> None:
        """Red mark, number and red line, the title and who the paper goes to."""
        self._mark(letterhead.agency)
        self._number(letterhead)
        self._red_line()
        self.title(space_before=LINE * 2)
        if letterhead.addressee:
            self.addressee(letterhead.addressee)

    def addressee(self, name: str) -> None:
        """主送机关: it begins where the line begins."""
        self._line(f"{name}：")

    def title(self, *, space_before: int = 0) -> None:
        paragraph = self._line(self._title, TITLE)
        paragraph.paragraph_format.space_before = Length(space_before)
        paragraph.paragraph_format.space_after = LINE

    def chapter(self, text: str) -> None:
        """一、…"""
        self._chapters, self._sections = self._chapters + 1, 0
        self._line(f"{in_chinese(self._chapters)}、{text}", CHAPTER)

    def section(self, text: str) -> None:
        """（一）…"""
        self._sections += 1
        self._line(f"（{in_chinese(self._sections)}）{text}", SECTION)

    def text(self, text: str) -> None:
        """Each line of the text becomes a paragraph."""
        for line in filter(None, map(str.strip, printable(text).split("\n"))):
            self._line(line, BODY)

    def items(self, texts: Iterable[str]) -> None:
        """1. … 2. …, a paragraph each."""
        for number, text in enumerate(texts, 1):
            self.text(f"{number}. {text}")

    def part(self, title: str) -> None:
        """A part of a book: a page of its own, with its title; its sections count anew."""
        self._sections = 0
        paragraph = self._line(title, TITLE)
        paragraph.paragraph_format.page_break_before = True
        paragraph.paragraph_format.space_after = LINE
        set_outline(paragraph, 0)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """With a little air between it and the text above and below."""
        if self._document.paragraphs:
            self._document.paragraphs[-1].paragraph_format.space_after = GAP
        add_table(self._document, columns, rows)
        self._is_under_table = True

    def diagram(self, title: str, diagram: Diagram, note: str) -> None:
        """A page on its side with the drawing of a process."""
        turn_page(self._document)
        self.chapter(title)
        add_diagram(self._document, diagram, note)
        self.text(note)

    def annex_note(self, names: Sequence[str]) -> None:
        """附件：1. …, one line under the text."""
        for number, name in enumerate(names, 1):
            label = "附件：" if number == 1 else "　　　"
            paragraph = self._line(f"{label}{f'{number}. ' if len(names) > 1 else ''}{name}", BODY)
            paragraph.paragraph_format.space_before = LINE if number == 1 else Pt(0)

    def signature(self, letterhead: Letterhead) -> None:
        """Agency, date and whom to ask."""
        self.signature_of(letterhead.agency, letterhead.issued_on)
        if letterhead.contact:
            indent_first_line(self._line(f"（联系人：{letterhead.contact}）"), 2)

    def signature_of(self, agency: str, on: date) -> None:
        """With room for the seal; never alone on a page: the last lines of the text go with it."""
        for paragraph in self._document.paragraphs[-2:]:
            paragraph.paragraph_format.keep_with_next = True
        day = chinese_date(on)
        name = self._line(agency)
        name.paragraph_format.space_before = LINE * 2
        name.paragraph_format.keep_with_next = True
        self._set_right(name, _right_of_agency(agency, day))
        self._set_right(self._line(day), SIGN * 4)

    def slip(self, heading: str, rows: Sequence[tuple[str, str, str, str]], note: str) -> None:
        """Under a dashed line, what is signed by hand: two labels with their values a row, and a note."""
        add_slip(self._document, heading, rows, note)

    def note(self, text: str) -> None:
        """Small, apart from what stands above it."""
        self._line(text, CELL).paragraph_format.space_before = LINE

    def annex(self, label: str, title: str) -> None:
        """A new page with 附件 and its title."""
        heading = self._line("")
        set_face(self._run(heading, label), HEITI)
        heading.paragraph_format.page_break_before = True
        paragraph = self._line(title, TITLE)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = LINE

    def imprint(self, letterhead: Letterhead) -> None:
        """版记 at the foot of the last page, never alone on it: 抄送, and who printed the paper when."""
        texts = [f"抄送：{'，'.join(letterhead.copies)}。"] if letterhead.copies else []
        printer = letterhead.printer or letterhead.agency
        add_imprint(self._document, [*texts, f"{printer}\t{chinese_date(letterhead.issued_on)}印发"])

    def to_bytes(self) -> bytes:
        return to_bytes(self._document, SUBSTITUTES)

    def _mark(self, agency: str) -> None:
        """发文机关标志, 35 mm under the upper edge of the text, as large as one line allows."""
        paragraph = self._line("")
        run = self._run(paragraph, agency)
        size = min(LARGEST_MARK, max(SMALLEST_MARK, Length(int(TEXT_WIDTH / max(signs(agency), 1)))))
        set_face(run, XIAOBIAOSONG)
        run.font.size = Pt(int(size.pt))
        run.font.color.rgb = RED
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Mm(35)
        paragraph.paragraph_format.line_spacing = Pt(int(size.pt * 1.35))

    def _number(self, letterhead: Letterhead) -> None:
        """发文字号 two lines under the mark: in the middle, or at the left with the signer at the right."""
        paragraph = self._line(letterhead.number)
        paragraph.paragraph_format.space_before = LINE * 2
        if not letterhead.signer:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            return
        paragraph.paragraph_format.left_indent = SIGN
        paragraph.paragraph_format.tab_stops.add_tab_stop(Length(TEXT_WIDTH - SIGN), WD_TAB_ALIGNMENT.RIGHT)
        self._run(paragraph, "\t签发人：")
        set_face(self._run(paragraph, letterhead.signer), KAITI)

    def _red_line(self) -> None:
        """4 mm under the number, as wide as the text."""
        paragraph = self._line("")
        paragraph.paragraph_format.line_spacing = Mm(4)
        underline(paragraph, "single", 16, str(RED))

    def _line(self, text: str, style: str | None = None) -> Paragraph:
        paragraph = self._document.add_paragraph(style=style)
        if self._is_under_table:
            paragraph.paragraph_format.space_before, self._is_under_table = GAP, False
        if text:
            self._run(paragraph, text)
        return paragraph

    def _run(self, paragraph: Paragraph, text: str) -> Run:
        return paragraph.add_run(printable(text))

    def _set_right(self, paragraph: Paragraph, indent: int) -> None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Length(indent)


def chinese_date(day: date) -> str:
    """2023年11月6日: Arabic digits, no leading zero."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_chinese(number: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def signs(text: str) -> float:
    """Width in Chinese signs; a Latin one takes half."""
    return sum(0.5 if sign.isascii() else 1 for sign in text)


def _right_of_agency(agency: str, day: str) -> int:
    """The agency stands centred over the date, which ends four signs from the right, but keeps one sign free."""
    centred = 4 + (signs(day) - signs(agency)) / 2
    return int(SIGN * max(centred, 1))
