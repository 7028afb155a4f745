"""取消称号决定书, and for titles of the upper levels 报请取消的报告."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date


@dataclass(frozen=True)
class Revocation:
    """findings, statement: what was found, and what the enterprise said to it. ban_until: None without a ban.

    ended_on: the last day of the titles; of a report that goes up, the day it is written.
    """

    letterhead: Letterhead
    enterprise: str
    code: str
    titles: tuple[str, ...]
    ground: str
    legal_ground: str
    findings: str
    statement: str
    ended_on: date
    ban_until: date | None = None


def render_decision(revocation: Revocation) -> bytes:
    """取消称号决定书 as a Word file."""
    paper = Paper("取消称号决定书")
    paper.head(revocation.letterhead)
    _what_was_found(paper, revocation)
    paper.chapter("处理决定")
    paper.text(
        f"根据{revocation.legal_ground or '有关规定'}，因{revocation.ground}，自{chinese_date(revocation.ended_on)}起"
        f"取消{revocation.enterprise}{'、'.join(revocation.titles)}称号。"
    )
    if revocation.ban_until:
        paper.text(f"{chinese_date(revocation.ban_until)}前不得申报优质中小企业各级称号。")
    paper.text("对本决定不服的，可以依法申请行政复议或者提起行政诉讼。")
    paper.signature(revocation.letterhead)
    paper.imprint(revocation.letterhead)
    return paper.to_bytes()


def render_report(revocation: Revocation) -> bytes:
    """报请取消的报告 as a Word file."""
    paper = Paper(f"关于报请取消{revocation.enterprise}\n称号的报告")
    paper.head(revocation.letterhead)
    _what_was_found(paper, revocation)
    paper.chapter("处理建议")
    paper.text(
        f"根据{revocation.legal_ground or '有关规定'}，因{revocation.ground}，建议取消该企业"
        f"{'、'.join(revocation.titles)}称号。"
    )
    paper.text("特此报告，请予审定。")
    paper.signature(revocation.letterhead)
    paper.imprint(revocation.letterhead)
    return paper.to_bytes()


def _what_was_found(paper: Paper, revocation: Revocation) -> None:
    paper.chapter("企业情况")
    paper.text(
        f"{revocation.enterprise}（统一社会信用代码：{revocation.code}），持有{'、'.join(revocation.titles)}称号。"
    )
    paper.chapter("核查情况")
    paper.text(revocation.findings or "企业自愿放弃称号。")
    paper.chapter("企业陈述")
    paper.text(revocation.statement or "企业未提出陈述和申辩。")
