"""Lists of enterprises as papers: who enters the upgrading library, who leaves it, who was selected as growing fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date
from app.documents.paper_table import Column

ENTERED = (
    Column("序号", 13, is_centred=True),
    Column("企业名称", 55),
    Column("统一社会信用代码", 42, is_centred=True),
    Column("产业链", 26, is_centred=True),
    Column("培育梯度", 20, is_centred=True),
)
LEFT = (
    Column("序号", 13, is_centred=True),
    Column("企业名称", 55),
    Column("统一社会信用代码", 42, is_centred=True),
    Column("原因", 24, is_centred=True),
    Column("发生日期", 22, is_centred=True),
)
SELECTED = (
    Column("序号", 13, is_centred=True),
    Column("企业名称", 68),
    Column("统一社会信用代码", 45, is_centred=True),
    Column("属地", 30, is_centred=True),
)
RESULTS = (
    Column("序号", 13, is_centred=True),
    Column("企业名称", 50),
    Column("属地", 23, is_centred=True),
    Column("培育方案", 26, is_centred=True),
    Column("支持事项", 22, is_centred=True),
    Column("已落实", 22, is_centred=True),
)

SUPPORTS = (
    Column("序号", 13, is_centred=True),
    Column("支持部门", 32, is_centred=True),
    Column("支持内容", 81),
    Column("完成时间", 30, is_centred=True),
)


@dataclass(frozen=True)
class Entry:
    """One enterprise on a list. what: chain or reason; more: tier or day."""

    name: str
    code: str
    what: str
    more: str


def entered(agency: str, locality: str, year: int, on: date, rows: Sequence[Entry]) -> bytes:
    """入库企业名单 of one locality's list."""
    paper = Paper(f"{year}年{locality}“千企升级”入库企业名单")
    paper.title()
    paper.text(f"经{locality}推荐、{agency}审定，自{chinese_date(on)}起，下列{len(rows)}家企业列入“千企升级”培育库。")
    if rows:
        paper.table(ENTERED, _numbered((row.name, row.code, row.what or "其他", row.more) for row in rows))
    paper.signature_of(agency, on)
    return paper.to_bytes()


def left(agency: str, locality: str, year: int, on: date, rows: Sequence[Entry]) -> bytes:
    """出库企业名单 of one locality's yearly check."""
    paper = Paper(f"{year}年{locality}“千企升级”出库企业名单")
    paper.title()
    paper.text(f"经{year}年度核查，自{chinese_date(on)}起，下列{len(rows)}家企业退出“千企升级”培育库。")
    if rows:
        paper.table(LEFT, _numbered((row.name, row.code, row.what, row.more) for row in rows))
    paper.signature_of(agency, on)
    return paper.to_bytes()


def selected(letterhead: Letterhead, year: int, plan: str, rows: Sequence[Entry]) -> bytes:
    """入选名单公布文件."""
    paper = Paper(f"关于公布{year}年高成长企业名单的通知")
    paper.head(letterhead)
    paper.text(
        f"根据《{plan}》，经属地推荐、成长性评分、领导小组审定和公示，现公布{year}年高成长企业名单，共{len(rows)}家。"
        "请各地、各有关部门按“一企一策”培育方案，在对标赶超、揭榜攻关、人才项目等方面给予支持，并按季度报告落实情况。"
    )
    paper.annex_note([f"{year}年高成长企业名单"])
    paper.signature(letterhead)
    paper.annex("附件", f"{year}年高成长企业名单")
    paper.table(SELECTED, _numbered((row.name, row.code, row.what) for row in rows))
    paper.imprint(letterhead)
    return paper.to_bytes()


def call(letterhead: Letterhead, year: int, text: str, weights: Sequence[tuple[str, str]]) -> bytes:
    """遴选通知."""
    paper = Paper(f"关于开展{year}年高成长企业遴选的通知")
    paper.head(letterhead)
    paper.text(text)
    paper.chapter("评分项目")
    paper.items(f"{name}，{weight}分" for name, weight in weights)
    paper.signature(letterhead)
    paper.imprint(letterhead)
    return paper.to_bytes()


def results(agency: str, year: int, on: date, rows: Sequence[tuple[str, str, str, str, str]]) -> bytes:
    """年度成效表: name, locality, how far the plan is, its support lines, how many of them were given."""
    paper = Paper(f"{year}年高成长企业培育成效表")
    paper.title()
    paper.table(RESULTS, _numbered(rows))
    paper.signature_of(agency, on)
    return paper.to_bytes()


def growth_plan(
    agency: str,
    enterprise: str,
    year: int,
    on: date,
    goals: Sequence[str],
    supports: Sequence[tuple[str, str, str]],
    difficulties: str,
) -> bytes:
    """一企一策培育方案. supports: department, what it gives, by when."""
    paper = Paper(f"{enterprise}\n{year}年“一企一策”培育方案")
    paper.title()
    paper.chapter("培育目标")
    paper.items(goals)
    paper.chapter("部门支持事项")
    paper.table(SUPPORTS, _numbered(supports))
    if difficulties:
        paper.chapter("主要困难")
        paper.text(difficulties)
    paper.signature_of(agency, on)
    return paper.to_bytes()


def _numbered(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    return [(str(number), *row) for number, row in enumerate(rows, 1)]
