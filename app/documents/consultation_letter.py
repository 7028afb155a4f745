"""会商函 and 会议通知: asks the units for their written answers, or calls them to a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date


@dataclass(frozen=True)
class ConsultationLetter:
    """questions: what is to be answered, an item each."""

    letterhead: Letterhead
    subject: str
    background: str
    questions: tuple[str, ...]
    answer_by: date


@dataclass(frozen=True)
class MeetingCall:
    """held_at: the day and the hour, as they shall stand."""

    letterhead: Letterhead
    subject: str
    held_at: str
    place: str
    chair: str
    agenda: str
    units: tuple[str, ...]


def render_letter(letter: ConsultationLetter) -> bytes:
    """会商函 as a Word file."""
    paper = Paper(f"关于商请反馈\n{letter.subject}意见的函")
    paper.head(letter.letterhead)
    paper.text(letter.background)
    paper.chapter("需明确的问题")
    paper.items(letter.questions)
    paper.chapter("反馈要求")
    paper.text(
        f"请于{chinese_date(letter.answer_by)}前在督办系统逐项反馈意见和依据。逾期未反馈的，会商纪要注明未反馈。"
    )
    paper.signature(letter.letterhead)
    paper.imprint(letter.letterhead)
    return paper.to_bytes()


def render_call(call: MeetingCall) -> bytes:
    """会议通知 as a Word file."""
    paper = Paper(f"关于召开{call.subject}会商会议的通知")
    paper.head(call.letterhead)
    paper.text(f"各单位书面意见尚不一致，现定于{call.held_at}召开会商会议，有关事项通知如下。")
    paper.chapter("会议地点")
    paper.text(f"{call.place}。")
    paper.chapter("会议议程")
    paper.text(f"会议由{call.chair}主持。")
    paper.text(call.agenda)
    paper.chapter("参加单位")
    paper.text(f"{'、'.join(call.units)}。")
    paper.text("因故不能参加的，请提前请假；未请假缺席的，记入年度考核。")
    paper.signature(call.letterhead)
    paper.imprint(call.letterhead)
    return paper.to_bytes()
