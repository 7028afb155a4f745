"""核查通知书: tells an enterprise what is being looked into, and until when it may state its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date


@dataclass(frozen=True)
class InvestigationNotice:
    """facts: what is looked into, an item each; who told of it is never named."""

    letterhead: Letterhead
    enterprise: str
    titles: tuple[str, ...]
    facts: tuple[str, ...]
    heard_until: date


def render(notice: InvestigationNotice) -> bytes:
    """The paper as a Word file."""
    paper = Paper("核　查　通　知　书")
    paper.head(notice.letterhead)
    paper.text(f"经研究，决定对你单位持有的{'、'.join(notice.titles)}称号立案核查。")
    paper.chapter("核查事项")
    paper.items(notice.facts)
    paper.chapter("陈述和申辩")
    paper.text(
        f"你单位有权陈述和申辩，请于{chinese_date(notice.heard_until)}前在系统提交书面意见和证明材料；"
        "逾期未提交的，按已有材料处理。"
    )
    paper.chapter("有关要求")
    paper.text("请配合属地和有关部门核查，如实提供材料。")
    paper.signature(notice.letterhead)
    paper.slip(
        "送　达　回　证",
        (
            ("文　　号", notice.letterhead.number, "受送达单位", notice.enterprise),
            ("签 收 人", "", "送达时间", ""),
        ),
        "在系统查阅的，视为送达。",
    )
    paper.imprint(notice.letterhead)
    return paper.to_bytes()
