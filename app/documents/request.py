"""关于报请审定年度目标的请示: puts the year's targets before the leading group, with the breakdown table as annex."""

from __future__ import annotations

from dataclasses import dataclass

from app.documents.paper import Letterhead, Paper
from app.documents.paper_table import Column

COLUMNS = (
    Column("序号", 12, is_centred=True),
    Column("行动", 28),
    Column("指标", 42),
    Column("单位", 12, is_centred=True),
    Column("计划值", 18, is_centred=True),
    Column("年度目标", 22, is_centred=True),
    Column("牵头单位", 22, is_centred=True),
)


@dataclass(frozen=True)
class TargetRow:
    """One indicator. plan_value and year_value in words, with the comparator and without the unit."""

    number: int
    action: str
    indicator: str
    unit: str
    plan_value: str
    year_value: str
    lead: str


@dataclass(frozen=True)
class Request:
    """approach: how the targets were set. open_points: gaps, objections and points to decide, an item each."""

    letterhead: Letterhead
    year: int
    plan: str
    plan_number: str
    approach: str
    open_points: tuple[str, ...]
    targets: tuple[TargetRow, ...]


def render(request: Request) -> bytes:
    """The paper and its annex as a Word file."""
    year, annex = request.year, f"{request.year}年度目标任务分解表"
    paper = Paper(f"关于报请审定{year}年度目标的请示")
    paper.head(request.letterhead)
    paper.text(
        f"根据《{request.plan}》（{request.plan_number}），我办会同各牵头单位、责任单位研究提出了{year}年度目标，"
        f"共{len(request.targets)}项，现报请审定。"
    )
    paper.chapter("拟定情况")
    paper.text(request.approach)
    if request.open_points:
        paper.chapter("需要说明的事项")
        paper.items(request.open_points)
    paper.text("妥否，请批示。")
    paper.annex_note([annex])
    paper.signature(request.letterhead)
    paper.annex("附件", annex)
    paper.table(COLUMNS, map(_cells, request.targets))
    paper.imprint(request.letterhead)
    return paper.to_bytes()


def _cells(row: TargetRow) -> tuple[str, ...]:
    return str(row.number), row.action, row.indicator, row.unit, row.plan_value, row.year_value, row.lead
