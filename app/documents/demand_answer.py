"""诉求办理答复单: what an enterprise asked, what it was answered by whom and when, and how it rated that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

WAY = (Column("日期", 34, is_centred=True), Column("环节", 40, is_centred=True), Column("单位", 82))


@dataclass(frozen=True)
class DemandAnswer:
    """category, result, rating: words. ground: policies named. way: (day, state, unit) at every step."""

    agency: str
    number: str
    enterprise: str
    category: str
    title: str
    text: str
    raised_on: date
    unit: str
    result: str
    answer: str
    ground: Sequence[str]
    answered_on: date
    due_on: date | None
    rating: str
    way: Sequence[tuple[date, str, str]]


def render(answer: DemandAnswer) -> bytes:
    """The paper as a Word file."""
    paper = Paper("企业诉求办理答复单")
    paper.title()
    paper.text(f"编号：{answer.number}")
    paper.addressee(answer.enterprise)
    paper.chapter("诉求")
    paper.text(f"{answer.category}：{answer.title}（{chinese_date(answer.raised_on)}提出）")
    paper.text(answer.text)
    paper.chapter("答复")
    paper.text(f"办理结果：{answer.result}")
    paper.text(answer.answer)
    if answer.ground:
        paper.text(f"政策依据：{'、'.join(answer.ground)}")
    limit = f"，办理时限{chinese_date(answer.due_on)}" if answer.due_on else ""
    paper.text(f"答复单位：{answer.unit}，{chinese_date(answer.answered_on)}答复{limit}。")
    paper.chapter("办理过程")
    paper.table(WAY, [(chinese_date(day), state, unit) for day, state, unit in answer.way])
    paper.chapter("企业评价")
    paper.text(answer.rating)
    paper.signature_of(answer.agency, answer.answered_on)
    return paper.to_bytes()
