"""典型案例, 案例汇编 and 采用告知: a published case, those of a year in one book, and the note to who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

COLUMNS = (
    Column("序号", 13, is_centred=True),
    Column("案例", 83),
    Column("类别", 25, is_centred=True),
    Column("报送", 35),
)


@dataclass(frozen=True)
class CaseText:
    """parts: (heading, text) in their order; a part of which nothing is left is not there."""

    number: str
    title: str
    kind: str
    subject: str
    author: str
    parts: Sequence[tuple[str, str]]
    sources: Sequence[str]
    published_on: date


@dataclass(frozen=True)
class Compilation:
    """top: titles of the ten of the year, in their order."""

    agency: str
    year: int
    top: Sequence[str]
    cases: Sequence[CaseText]
    on: date


@dataclass(frozen=True)
class Adoption:
    """Whom the note is for, about which case; credit: what the unit is credited with, "" for none."""

    agency: str
    author: str
    case: CaseText
    credit: str
    on: date


def render_case(agency: str, case: CaseText) -> bytes:
    """One case as a Word file."""
    paper = Paper(case.title)
    paper.title()
    _body(paper, case)
    paper.signature_of(agency, case.published_on)
    return paper.to_bytes()


def render_compilation(book: Compilation) -> bytes:
    """The cases of a year, the ten first, each under its own heading."""
    paper = Paper(f"{book.year}年度专精特新典型案例汇编")
    paper.title()
    paper.text(f"{book.year}年发布典型案例{len(book.cases)}个，按发布先后排列。")
    if book.top:
        paper.chapter("年度十佳案例")
        paper.items(book.top)
    paper.chapter("案例目录")
    rows = [(str(at), case.title, case.kind, case.author) for at, case in enumerate(book.cases, 1)]
    paper.table(COLUMNS, rows)
    for case in book.cases:
        paper.part(case.title)
        _body(paper, case)
    paper.signature_of(book.agency, book.on)
    return paper.to_bytes()


def render_adoption(note: Adoption) -> bytes:
    """The note as a Word file."""
    paper = Paper("典型案例采用告知")
    paper.title()
    paper.addressee(note.author)
    paper.text(
        f"报送的典型案例“{note.case.title}”经审核采用，编号{note.case.number}，"
        f"已于{chinese_date(note.case.published_on)}在专精特新专栏发布。"
    )
    if note.credit:
        paper.text(note.credit)
    paper.text("请继续总结推广好的做法，及时报送新的案例。")
    paper.signature_of(note.agency, note.on)
    return paper.to_bytes()


def _body(paper: Paper, case: CaseText) -> None:
    paper.text(f"编号：{case.number}　类别：{case.kind}\n报送：{case.author}")
    if case.subject != case.author:
        paper.text(f"企业或单位：{case.subject}")
    for heading, text in case.parts:
        paper.section(heading)
        paper.text(text)
    if case.sources:
        paper.section("数据来源")
        paper.items(case.sources)
