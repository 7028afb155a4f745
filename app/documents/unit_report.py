"""{unit}年度反馈: what one unit reports of a year and plans for the next, with the block its head signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

COLUMNS = (
    Column("序号", 12, is_centred=True),
    Column("指标", 44),
    Column("年度目标", 22, is_centred=True),
    Column("完成值", 22, is_centred=True),
    Column("数据性质", 18, is_centred=True),
    Column("说明", 38),
)


@dataclass(frozen=True)
class Figure:
    """target and done in words, with unit; note: why it differs from what was known, or is below the target."""

    number: int
    indicator: str
    target: str
    done: str
    nature: str
    note: str = ""


@dataclass(frozen=True)
class Told:
    """A heading and what is said under it; each line of the text is a paragraph."""

    heading: str
    text: str


@dataclass(frozen=True)
class UnitReport:
    """unit: its full name. results: by measure or action; promises: last year's priorities and what became of them.

    priorities: of the next year, an item each. drafter and signer: by name; round: which version was signed, from 1.
    """

    unit: str
    year: int
    figures: tuple[Figure, ...]
    results: tuple[Told, ...]
    promises: tuple[str, ...]
    matters: tuple[Told, ...]
    problems: str
    priorities: tuple[Told, ...]
    cases: tuple[Told, ...]
    drafter: str
    signer: str
    signed_on: date
    round: int


def render(report: UnitReport) -> bytes:
    """The paper as a Word file; a chapter without content is left out."""
    paper = Paper(f"{report.unit}\n{report.year}年度反馈")
    paper.title()
    if report.figures:
        paper.chapter("指标完成情况")
        paper.table(COLUMNS, map(_cells, report.figures))
    _sections(paper, "工作推进成效", report.results)
    if report.promises:
        paper.chapter("上年所列重点落实情况")
        paper.items(report.promises)
    _sections(paper, "办实事进展", report.matters)
    paper.chapter("存在问题")
    paper.text(report.problems)
    _sections(paper, f"{report.year + 1}年工作重点", report.priorities)
    _sections(paper, "典型案例线索", report.cases)
    paper.signature_of(report.unit, report.signed_on)
    paper.slip(
        "审　签　栏",
        (
            ("填 报 人", report.drafter, "审 签 人", report.signer),
            ("审签日期", chinese_date(report.signed_on), "报送次数", f"第{report.round}次"),
        ),
        "本单位对所报数据真实性负责。",
    )
    return paper.to_bytes()


def _sections(paper: Paper, heading: str, rows: tuple[Told, ...]) -> None:
    if rows:
        paper.chapter(heading)
    for row in rows:
        paper.section(row.heading)
        paper.text(row.text)


def _cells(row: Figure) -> tuple[str, ...]:
    return str(row.number), row.indicator, row.target, row.done, row.nature, row.note
