"""服务月活动日提醒: working days before an activity its organiser is told, at last the enterprises that registered.

On which days the ladder of reminders says (policies/reminders.yaml, steps, activity_day).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.duties.lights import chinese_date
from app.duties.reminders import ACTIVITY_DAY
from app.models.service_month import ActivityFirm, ServiceActivity
from app.queries.actor import enterprise_inbox
from app.queries.candidates import people_of
from app.queries.mergers import mergers
from app.queries.service_months import COMING
from app.services.house import House
from app.services.messages import Message, put_messages
from app.services.telling import NOTICE

PAGE = 50


@dataclass(frozen=True)
class _Near:
    """An activity and the rung that it has reached. left: working days until it."""

    activity: ServiceActivity
    rung: int
    left: int
    firms: Sequence[str]


def remind_of_activities(house: House) -> int:
    """How many activities are near. Once a day is enough; who was told of a rung and a day is not told again."""
    today = clock.today()
    days = house.ladder.steps.get(ACTIVITY_DAY, ())
    if not days or not house.calendar.is_working_day(today):
        return 0
    near, after = 0, 0
    while True:
        with house.database.transaction() as session:
            found = _page(session, today, house.calendar.add(today, max(days)), after)
            _tell(session, list(_nearing(house, session, found, days, today)), today)
            near += len(found)
            if len(found) < PAGE:
                return near
            after = found[-1].id


def _page(session: Session, today: date, last_day: date, after: int) -> Sequence[ServiceActivity]:
    return session.scalars(
        select(ServiceActivity)
        .where(ServiceActivity.on_day > today, ServiceActivity.on_day <= last_day)
        .where(ServiceActivity.state.in_(COMING), ServiceActivity.id > after)
        .order_by(ServiceActivity.id)
        .limit(PAGE)
    ).all()


def _nearing(
    house: House, session: Session, activities: Sequence[ServiceActivity], days: Sequence[int], today: date
) -> Iterator[_Near]:
    """The rung is the lowest one reached, so that after days of standstill there is one message and not two."""
    registered: dict[int, list[str]] = {activity.id: [] for activity in activities}
    where = (ActivityFirm.activity_id.in_(registered), ActivityFirm.registered_at.is_not(None))
    for activity_id, code in session.execute(select(ActivityFirm.activity_id, ActivityFirm.code).where(*where)):
        registered[activity_id].append(code)
    for activity in activities:
        left = house.calendar.count(today, activity.on_day)
        rung = min(day for day in days if day >= left)
        yield _Near(activity, rung, left, registered[activity.id] if rung == min(days) else ())


def _tell(session: Session, near: Sequence[_Near], today: date) -> None:
    merged = mergers(session.connection())
    units = {one.activity.unit_id: f"contact:{merged.present(one.activity.unit_id)}" for one in near}
    firms = {enterprise_inbox(code) for one in near for code in one.firms}
    people = people_of(session, {*units.values(), *firms}, today)
    messages = []
    for one in near:
        inboxes = [units[one.activity.unit_id], *map(enterprise_inbox, one.firms)]
        told = sorted({person.id for inbox in inboxes for person in people.get(inbox, ())})
        messages += [_message(one, person_id) for person_id in told]
    put_messages(session.connection(), messages)


def _message(near: _Near, person_id: int) -> Message:
    activity = near.activity
    when = f"{chinese_date(activity.on_day)}{activity.on_time}，{activity.place}"
    text = f"{when}。距活动日还有{near.left}个工作日。"
    key = f"activity:{activity.id}:{activity.on_day}:{near.rung}:{person_id}"
    return Message(person_id, NOTICE, f"服务月活动临近：{activity.title}", text, key, clock.now())
