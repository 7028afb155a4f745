"""催办单: asks a unit for what is late, with a new limit and a slip to sign for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date


@dataclass(frozen=True)
class UrgingLetter:
    """matter: the item as the unit knows it; basis: the paper and clause it comes from.

    days_late: working days since due_on; times: which urging this is, from 1. wanted: what the unit shall send.
    """

    letterhead: Letterhead
    unit: str
    matter: str
    basis: str
    due_on: date
    days_late: int
    times: int
    new_limit_on: date
    wanted: str = ""


def render(letter: UrgingLetter) -> bytes:
    """The paper as a Word file."""
    paper = Paper("催　办　单")
    paper.head(letter.letterhead)
    paper.text(
        f"根据{letter.basis}，你单位承办的“{letter.matter}”应于{chinese_date(letter.due_on)}前办结。"
        f"截至{chinese_date(letter.letterhead.issued_on)}尚未收到办理结果，已超{letter.days_late}个工作日，"
        f"现予第{letter.times}次催办。"
    )
    paper.chapter("办理时限")
    paper.text(f"请于{chinese_date(letter.new_limit_on)}前办结并反馈。确有困难的，请在此前说明原因并申请延期。")
    if letter.wanted:
        paper.chapter("反馈要求")
        paper.text(letter.wanted)
    paper.signature(letter.letterhead)
    paper.slip(
        "签　收　回　执",
        (
            ("文　　号", letter.letterhead.number, "签收单位", letter.unit),
            ("签 收 人", "", "签收时间", ""),
            ("分管负责人", "", "承办处室", ""),
        ),
        "在系统签收的，回执自动生成，无须寄回。",
    )
    paper.imprint(letter.letterhead)
    return paper.to_bytes()
