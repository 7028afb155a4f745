"""督办通知单: what a unit shall do by when, in one of three colours, with a slip to sign for.

The colour is a word under the number; the paper itself is printed in black and red like every other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date

TITLE = "督办通知单"
SLIP = "签　收　回　执"
SLIP_NOTE = "在系统签收的，回执自动生成，无须寄回。"


@dataclass(frozen=True)
class OrderNotice:
    """level: the colour in words, such as 蓝色提示. former: number of the colour before, empty without one.

    is_final: no colour is above this one. basis: where the matter comes from; wanted: what the unit shall send;
    co_units: who helps. instruction: of a leader.
    """

    letterhead: Letterhead
    level: str
    unit: str
    basis: str
    matter: str
    demands: str
    limit_on: date
    wanted: tuple[str, ...]
    co_units: tuple[str, ...] = ()
    former: str = ""
    instruction: str = ""
    urgent_reason: str = ""
    is_final: bool = False


def heading(notice: OrderNotice) -> str:
    return f"{TITLE}\n（{notice.level}）"


def opening_text(notice: OrderNotice) -> str:
    """The first paragraph: why it is written."""
    former = f"{notice.former}号督办单逾期未办结，".replace("号号", "号") if notice.former else ""
    urgent = f"因{notice.urgent_reason.rstrip('。')}，" if notice.urgent_reason else ""
    return f"{former}{urgent}现就“{notice.matter}”予以督办（{notice.level}）。事项来源：{notice.basis.rstrip('。')}。"


def chapters(notice: OrderNotice) -> list[tuple[str, str]]:
    """Heading and text of each chapter, in order."""
    co_units = f"请会同{'、'.join(notice.co_units)}办理，配合情况由你单位汇总。" if notice.co_units else ""
    parts = [("领导批示", notice.instruction)] if notice.instruction else []
    parts += [
        ("办理要求", "\n".join(filter(None, [notice.demands, co_units]))),
        (
            "办理时限",
            f"请于{chinese_date(notice.limit_on)}前反馈办理情况，经分管负责人审签后报送。确需延期的，应当在期限届满前提出申请。",
        ),
        ("反馈内容", f"{'、'.join(notice.wanted)}。逾期未反馈且未申请延期的，{_threat(notice)}，并记入年度考核。"),
    ]
    return parts


def _threat(notice: OrderNotice) -> str:
    return "提请领导小组研究处置" if notice.is_final else "按规定升级督办"


def slip_rows(notice: OrderNotice) -> tuple[tuple[str, str, str, str], ...]:
    return (
        ("文　　号", notice.letterhead.number, "签收单位", notice.unit),
        ("签 收 人", "", "签收时间", ""),
        ("分管负责人", "", "承办处室", ""),
    )


def render(notice: OrderNotice) -> bytes:
    """The paper as a Word file."""
    paper = Paper(heading(notice))
    paper.head(notice.letterhead)
    paper.text(opening_text(notice))
    for title, text in chapters(notice):
        paper.chapter(title)
        paper.text(text)
    paper.signature(notice.letterhead)
    paper.slip(SLIP, slip_rows(notice), SLIP_NOTE)
    paper.imprint(notice.letterhead)
    return paper.to_bytes()
