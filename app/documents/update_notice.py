"""年度更新通知: tells an enterprise which data of the last year it must bring up to date, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date


@dataclass(frozen=True)
class UpdateNotice:
    """year: the year in which the update is made. due_on: the day to work to; legal_on: the rule's own date."""

    letterhead: Letterhead
    year: int
    titles: tuple[str, ...]
    due_on: date
    legal_on: date


def render(notice: UpdateNotice) -> bytes:
    """The paper as a Word file."""
    paper = Paper(f"关于开展{notice.year}年度企业信息更新的通知")
    paper.head(notice.letterhead)
    paper.text(
        f"你单位持有{'、'.join(notice.titles)}称号。按照优质中小企业梯度培育管理的规定，"
        f"应每年更新上年度信息，现将{notice.year}年度更新有关事项通知如下。"
    )
    paper.chapter("更新内容")
    paper.text(
        f"{notice.year - 1}年度的主要经济指标、研发投入、知识产权、主导产品和联系人，并上传审计报告。"
        "系统已列出上年数据供对照；税务、统计部门已提供的数据不再填报。"
    )
    paper.chapter("更新期限")
    paper.text(
        f"法定期限为{chinese_date(notice.legal_on)}，请于{chinese_date(notice.due_on)}前完成。逾期未更新的，"
        "不再具有到期复核资格。"
    )
    paper.text("所报数据应当真实、准确、完整；弄虚作假的，取消称号，三年内不得申报。")
    paper.signature(notice.letterhead)
    paper.imprint(notice.letterhead)
    return paper.to_bytes()
