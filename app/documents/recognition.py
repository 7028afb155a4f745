"""The papers of a recognition batch: the call, the public notice, the recommendation, the announcement, a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

NUMBER, NAME, CODE, LOCALITY = (
    Column("序号", 14, is_centred=True),
    Column("企业名称", 66),
    Column("统一社会信用代码", 48, is_centred=True),
    Column("属地", 28, is_centred=True),
)
LIST = (NUMBER, NAME, CODE, LOCALITY)
ANNOUNCED = (NUMBER, Column("企业名称", 60), Column("属地", 24, is_centred=True), Column("有效期", 58, is_centred=True))


@dataclass(frozen=True)
class Row:
    """One enterprise of a list. until_on: last day of its title, where it has one."""

    name: str
    code: str
    locality: str
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Head:
    """agency: full name of the bureau; subject: what is recognised, such as 2023年第1批专精特新中小企业."""

    agency: str
    subject: str
    issued_on: date


def call(head: Head, text: str, window: str, rules: str) -> bytes:
    """申报通知"""
    paper = Paper(f"关于组织申报{head.subject}的通知")
    paper.title()
    paper.text(text)
    paper.chapter("申报期")
    paper.text(f"{window}。逾期系统不再受理。")
    paper.chapter("认定标准")
    paper.text(f"按{rules}执行，以申报之日施行的标准为准。")
    paper.signature_of(head.agency, head.issued_on)
    return paper.to_bytes()


def public_notice(head: Head, title: str, text: str, period: str, contact: str, rows: Sequence[Row]) -> bytes:
    """公示"""
    paper = Paper(title)
    paper.title()
    paper.text(text)
    paper.text(f"公示期：{period}。")
    paper.text(f"异议受理：{contact}。")
    paper.table(LIST, _listed(rows))
    paper.signature_of(head.agency, head.issued_on)
    return paper.to_bytes()


def recommendation(head: Head, number: str, text: str, rows: Sequence[Row]) -> bytes:
    """推荐名单, in the order of the recommendation."""
    paper = Paper(f"{head.subject}推荐名单")
    paper.title()
    if number:
        paper.text(f"推荐报告文号：{number}。")
    paper.text(text)
    paper.table(LIST, _listed(rows))
    paper.signature_of(head.agency, head.issued_on)
    return paper.to_bytes()


def announcement(head: Head, rows: Sequence[Row]) -> bytes:
    """认定公告"""
    paper = Paper(f"关于公布{head.subject}名单的公告")
    paper.title()
    paper.text(f"经企业申报、属地初审、部门联审、评审和公示，现将{head.subject}名单（共{len(rows)}家）予以公布。")
    paper.table(ANNOUNCED, (_announced(number, row) for number, row in enumerate(rows, 1)))
    paper.signature_of(head.agency, head.issued_on)
    return paper.to_bytes()


def refusal(head: Head, enterprise: str, reasons: Sequence[str]) -> bytes:
    """不予认定告知书, its reasons by condition."""
    paper = Paper("不予认定告知书")
    paper.title()
    paper.text(f"{enterprise}：你单位申报的{head.subject}，经审核未予认定，理由如下。")
    for reason in reasons:
        paper.section(reason)
    paper.text("对本告知有异议的，可在收到之日起10个工作日内向本机关书面反映。")
    paper.signature_of(head.agency, head.issued_on)
    return paper.to_bytes()


def _listed(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    return [(str(number), row.name, row.code, row.locality) for number, row in enumerate(rows, 1)]


def _announced(number: int, row: Row) -> tuple[str, ...]:
    valid = f"{chinese_date(row.from_on)}至{chinese_date(row.until_on)}" if row.from_on and row.until_on else ""
    return str(number), row.name, row.locality, valid
