"""年度工作总结报告: what a year has brought, by action and by indicator, for the leading group."""

from __future__ import annotations

from dataclasses import dataclass

from app.documents.paper import Letterhead, Paper
from app.documents.paper_table import Column

COLUMNS = (
    Column("序号", 12, is_centred=True),
    Column("指标", 46),
    Column("年度目标", 24, is_centred=True),
    Column("完成值", 26, is_centred=True),
    Column("完成率", 18, is_centred=True),
    Column("差异说明", 30),
)


@dataclass(frozen=True)
class ActionResult:
    """action: its name in the plan; result: text, each line a paragraph."""

    action: str
    result: str


@dataclass(frozen=True)
class IndicatorResult:
    """target, done and ratio in words, with unit and comparator; note: why figures differ or a target was missed."""

    number: int
    indicator: str
    target: str
    done: str
    ratio: str
    note: str = ""


@dataclass(frozen=True)
class AnnualReport:
    """plan: short title, as it opens the report's own title. overview: the year in a few sentences.

    problems and priorities (of the next year): an item each. silent_units: those without a report, by name.
    """

    letterhead: Letterhead
    year: int
    plan: str
    overview: str
    actions: tuple[ActionResult, ...]
    indicators: tuple[IndicatorResult, ...]
    problems: tuple[str, ...]
    priorities: tuple[str, ...]
    silent_units: tuple[str, ...] = ()


def render(report: AnnualReport) -> bytes:
    """The paper as a Word file; a chapter without content is left out."""
    paper = Paper(f"{report.plan}\n{report.year}年度工作总结报告")
    paper.head(report.letterhead)
    paper.chapter("总体情况")
    paper.text(report.overview)
    _write_actions(paper, report.actions)
    if report.indicators:
        paper.chapter("指标完成情况")
        paper.table(COLUMNS, map(_cells, report.indicators))
    _write_items(paper, "存在问题", report.problems)
    _write_items(paper, f"{report.year + 1}年工作重点", report.priorities)
    if report.silent_units:
        paper.chapter("未报送单位")
        paper.text(f"截至本报告印发，以下{len(report.silent_units)}个单位未报送：{'、'.join(report.silent_units)}。")
    paper.signature(report.letterhead)
    paper.imprint(report.letterhead)
    return paper.to_bytes()


def _write_actions(paper: Paper, actions: tuple[ActionResult, ...]) -> None:
    if actions:
        paper.chapter("各项行动推进成效")
    for action in actions:
        paper.section(action.action)
        paper.text(action.result)


def _write_items(paper: Paper, heading: str, texts: tuple[str, ...]) -> None:
    if texts:
        paper.chapter(heading)
        paper.items(texts)


def _cells(row: IndicatorResult) -> tuple[str, ...]:
    return str(row.number), row.indicator, row.target, row.done, row.ratio, row.note
