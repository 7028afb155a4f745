"""What an enterprise finds of a service month: the activities it may come to or rate, and those it was at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models.organization import Unit
from app.models.service_month import ActivityFirm, ServiceActivity
from app.queries.service_months import COMING, counts_of

MOST_SHOWN = 60


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
    taken = counts_of(session, [activity.id for activity, _, _ in rows])
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
