"""The papers of a service month: its plan, the calendar, an invitation, and the summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date
from app.documents.paper_table import Column

CALENDAR = (
    Column("序号", 12, is_centred=True),
    Column("时间", 26, is_centred=True),
    Column("活动", 46),
    Column("类型", 20, is_centred=True),
    Column("承办单位", 28, is_centred=True),
    Column("地点", 24, is_centred=True),
)
FIGURES = (
    Column("类型", 30, is_centred=True),
    Column("计划", 16, is_centred=True),
    Column("举办", 16, is_centred=True),
    Column("计入指标", 20, is_centred=True),
    Column("到场企业", 20, is_centred=True),
    Column("参加人数", 20, is_centred=True),
    Column("金额（万元）", 20, is_centred=True),
    Column("签约", 14, is_centred=True),
)


@dataclass(frozen=True)
class Listed:
    """One activity of the calendar. when: its day, with the time once that is known."""

    when: str
    title: str
    kind: str
    units: str
    place: str


@dataclass(frozen=True)
class Invitation:
    """To whom it goes stands on no paper: the same is sent to all."""

    organisers: str
    title: str
    on_day: date
    on_time: str
    place: str
    programme: str
    contact: str
    issued_on: date


def plan(letterhead: Letterhead, year: int, words: str, budget: str, basis: str, activities: Sequence[Listed]) -> bytes:
    """服务月活动方案, with the calendar annexed. words: theme, days and numbers; basis: the plan it serves."""
    paper = Paper(f"关于开展{year}年专精特新企业服务月活动的通知")
    paper.head(letterhead)
    paper.text(f"根据《{basis}》，经领导小组审定，开展{year}年专精特新企业服务月活动，现将有关事项通知如下。")
    paper.chapter("主题和时间")
    paper.text(words)
    paper.chapter("活动安排")
    paper.text(f"共安排活动{len(activities)}项，见附件。")
    if budget:
        paper.chapter("经费")
        paper.text(budget)
    paper.chapter("工作要求")
    paper.text(
        "请承办单位在活动日前10个工作日确认时间、地点和议程，活动后5个工作日内登记到场企业和成效；企业提出的问题逐件转办。"
    )
    paper.annex_note([f"{year}年服务月活动日历"])
    paper.signature(letterhead)
    paper.annex("附件", f"{year}年服务月活动日历")
    paper.table(CALENDAR, _rows(activities))
    paper.imprint(letterhead)
    return paper.to_bytes()


def calendar(agency: str, year: int, on: date, activities: Sequence[Listed]) -> bytes:
    """活动日历 as it stands that day."""
    paper = Paper(f"{year}年专精特新企业服务月活动日历")
    paper.title()
    paper.table(CALENDAR, _rows(activities))
    paper.signature_of(agency, on)
    return paper.to_bytes()


def invitation(told: Invitation) -> bytes:
    """邀请函."""
    paper = Paper("邀　请　函")
    paper.title()
    paper.text(f"诚邀贵企业参加“{told.title}”。时间：{chinese_date(told.on_day)}{told.on_time}；地点：{told.place}。")
    if told.programme:
        paper.chapter("议程")
        paper.text(told.programme)
    paper.chapter("报名")
    paper.text(f"请登录企业首页，在“服务月活动”中报名。联系人：{told.contact}。")
    paper.signature_of(told.organisers, told.issued_on)
    return paper.to_bytes()


def summary(
    agency: str, year: int, on: date, text: str, lessons: str, words: Sequence[str], figures: Sequence[Sequence[str]]
) -> bytes:
    """服务月总结. words: whom it reached, and what is still open."""
    paper = Paper(f"{year}年专精特新企业服务月总结")
    paper.title()
    paper.chapter("开展情况")
    for sentence in filter(None, words):
        paper.text(sentence)
    if figures:
        paper.table(FIGURES, figures)
    paper.chapter("工作总结")
    paper.text(text)
    if lessons:
        paper.chapter("经验和问题")
        paper.text(lessons)
    paper.signature_of(agency, on)
    return paper.to_bytes()


def _rows(activities: Sequence[Listed]) -> list[tuple[str, ...]]:
    return [
        (str(number), row.when, row.title, row.kind, row.units, row.place) for number, row in enumerate(activities, 1)
    ]
