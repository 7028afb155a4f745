"""会商纪要: what was asked, what the units said, what was decided, what is to be done, which objections were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date
from app.documents.paper_table import Column

COLUMNS = (
    Column("序号", 13, is_centred=True),
    Column("落实事项", 83),
    Column("责任单位", 30, is_centred=True),
    Column("完成期限", 30, is_centred=True),
)


@dataclass(frozen=True)
class Decision:
    """views: what the units said to the question, in words."""

    question: str
    views: str
    decision: str
    note: str = ""


@dataclass(frozen=True)
class DecidedAction:
    content: str
    unit: str
    due_on: date


@dataclass(frozen=True)
class Minutes:
    """meeting: when, where and under whom it was held, empty for a consultation in writing. silent: units 未反馈.

    objections: a unit's name with what it keeps to, an item each.
    """

    letterhead: Letterhead
    subject: str
    background: str
    units: tuple[str, ...]
    silent: tuple[str, ...]
    meeting: str
    discussion: str
    decisions: tuple[Decision, ...]
    actions: tuple[DecidedAction, ...]
    objections: tuple[str, ...]
    note: str = ""


def render(minutes: Minutes) -> bytes:
    """The paper as a Word file."""
    paper = Paper("会　商　纪　要")
    paper.head(minutes.letterhead)
    paper.chapter("会商事项")
    paper.text(f"{minutes.subject}。")
    paper.text(minutes.background)
    paper.chapter("会商方式和参加单位")
    paper.text(f"{minutes.meeting or '书面会商'}。参加单位：{'、'.join(minutes.units) or '无'}。")
    if minutes.silent:
        paper.text(f"未反馈单位：{'、'.join(minutes.silent)}。")
    paper.text(minutes.discussion)
    paper.chapter("会商决定")
    for decision in minutes.decisions:
        _decision(paper, decision)
    if minutes.actions:
        paper.chapter("落实事项")
        paper.table(COLUMNS, (_cells(number, row) for number, row in enumerate(minutes.actions, 1)))
    if minutes.objections:
        paper.chapter("保留意见")
        paper.items(minutes.objections)
    paper.text(minutes.note)
    paper.text("会商决定对参加单位和提请事项具有约束力，请遵照执行。")
    paper.signature(minutes.letterhead)
    paper.imprint(minutes.letterhead)
    return paper.to_bytes()


def _decision(paper: Paper, decision: Decision) -> None:
    paper.section(decision.question)
    if decision.views:
        paper.text(f"单位意见：{decision.views}。")
    paper.text(f"决定：{decision.decision or '由提请方自行决定'}。")
    paper.text(decision.note)


def _cells(number: int, row: DecidedAction) -> tuple[str, ...]:
    return str(number), row.content, row.unit, chinese_date(row.due_on)
