"""办实事节点提醒: five working days before a step of a practical matter is due, its lead is told, once."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.lights import chinese_date
from app.models.notification import Notification
from app.models.practical_matter import MatterMilestone, PracticalMatter
from app.queries.candidates import people_of
from app.services.assignment import present_unit
from app.services.house import House
from app.services.messages import Message, put_messages
from app.services.telling import NOTICE

NOTIFICATION = table_of(Notification)
DAYS_BEFORE = 5
PAGE = 200

Step = Row[int, str, date, str, str]  # id, content, day, lead and title of the matter


def remind_of_milestones(house: House) -> int:
    """How many steps were told of. Safe to call often and from several processes: a step is marked with its message."""
    today = clock.today()
    last_day = house.calendar.add(today, DAYS_BEFORE)
    told = 0
    while marked := _page(house, today, last_day):
        told += marked
    return told


def _page(house: House, today: date, last_day: date) -> int:
    with house.database.transaction() as session:
        due = list(session.execute(_due(today, last_day)))
        for lead, rows in groupby(due, key=lambda row: row.lead_id):
            _tell(session, lead, list(rows), today)
        marks = update(MatterMilestone).where(MatterMilestone.id.in_([row.id for row in due]))
        session.execute(marks.values(reminded_on=today), execution_options={"synchronize_session": False})
        return len(due)


def _due(today: date, last_day: date) -> Select[int, str, date, str, str]:
    return (
        select(
            MatterMilestone.id, MatterMilestone.content, MatterMilestone.by_on, PracticalMatter.lead_id,
            PracticalMatter.title,
        )
        .join(PracticalMatter, PracticalMatter.id == MatterMilestone.matter_id)
        .where(
            MatterMilestone.by_on.between(today, last_day),
            MatterMilestone.is_done.is_(False),
            MatterMilestone.reminded_on.is_(None),
            PracticalMatter.status == "delivering",
        )
        .order_by(PracticalMatter.lead_id, MatterMilestone.by_on, MatterMilestone.id)
        .limit(PAGE)
    )  # fmt: skip


def _tell(session: Session, lead: str, rows: list[Step], today: date) -> None:
    unit = present_unit(session.connection(), lead)
    holders = people_of(session, [f"contact:{unit}", f"head:{unit}"], today)
    people = sorted({person.id for found in holders.values() for person in found})
    at = clock.now()
    messages = [
        Message(
            person_id,
            NOTICE,
            f"办实事节点临近：{row.title}",
            f"{chinese_date(row.by_on)}前：{row.content}。",
            f"milestone:{row.id}:{person_id}",
            at,
        )
        for row in rows
        for person_id in people
    ]
    put_messages(session.connection(), messages)
