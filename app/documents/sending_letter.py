"""派员函: asks a unit to send one of its people as the specialist of an enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date


@dataclass(frozen=True)
class SendingLetter:
    """reason: why this person. is_appointed: named by the office, without her acceptance."""

    letterhead: Letterhead
    enterprise: str
    kind: str
    person: str
    since: date
    reason: str
    is_appointed: bool


def render(letter: SendingLetter) -> bytes:
    """The paper as a Word file."""
    paper = Paper(f"关于选派{letter.kind}的函")
    paper.head(letter.letterhead)
    how = "经研究，指定" if letter.is_appointed else "经商你单位同意，由"
    paper.text(
        f"根据为专精特新“小巨人”企业配备服务专员的工作安排，{how}你单位{letter.person}担任{letter.enterprise}的{letter.kind}，"
        f"自{chinese_date(letter.since)}起服务。"
    )
    if letter.reason:
        paper.text(f"选派理由：{letter.reason}。")
    paper.text("请你单位支持其开展走访和服务工作；人员岗位变动、退休或长期休假的，请提前函告，以便另行选派。")
    paper.signature(letter.letterhead)
    paper.imprint(letter.letterhead)
    return paper.to_bytes()
