"""The papers of a service month with their facts: the plan as published, the calendar of today, invitation, summary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.documents import service_month
from app.documents.service_month import Invitation, Listed
from app.duties.lights import chinese_date
from app.duties.quantity import plain, to_decimal
from app.duties.service_month_counting import KINDS
from app.models.organization import OFFICE, Unit
from app.models.process import ProcessInstance, WorkingRow
from app.models.service_month import ServiceActivity, ServiceMonth
from app.queries.settled_indicators import plan_of_year
from app.services import letterheads
from app.services.house import House
from app.services.service_month.rows import month_words

TO_ALL = "各县（市、区）、功能区，市各有关部门"
COLUMNS = ("name", "wanted", "held", "counted", "places", "people", "amount_wan", "contracts")


def plan_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """服务月活动方案, with the days as they were published."""
    month, names = _month(session, instance), _names(session)
    frame = _row(session, instance, "frame")
    activities = [_listed(one, names, chinese_date(one.planned_on)) for one in _activities(session, month.year)]
    head = letterheads.of_office(session, month.number, TO_ALL, month.published_on or clock.today())
    basis = plan_of_year(session, month.year).title
    return service_month.plan(head, month.year, month_words(frame), month.budget, basis, activities)


def calendar_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """活动日历: without what was cancelled, moved activities on their new days."""
    month, names = _month(session, instance), _names(session)
    found = sorted(_activities(session, month.year), key=lambda one: (one.on_day, one.on_time, one.number))
    rows = [
        _listed(one, names, f"{chinese_date(one.on_day)}{one.on_time if one.state != 'planned' else ''}")
        for one in found
        if one.state != "cancelled"
    ]
    return service_month.calendar(_agency(session), month.year, clock.today(), rows)


def summary_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """服务月总结, with the figures as the office had them."""
    told, closed = _row(session, instance, "review"), _row(session, instance, "closed")
    figures = [[_cell(row.get(name)) for name in COLUMNS] for row in told["figures"]]
    words = (told["reach_words"], told["open_words"])
    on, month = date.fromisoformat(closed["on"]), _month(session, instance)
    return service_month.summary(_agency(session), month.year, on, told["text"], told["lessons"], words, figures)


def invitation_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """邀请函 of one activity, as it was confirmed."""
    activity = session.scalars(select(ServiceActivity).where(ServiceActivity.key == instance.business_key)).one()
    names = _names(session)
    return service_month.invitation(
        Invitation(
            organisers="、".join([names[activity.unit_id], *activity.co_units]),
            title=activity.title,
            on_day=activity.on_day,
            on_time=activity.on_time,
            place=activity.place,
            programme=activity.programme,
            contact=activity.contact,
            issued_on=date.fromisoformat(_row(session, instance, "confirmed")["on"]),
        )
    )


def _listed(activity: ServiceActivity, names: dict[str, str], when: str) -> Listed:
    units = "、".join([names[activity.unit_id], *activity.co_units])
    return Listed(when, activity.title, KINDS[activity.kind], units, activity.place)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return plain(to_decimal(value or 0))


def _month(session: Session, instance: ProcessInstance) -> ServiceMonth:
    return session.get_one(ServiceMonth, instance.year)


def _activities(session: Session, year: int) -> Sequence[ServiceActivity]:
    where = ServiceActivity.year == year
    return session.scalars(select(ServiceActivity).where(where).order_by(ServiceActivity.number)).all()


def _agency(session: Session) -> str:
    return session.get_one(Unit, OFFICE).name


def _names(session: Session) -> dict[str, str]:
    return {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}


def _row(session: Session, instance: ProcessInstance, kind: str) -> dict[str, Any]:
    return dict(session.get_one(WorkingRow, (instance.id, kind, "")).value)
