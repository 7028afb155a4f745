"""Service months to be read: the calendar of a year, one activity with its enterprises, what all came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.duties.service_month_dates import is_unreported
from app.errors import NotFound
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.models.service_month import ActivityFirm, ServiceActivity, ServiceMonth
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.mergers import mergers
from app.queries.paging import Page, page
from app.queries.task_lights import OPEN
from app.terms import Role
from app.workdays import Calendar

ACTIVITY, FIRM, INSTANCE = table_of(ServiceActivity), table_of(ActivityFirm), table_of(ProcessInstance)
PROCESS = "service_month_activity"
PAGE = 50
MOST_FIRMS = 1000
COMING = ("planned", "confirmed")
WAS_HELD = ("rating", "held")


@dataclass(frozen=True)
class Seen:
    """An activity's instance, and the unit that organises it now."""

    instance_id: str
    unit_id: str


@dataclass(frozen=True)
class Line:
    """One activity of the calendar. invited, registered, present: how many enterprises."""

    activity: ServiceActivity
    unit: str
    unit_id: str
    instance_id: str
    invited: int
    registered: int
    rated: int


@dataclass(frozen=True)
class Totals:
    """Of a year. places: enterprises at all activities, as often as they came; reached: each of them once."""

    held: int
    counted: int
    places: int
    reached: int
    people: int
    amount_wan: Decimal
    contracts: int


def seen_activity(connection: Connection, activity_id: int) -> Seen:
    """Raises NotFound."""
    found = connection.execute(
        select(INSTANCE.c.id, ACTIVITY.c.unit_id)
        .join(INSTANCE, and_(INSTANCE.c.definition_key == PROCESS, INSTANCE.c.business_key == ACTIVITY.c.key))
        .where(ACTIVITY.c.id == activity_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return Seen(found.id, mergers(connection).present(found.unit_id))


def may_cancel(actor: Actor, unit_id: str) -> bool:
    """The organiser's contact and head, and the office."""
    return actor.has(Role.OFFICE) or bool({f"contact:{unit_id}", f"head:{unit_id}"} & set(actor.principals))


def months(session: Session) -> Sequence[ServiceMonth]:
    """All that were published, the latest first."""
    return session.scalars(select(ServiceMonth).order_by(ServiceMonth.year.desc())).all()


def calendar(session: Session, year: int, kind: str = "", state: str = "", cursor: str | None = None) -> Page[Line]:
    """The activities of a year by their day, a page at a time."""
    where = [ServiceActivity.year == year]
    where += [ServiceActivity.kind == kind] if kind else []
    where += [ServiceActivity.state == state] if state else []
    order = [ServiceActivity.on_day, ServiceActivity.id]
    found = page(session, select(ServiceActivity).where(*where), order, cursor, PAGE, counts=True)
    return Page(_lines(session, found.items), found.next_cursor, found.left)


def line(session: Session, activity_id: int) -> Line:
    """One activity. Raises NotFound."""
    activity = session.get(ServiceActivity, activity_id)
    if activity is None:
        raise NotFound
    return _lines(session, [activity])[0]


def firms_of(session: Session, activity_id: int) -> list[tuple[ActivityFirm, str]]:
    """The enterprises of an activity with their names: those that were there first, then who registered."""
    rows = session.execute(
        select(ActivityFirm, Enterprise.name)
        .outerjoin(Enterprise, Enterprise.id == ActivityFirm.code)
        .where(ActivityFirm.activity_id == activity_id)
        .order_by(ActivityFirm.is_present.desc(), ActivityFirm.registered_at.is_(None), ActivityFirm.code)
        .limit(MOST_FIRMS)
    )
    return [(own, name or own.code) for own, name in rows]


def totals(session: Session, year: int) -> Totals:
    """What the held activities of a year came to; every enterprise is reached once."""
    was_held = (ServiceActivity.year == year, ServiceActivity.state.in_(WAS_HELD))
    columns = (ServiceActivity.firm_count, ServiceActivity.people, ServiceActivity.contracts)
    sums = (func.coalesce(func.sum(column), 0) for column in columns)
    amount = func.coalesce(func.sum(ServiceActivity.amount_wan), 0)
    row: Sequence[Any] = session.execute(select(func.count(), *sums, amount).where(*was_held)).one()
    held, places, people, contracts, wan = row
    reached = session.scalar(
        select(func.count(ActivityFirm.code.distinct()))
        .join(ServiceActivity, ServiceActivity.id == ActivityFirm.activity_id)
        .where(*was_held, ActivityFirm.is_present)
    )
    counted = session.scalar(select(func.count()).where(*was_held, ServiceActivity.is_counted))
    return Totals(held, counted or 0, places, reached or 0, people, Decimal(str(wan)), contracts)


def is_report_late(session: Session, instance_id: str, today: date, calendar: Calendar) -> bool:
    """Whether the office may enter 未反馈 for it."""
    where = (UserTask.instance_id == instance_id, UserTask.element_id == "report_activity", OPEN)
    due_on = session.scalars(select(UserTask.due_on).where(*where)).first()
    return due_on is not None and is_unreported(due_on, today, calendar)


def states(session: Session, year: int) -> Mapping[str, int]:
    """How many activities of the year are in each state."""
    rows = select(ServiceActivity.state, func.count()).where(ServiceActivity.year == year)
    return dict(session.execute(rows.group_by(ServiceActivity.state)).all())


def _lines(session: Session, activities: Sequence[ServiceActivity]) -> list[Line]:
    names = {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}
    keys = [activity.key for activity in activities]
    ids = dict(
        session.execute(
            select(ProcessInstance.business_key, ProcessInstance.id).where(
                ProcessInstance.definition_key == PROCESS, ProcessInstance.business_key.in_(keys)
            )
        ).all()
    )
    counts, merged = counts_of(session, [activity.id for activity in activities]), mergers(session.connection())
    return [
        Line(
            activity,
            names[activity.unit_id],
            merged.present(activity.unit_id),
            ids.get(activity.key, ""),
            *counts.get(activity.id, (0, 0, 0)),
        )
        for activity in activities
    ]


def counts_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Activity -> how many were invited, have registered, have rated."""
    columns = (FIRM.c.invited_on, FIRM.c.registered_at, FIRM.c.rating)
    rows = session.execute(
        select(FIRM.c.activity_id, *(func.count(column) for column in columns))
        .where(FIRM.c.activity_id.in_(ids))
        .group_by(FIRM.c.activity_id)
    )
    return {activity_id: (invited, registered, rated) for activity_id, invited, registered, rated in rows}
