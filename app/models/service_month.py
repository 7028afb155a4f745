"""What a service month leaves behind: the month, its activities, and which enterprises took part in each."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class ServiceMonth(Base):
    """The month of a year. wanted: kind -> how many activities; number: of the plan, once it is published.

    summary: what the office wrote at the end, with the figures as they stood then.
    """

    __tablename__ = "service_month"
    __table_args__ = (Index("ix_service_month_instance_id", "instance_id", unique=True),)

    year: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    theme: Mapped[str] = mapped_column(String(60))
    from_on: Mapped[date]
    to_on: Mapped[date]
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    budget: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    published_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ServiceActivity(Base):
    """One activity. key: the business key of its instance; number: in the calendar.

    unit_id: the organiser named first; co_units: those beside it, by name. state: planned | confirmed | rating | held |
    unreported | cancelled. planned_on: as published; on_day, on_time: when it is, or was, held. firms: credit codes
    that the organiser names; without any, chain and level say whom to invite, and a locality invites its own.
    is_open: any enterprise may register, up to seats. is_counted: in the indicator of its kind.
    """

    __tablename__ = "service_activity"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_service_activity_on_day", "on_day", "id"),
        Index("ix_service_activity_kind", "kind", "is_counted", "on_day"),
        Index("ix_service_activity_unit_id", "unit_id", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    year: Mapped[int] = mapped_column(ForeignKey("service_month.year"))
    number: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    co_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    title: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    planned_on: Mapped[date]
    on_day: Mapped[date]
    on_time: Mapped[str] = mapped_column(String(5), default="09:00")
    place: Mapped[str] = mapped_column(String(80))
    chain: Mapped[str] = mapped_column(String(40), default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    firms: Mapped[list[str]] = mapped_column(JSON, default=list)
    seats: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=False)
    programme: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(12), default="planned")
    moves: Mapped[int] = mapped_column(default=0)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[int] = mapped_column(default=0)
    firm_count: Mapped[int] = mapped_column(default=0)
    amount_wan: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0))
    contracts: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_counted: Mapped[bool] = mapped_column(default=False)
    reported_on: Mapped[date | None]


class ActivityFirm(Base):
    """An enterprise and an activity: invited, registered, there, and how it rated. code may have no file yet.

    rating: yes | fair | no, as of demands.
    """

    __tablename__ = "activity_firm"
    __table_args__ = (Index("ix_activity_firm_code", "code", "activity_id"),)

    activity_id: Mapped[int] = mapped_column(ForeignKey("service_activity.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    invited_on: Mapped[date | None]
    registered_at: Mapped[datetime | None] = mapped_column(Instant)
    is_present: Mapped[bool] = mapped_column(default=False)
    rating: Mapped[str | None] = mapped_column(String(4))
    comment: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[datetime | None] = mapped_column(Instant)
