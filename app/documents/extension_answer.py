"""延期批复: whether a unit has more time, with both days, so that nobody has to look the old one up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date


@dataclass(frozen=True)
class ExtensionAnswer:
    """granted_on: None where the old limit stays. asked_late: after the old limit was over. reason: of the answer."""

    letterhead: Letterhead
    matter: str
    asked_on: date
    old_due_on: date
    wanted_on: date
    granted_on: date | None
    reason: str = ""
    asked_late: bool = False


def decision(answer: ExtensionAnswer) -> str:
    if answer.granted_on is None:
        return f"经研究，不予延期，办理时限仍为{chinese_date(answer.old_due_on)}。"
    late = "因申请时已超过原时限，年度考核仍按原时限计算。" if answer.asked_late else ""
    return f"经研究，同意将办理时限由{chinese_date(answer.old_due_on)}延至{chinese_date(answer.granted_on)}。{late}"


def render(answer: ExtensionAnswer) -> bytes:
    """The paper as a Word file."""
    paper = Paper("关于延期申请的批复")
    paper.head(answer.letterhead)
    paper.text(
        f"你单位{chinese_date(answer.asked_on)}关于“{answer.matter}”延至{chinese_date(answer.wanted_on)}办理的申请收悉。"
    )
    paper.text(decision(answer))
    if answer.reason:
        paper.text(answer.reason)
    paper.text("请抓紧办理，确保在办理时限内完成。")
    paper.signature(answer.letterhead)
    paper.imprint(answer.letterhead)
    return paper.to_bytes()
