"""The word to bureau and office that titles will end and no batch for their re-verification is under way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import clock
from app.models.enterprise import Title
from app.queries.candidates import people_of
from app.services.enterprise_recognition.opening import bureau_for
from app.services.messages import Message, put_messages
from app.services.telling import NOTICE
from app.services.title_maintenance.renewal_batch import open_batch, planned_batch
from app.services.title_maintenance.rows import label_of
from app.terms import Role

QUARTERS = "一二三四"


def ask_for_batches(connection: Connection, title_ids: Iterable[int]) -> None:
    """For titles whose re-verification begins: each person is told once for a level and the quarter of the ends."""
    with Session(connection) as session:
        titles = [session.get_one(Title, id_) for id_ in title_ids]
        ends = {(title.level, _quarter(title.until_on)) for title in titles}
        for level, quarter in sorted(ends):
            if open_batch(session, level) is None and planned_batch(session, level) is None:
                put_messages(connection, _messages(session, level, quarter))


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def _messages(session: Session, level: str, quarter: tuple[int, int]) -> list[Message]:
    year, number = quarter
    holders = people_of(session, [f"contact:{bureau_for(session, level)}", Role.OFFICE.value], clock.today())
    text = (
        f"{year}年第{QUARTERS[number]}季度有{label_of(level)}称号到期，企业已开始提交复核材料，目前没有在办的复核批次。"
        "请在“认定批次”中启动复核批次，由上级认定的请与上级衔接。"
    )
    reason = f"renewal_batch:{level}:{year}:{number}"
    people = {person.id for found in holders.values() for person in found}
    return [
        Message(id_, NOTICE, f"{label_of(level)}复核批次待组织", text, f"{reason}:{id_}", clock.now())
        for id_ in sorted(people)
    ]
