"""典型案例征集: on 1 September units, specialists and firms with a title are asked for cases; nobody has to answer."""

from __future__ import annotations

from sqlalchemy import Select, and_, exists, or_, select

from app import clock
from app.duties.typical_case import call_day
from app.models.enterprise import Title
from app.models.person import Person, PersonRole
from app.models.plan import Plan
from app.services.house import House
from app.services.messages import Message, put_messages
from app.services.openings import GRACE_DAYS, is_won, win
from app.services.telling import NOTICE
from app.terms import Role, TitleStatus

NAME = "typical_case:call"
PAGE = 500
TEXT = (
    "请总结企业成长和服务企业的好做法，在“典型案例”页面提出线索并撰写案例。写到企业的，经企业确认同意后才会公开；"
    "采用的案例在专精特新专栏发布，报送单位在年度考核中加分。"
)


def call_for_cases(house: House) -> int:
    """How many were asked; 0 on every other day, and once it was done. Safe to call often and from several processes.

    Each person is told once for the year; the day is marked only afterwards, so that a death in between loses nobody.
    """
    today = clock.today()
    day = house.calendar.first_on_or_after(call_day(today.year))
    if not 0 <= (today - day).days <= GRACE_DAYS or is_won(house, NAME, day) or not _has_plan(house, today.year):
        return 0
    told, last = 0, 0
    while page := _page(house, last):
        told, last = told + len(page), page[-1]
        _tell(house, page, today.year)
    win(house, NAME, day)
    return told


def _has_plan(house: House, year: int) -> bool:
    with house.database.reading() as session:
        is_in_plan = select(exists().where(Plan.first_year <= year, Plan.last_year >= year))
        return bool(session.scalar(is_in_plan))


def _page(house: House, after: int) -> list[int]:
    with house.database.reading() as session:
        return list(session.scalars(_asked().where(Person.id > after).order_by(Person.id).limit(PAGE)))


def _asked() -> Select[int]:
    """Contacts and heads of units, specialists, and whoever acts for a firm with a title in force."""
    may_write = exists().where(
        PersonRole.person_id == Person.id,
        PersonRole.role.in_((Role.CONTACT.value, Role.UNIT_HEAD.value, Role.SPECIALIST.value)),
    )
    holds = exists().where(Title.enterprise_id == Person.enterprise_id, Title.status == TitleStatus.VALID.value)
    is_firms = and_(Person.enterprise_id.is_not(None), holds)
    return select(Person.id).where(Person.is_active, or_(may_write, is_firms))


def _tell(house: House, people: list[int], year: int) -> None:
    at = clock.now()
    title = f"{year}年专精特新典型案例征集"
    with house.database.writing() as connection:
        put_messages(connection, [Message(id_, NOTICE, title, TEXT, f"{NAME}:{year}:{id_}", at) for id_ in people])
