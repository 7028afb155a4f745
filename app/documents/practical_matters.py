"""Papers of a year's practical matters: the list as the plan's annex 2 has it, a plan, an acceptance, the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date
from app.documents.paper_table import Column

LIST = (Column("序号", 13, is_centred=True), Column("项目", 99), Column("责任部门", 44))
STEPS = (
    Column("序号", 13, is_centred=True),
    Column("节点内容", 71),
    Column("完成时间", 30, is_centred=True),
    Column("成效标志", 42),
)
VERDICTS = (
    Column("序号", 13, is_centred=True),
    Column("节点", 55),
    Column("申报情况", 50),
    Column("验收意见", 38),
)
RESULTS = (
    Column("序号", 13, is_centred=True),
    Column("项目", 62),
    Column("牵头单位", 30, is_centred=True),
    Column("验收结论", 25, is_centred=True),
    Column("满意度", 26, is_centred=True),
)


@dataclass(frozen=True)
class Matter:
    """One row of the list. contents: what it holds, a line each; units: as the list names them."""

    title: str
    contents: Sequence[str]
    units: str


@dataclass(frozen=True)
class Acceptance:
    """What stands on the sheet of an acceptance; rows: step, what was told of it, what the office says."""

    title: str
    lead: str
    summary: str
    rows: Sequence[tuple[str, str, str]]
    outcome: str
    quality: str
    remark: str
    by: str
    on: date


def matter_list(letterhead: Letterhead, year: int, plan: str, matters: Sequence[Matter]) -> bytes:
    """关于印发办实事清单的通知, with the list as its annex."""
    name = f"{year}年为专精特新中小企业办实事清单"
    paper = Paper(f"关于印发{name}的通知")
    paper.head(letterhead)
    paper.text(
        f"根据《{plan}》，经征集、会签和领导小组审定，确定{year}年为专精特新中小企业办实事{len(matters)}项，现印发给你们。"
        "请各牵头单位制定实施计划，明确节点和责任，按期申请验收；各责任部门密切配合，确保实事办实、企业受益。"
    )
    paper.annex_note([name])
    paper.signature(letterhead)
    paper.annex("附件", name)
    paper.table(LIST, _listed(matters))
    paper.imprint(letterhead)
    return paper.to_bytes()


def adopted_list(year: int, matters: Sequence[Matter]) -> bytes:
    """The annex of the plan by itself: it was issued with the plan."""
    paper = Paper(f"{year}年为专精特新中小企业办实事清单")
    paper.title()
    paper.table(LIST, _listed(matters))
    return paper.to_bytes()


def delivery_plan(
    agency: str, title: str, on: date, goal: str, rows: Sequence[tuple[str, date, str]], public_text: str
) -> bytes:
    """实施计划 of one matter. rows: step, by when, how one sees that it was done."""
    paper = Paper(f"{title}\n实施计划")
    paper.title()
    paper.chapter("目标")
    paper.text(f"{goal}。")
    paper.chapter("实施节点")
    paper.table(STEPS, [(str(no), text, chinese_date(by), sign) for no, (text, by, sign) in enumerate(rows, 1)])
    paper.chapter("公开内容")
    paper.text(public_text)
    paper.signature_of(agency, on)
    return paper.to_bytes()


def acceptance_sheet(agency: str, told: Acceptance) -> bytes:
    """办实事项目验收表."""
    paper = Paper("办实事项目验收表")
    paper.title()
    paper.text(f"项目：{told.title}\n牵头单位：{told.lead}")
    paper.chapter("实施情况")
    paper.text(told.summary)
    paper.chapter("逐节点验收")
    paper.table(VERDICTS, [(str(number), *row) for number, row in enumerate(told.rows, 1)])
    paper.chapter("验收结论")
    paper.text(f"{told.outcome}{f'，质量等次{told.quality}' if told.quality else ''}。{told.remark}\n验收人：{told.by}")
    paper.signature_of(agency, told.on)
    return paper.to_bytes()


def results(letterhead: Letterhead, year: int, text: str, rows: Sequence[tuple[str, str, str, str]]) -> bytes:
    """成效通报. rows: title, lead, outcome, satisfaction."""
    paper = Paper(f"关于{year}年为专精特新中小企业办实事成效的通报")
    paper.head(letterhead)
    paper.text(text)
    paper.table(RESULTS, [(str(number), *row) for number, row in enumerate(rows, 1)])
    paper.signature(letterhead)
    paper.imprint(letterhead)
    return paper.to_bytes()


def _listed(matters: Sequence[Matter]) -> list[tuple[str, str, str]]:
    return [
        (str(number), f"{row.title}。{'；'.join(row.contents)}。", row.units) for number, row in enumerate(matters, 1)
    ]
