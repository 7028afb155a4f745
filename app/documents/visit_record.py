"""走访记录: what a specialist found at an enterprise, with the demands that were raised and how the visit was rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

DEMANDS = (Column("序号", 16, is_centred=True), Column("类别", 26, is_centred=True), Column("内容", 114))


@dataclass(frozen=True)
class VisitRecord:
    """manner, state: words. demands: (category, text). changes, policies: sentences. score: None where not rated."""

    agency: str
    enterprise: str
    address: str
    visited_on: date
    manner: str
    people: str
    state: str
    state_text: str
    demands: Sequence[tuple[str, str]] = ()
    policies: Sequence[str] = ()
    changes: Sequence[str] = ()
    late_reason: str = ""
    score: int | None = None
    recorded_on: date | None = field(default=None)


def render(record: VisitRecord) -> bytes:
    """The paper as a Word file."""
    paper = Paper("走访记录")
    paper.title()
    paper.chapter("基本情况")
    paper.text(f"企业：{record.enterprise}")
    paper.text(f"地址：{record.address or '未登记'}")
    paper.text(f"走访日期和方式：{chinese_date(record.visited_on)}，{record.manner}")
    paper.text(f"参加人员：{record.people}")
    if record.late_reason:
        paper.text(f"未按期走访原因：{record.late_reason}")
    paper.chapter("经营情况")
    paper.text(f"{record.state}。{record.state_text}")
    paper.chapter("企业诉求")
    if record.demands:
        rows = [(str(number), *demand) for number, demand in enumerate(record.demands, 1)]
        paper.table(DEMANDS, rows)
    else:
        paper.text("企业没有提出诉求。")
    for heading, texts in (("已宣讲政策", record.policies), ("重大变化", record.changes)):
        if texts:
            paper.chapter(heading)
            paper.items(texts)
    paper.chapter("企业评价")
    paper.text("未评价。" if record.score is None else f"服务评价{record.score}分。")
    paper.signature_of(record.agency, record.recorded_on or record.visited_on)
    return paper.to_bytes()
