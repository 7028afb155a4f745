"""Service months to be read: the year's calendar, and for an enterprise what it may come to. Never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.errors import NotFound
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.models.service_month import ActivityFirm, ServiceActivity, ServiceMonth
from app.queries.actor import Actor
from app.queries.paging import Page, page
from app.terms import Role

ACTIVITY, FIRM, INSTANCE = table_of(ServiceActivity), table_of(ActivityFirm), table_of(ProcessInstance)
UNIT = table_of(Unit)
PROCESS = "service_month_activity"
PAGE = 50
MOST_SHOWN = 60
COMING = ("planned", "confirmed")


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
class Offer:
    """One activity as an enterprise sees it. own: invited, registered, there, rated; None for none of them."""

    activity: ServiceActivity
    unit: str
    own: ActivityFirm | None
    registered: int

    @property
    def is_invited(self) -> bool:
        return self.own is not None and self.own.invited_on is not None

    @property
    def is_registered(self) -> bool:
        return self.own is not None and self.own.registered_at is not None

    @property
    def has_seat(self) -> bool:
        return self.registered < self.activity.seats

    @property
    def may_register(self) -> bool:
        is_for_it = self.is_invited or self.activity.is_open
        return is_for_it and self.activity.state in COMING and not self.is_registered and self.has_seat

    @property
    def can_rate(self) -> bool:
        return self.activity.state == "rating" and self.own is not None and self.own.is_present


def seen_activity(connection: Connection, activity_id: int) -> Seen:
    """Raises NotFound."""
    found = connection.execute(
        select(INSTANCE.c.id, ACTIVITY.c.unit_id)
        .join(INSTANCE, and_(INSTANCE.c.definition_key == PROCESS, INSTANCE.c.business_key == ACTIVITY.c.key))
        .where(ACTIVITY.c.id == activity_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return Seen(found.id, _present(connection, found.unit_id))


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


def states(session: Session, year: int) -> Mapping[str, int]:
    """How many activities of the year are in each state."""
    rows = select(ServiceActivity.state, func.count()).where(ServiceActivity.year == year)
    return dict(session.execute(rows.group_by(ServiceActivity.state)).all())


def offers(session: Session, code: str, today: date) -> list[Offer]:
    """What an enterprise may come to or may still rate, by day: its own first of each day."""
    is_own = and_(ActivityFirm.activity_id == ServiceActivity.id, ActivityFirm.code == code)
    is_coming = and_(ServiceActivity.state.in_(COMING), ServiceActivity.on_day >= today)
    is_for_it = or_(ServiceActivity.is_open, ServiceActivity.state == "planned", ActivityFirm.code.is_not(None))
    was_there = and_(ServiceActivity.state == "rating", ActivityFirm.is_present)
    rows = session.execute(
        select(ServiceActivity, Unit.short_name, ActivityFirm)
        .join(Unit, Unit.id == ServiceActivity.unit_id)
        .outerjoin(ActivityFirm, is_own)
        .where(or_(and_(is_coming, is_for_it), was_there))
        .order_by(ServiceActivity.state != "rating", ServiceActivity.on_day, ServiceActivity.id)
        .limit(MOST_SHOWN)
    ).all()
    taken = _counts(session, [activity.id for activity, _, _ in rows])
    return [Offer(activity, unit, own, taken.get(activity.id, (0, 0, 0))[1]) for activity, unit, own in rows]


def attended(session: Session, code: str) -> list[tuple[ServiceActivity, str, ActivityFirm]]:
    """The activities an enterprise was at, the latest first, with the organiser."""
    rows = session.execute(
        select(ServiceActivity, Unit.short_name, ActivityFirm)
        .join(ActivityFirm, ActivityFirm.activity_id == ServiceActivity.id)
        .join(Unit, Unit.id == ServiceActivity.unit_id)
        .where(ActivityFirm.code == code, ActivityFirm.is_present)
        .order_by(ServiceActivity.on_day.desc(), ServiceActivity.id)
        .limit(MOST_SHOWN)
    )
    return [(activity, unit, own) for activity, unit, own in rows]


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
    counts, present = _counts(session, [activity.id for activity in activities]), _all_present(session)
    return [
        Line(
            activity,
            names[activity.unit_id],
            present[activity.unit_id],
            ids.get(activity.key, ""),
            *counts.get(activity.id, (0, 0, 0)),
        )
        for activity in activities
    ]


def _counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Activity -> how many were invited, have registered, have rated."""
    columns = (FIRM.c.invited_on, FIRM.c.registered_at, FIRM.c.rating)
    rows = session.execute(
        select(FIRM.c.activity_id, *(func.count(column) for column in columns))
        .where(FIRM.c.activity_id.in_(ids))
        .group_by(FIRM.c.activity_id)
    )
    return {activity_id: (invited, registered, rated) for activity_id, invited, registered, rated in rows}


def _all_present(session: Session) -> dict[str, str]:
    """Each unit -> the one that is there now."""
    after = {row.id: row.successor_id for row in session.execute(select(Unit.id, Unit.successor_id))}
    return {unit: _last(unit, after) for unit in after}


def _present(connection: Connection, unit_id: str) -> str:
    after = {row.id: row.successor_id for row in connection.execute(select(UNIT.c.id, UNIT.c.successor_id))}
    return _last(unit_id, after)


def _last(unit: str, after: Mapping[str, str | None]) -> str:
    seen = {unit}
    while (following := after.get(unit)) and following not in seen:
        seen.add(following)
        unit = following
    return unit
