"""年度目标责任书: what one unit has to reach in a year, signed by both sides."""

from __future__ import annotations

from dataclasses import dataclass

from app.documents.paper import Letterhead, Paper
from app.documents.paper_table import Column

COLUMNS = (
    Column("序号", 13, is_centred=True),
    Column("指标", 57),
    Column("年度目标", 32, is_centred=True),
    Column("统计口径", 54),
)
CONDITIONS = (
    "按季度填报进展，所报数据真实、可查，附佐证材料。",
    "进度滞后的，及时查明原因、提出措施；确需调整目标的，按程序报请领导小组审定。",
    "年度完成情况作为考核依据。",
)


@dataclass(frozen=True)
class Figure:
    """number: of the indicator in the plan. target: with its unit and its comparator in words, such as 超过60%.

    basis: 统计口径, how it is counted.
    """

    number: int
    indicator: str
    target: str
    basis: str


@dataclass(frozen=True)
class ResponsibilityLetter:
    """unit: full name of who answers. figures: the unit leads them, or they were divided down to it.

    measures: titles of the tasks it leads, or what it will do. signer: who signs for the office; unit_signer: for the
    unit, left open when not known.
    """

    letterhead: Letterhead
    year: int
    plan: str
    plan_number: str
    unit: str
    figures: tuple[Figure, ...]
    measures: tuple[str, ...]
    signer: str
    unit_signer: str = ""


def render(letter: ResponsibilityLetter) -> bytes:
    """The paper as a Word file; a chapter without content is left out."""
    paper = Paper(f"{letter.year}年度目标责任书")
    paper.head(letter.letterhead)
    paper.text(
        f"根据《{letter.plan}》（{letter.plan_number}），经领导小组审定，现下达{letter.unit}{letter.year}年度目标。"
    )
    if letter.figures:
        paper.chapter("年度目标")
        paper.table(COLUMNS, ((str(row.number), row.indicator, row.target, row.basis) for row in letter.figures))
    if letter.measures:
        paper.chapter("主要举措")
        paper.items(letter.measures)
    paper.chapter("责任要求")
    paper.items(CONDITIONS)
    paper.signature(letter.letterhead)
    paper.slip(
        "签　字　栏",
        (("签 发 人", letter.signer, "责 任 人", letter.unit_signer), ("日　　期", "", "日　　期", "")),
        "本责任书一式两份，领导小组办公室和责任单位各执一份。",
    )
    paper.imprint(letter.letterhead)
    return paper.to_bytes()
