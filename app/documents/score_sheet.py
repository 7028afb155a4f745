"""得分明细单: one unit's year in points, every item with its cause; and the answer to what it appealed against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper
from app.documents.paper_table import Column

LINES = (
    Column("序号", 13, is_centred=True),
    Column("类别", 17, is_centred=True),
    Column("事项", 62),
    Column("得分", 15, is_centred=True),
    Column("失分", 15, is_centred=True),
    Column("原因", 34),
)
FINDINGS = (
    Column("序号", 13, is_centred=True),
    Column("申诉事项", 48),
    Column("申诉理由", 25),
    Column("结论", 20, is_centred=True),
    Column("依据", 50),
)


@dataclass(frozen=True)
class ScoreSheet:
    """state: 暂定, or approved on a day. lines: number, part, item, points, lost, cause."""

    agency: str
    year: int
    unit: str
    total: str
    parts: str
    grade: str
    state: str
    rules: str
    lines: tuple[tuple[str, ...], ...]
    on: date


@dataclass(frozen=True)
class AppealAnswer:
    """findings: number, item, reason, verdict, ground."""

    letterhead: Letterhead
    year: int
    unit: str
    findings: tuple[tuple[str, ...], ...]
    effect: str
    next_step: str


def render(sheet: ScoreSheet) -> bytes:
    """The list as a Word file."""
    paper = Paper(f"{sheet.year}年度考核得分明细单\n（{sheet.unit}）")
    paper.title()
    grade = f"，等次{sheet.grade}" if sheet.grade else ""
    paper.text(f"总分{sheet.total}分（{sheet.state}）{grade}。分项得分：{sheet.parts}。计分规则：{sheet.rules}。")
    if sheet.lines:
        paper.table(LINES, sheet.lines)
    paper.signature_of(sheet.agency, sheet.on)
    return paper.to_bytes()


def render_answer(answer: AppealAnswer) -> bytes:
    """The letter as a Word file."""
    paper = Paper(f"关于{answer.year}年度考核申诉的答复")
    paper.head(answer.letterhead)
    paper.text(f"你单位对{answer.year}年度考核得分提出的申诉收悉。经逐项核查原始记录，现答复如下。")
    paper.chapter("逐项结论")
    paper.table(FINDINGS, answer.findings)
    paper.chapter("得分变化")
    paper.text(answer.effect)
    paper.text(answer.next_step)
    paper.signature(answer.letterhead)
    paper.imprint(answer.letterhead)
    return paper.to_bytes()
