"""办理单: one matter on paper, as far as it has come: what it is, what was reported, who said what and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.documents.paper import Paper
from app.documents.paper_table import Column

COURSE = (
    Column("序号", 12, is_centred=True),
    Column("时间", 38, is_centred=True),
    Column("办理人", 27),
    Column("办理情况", 30),
    Column("意见", 49),
)


@dataclass(frozen=True)
class Part:
    """A section of the form: its title, and what stands in it, a line each."""

    title: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Report:
    """A form that was sent. heading: the step, who sent it and when."""

    heading: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Entry:
    """One line of the course, in words. said: the opinion, empty where none was needed."""

    at: str
    who: str
    what: str
    said: str = ""


@dataclass(frozen=True)
class HandlingSheet:
    """facts: (word, value). printed: by whom and when."""

    matter: str
    facts: Sequence[tuple[str, str]]
    course: Sequence[Entry]
    printed: str
    reports: Sequence[Report] = field(default_factory=tuple)
    files: Sequence[str] = field(default_factory=tuple)


def render(sheet: HandlingSheet) -> bytes:
    """The paper as a Word file."""
    paper = Paper("事项办理单")
    paper.title()
    paper.chapter("基本情况")
    paper.text(f"事项：{sheet.matter}")
    for word, value in sheet.facts:
        paper.text(f"{word}：{value}")
    paper.chapter("办理过程和意见")
    if sheet.course:
        paper.table(COURSE, [_row(number, entry) for number, entry in enumerate(sheet.course, 1)])
    else:
        paper.text("尚无办理记录。")
    if sheet.reports:
        paper.chapter("报送内容")
        for report in sheet.reports:
            paper.section(report.heading)
            for part in report.parts:
                paper.text("\n".join(_told(part)))
    if sheet.files:
        paper.chapter("附件")
        paper.items(sheet.files)
    paper.note(sheet.printed)
    return paper.to_bytes()


def _told(part: Part) -> list[str]:
    """Its title first, unless its first line begins with the same words."""
    title = f"{part.title}："
    if not part.lines:
        return [f"{title}未填写"]
    return [*part.lines] if part.lines[0].startswith(title) else [title, *part.lines]


def _row(number: int, entry: Entry) -> tuple[str, str, str, str, str]:
    return str(number), entry.at, entry.who, entry.what, entry.said or "–"
