"""服务专员联系卡: who serves an enterprise, for the enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date


@dataclass(frozen=True)
class ContactCard:
    """kind: word of the specialist's kind. complaint: whom to tell what went wrong."""

    agency: str
    enterprise: str
    kind: str
    person: str
    unit: str
    phone: str
    since: date
    complaint: str
    issued_on: date


def render(card: ContactCard) -> bytes:
    """The paper as a Word file."""
    paper = Paper(f"{card.kind}联系卡")
    paper.title()
    paper.addressee(card.enterprise)
    phone = card.phone or "请向所在单位询问"
    since = chinese_date(card.since)
    paper.text(f"自{since}起，由{card.unit}{card.person}担任贵企业的{card.kind}，联系电话：{phone}。")
    paper.chapter("服务内容")
    paper.items(
        (
            "结对后十五个工作日内首次走访，此后每季度至少走访一次。",
            "宣讲适用政策，协助申报，推送政策包。",
            "收集诉求，转有关单位限时答复，跟踪办理结果。",
        )
    )
    paper.chapter("意见反映")
    paper.text(f"对服务有意见，或希望更换专员的，可在走访后的评价中提出，也可向{card.complaint}反映。")
    paper.signature_of(card.agency, card.issued_on)
    return paper.to_bytes()
