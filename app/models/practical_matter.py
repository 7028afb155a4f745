"""What 办实事清单 leaves behind: the year's list, its matters with milestones, and what enterprises say of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant
from app.models.plan import Quantity


class MatterList(Base):
    """The list of a year. is_adopted: taken over from the plan's annex. number: of the published paper.

    published_on: None while it is drafted. closed_on, report: how it stood when it was closed.
    """

    __tablename__ = "matter_list"
    __table_args__ = (Index("ix_matter_list_instance_id", "instance_id", unique=True),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    is_adopted: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str] = mapped_column(String(60), default="")
    published_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class PracticalMatter(Base):
    """One matter of a published list, as it stands.

    status: planning | delivering | requested | returned | rating | accepted | partly | dropped. title and units as the
    list has them; quantity: the goal, None where it is described in words only. by_on: the day that the list names, or
    None. public_text: for enterprises. firms: credit codes of those who had the benefit. ratio: delivered share.
    outcome: accepted | partly. satisfaction: per cent, None below ten ratings. note: of the acceptance or of the drop.
    """

    __tablename__ = "practical_matter"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("year", "number"),
        Index("ix_practical_matter_lead_id", "lead_id", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(ForeignKey("matter_list.year"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    target_group: Mapped[str] = mapped_column(String(100), default="")
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    quantity_unit: Mapped[str] = mapped_column(String(20), default="")
    lead_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    co_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    by_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(12), default="planning")
    public_text: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=1)
    first_requested_on: Mapped[date | None]
    late_days: Mapped[int | None]
    firms: Mapped[list[str]] = mapped_column(JSON, default=list)
    ratio: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    outcome: Mapped[str] = mapped_column(String(12), default="")
    quality: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    accepted_on: Mapped[date | None]
    asked_count: Mapped[int] = mapped_column(default=0)
    rated_count: Mapped[int] = mapped_column(default=0)
    satisfaction: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    closed_on: Mapped[date | None]


class MatterMilestone(Base):
    """A step of a matter, by_on a day of its year. goal: a quantity, None for a step that is done or not.

    value, is_done, evidence: as they were told last. verdict: ok | refused, of the acceptance; point: what is missing.
    reminded_on: when its lead was told that the day is near.
    """

    __tablename__ = "matter_milestone"
    __table_args__ = (
        UniqueConstraint("matter_id", "number"),
        Index("ix_matter_milestone_by_on", "by_on", "is_done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("practical_matter.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    by_on: Mapped[date]
    success: Mapped[str] = mapped_column(String(200), default="")
    goal: Mapped[Decimal | None] = mapped_column(Quantity)
    goal_unit: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[Decimal | None] = mapped_column(Quantity)
    is_done: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    verdict: Mapped[str] = mapped_column(String(8), default="")
    point: Mapped[str] = mapped_column(Text, default="")
    reminded_on: Mapped[date | None]


class MatterRating(Base):
    """An enterprise that is asked about a matter. grade: satisfied | mostly | unsatisfied, empty while it is silent."""

    __tablename__ = "matter_rating"
    __table_args__ = (
        UniqueConstraint("matter_id", "enterprise_id"),
        Index("ix_matter_rating_enterprise_id", "enterprise_id", "closes_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("practical_matter.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    asked_on: Mapped[date]
    closes_on: Mapped[date]
    grade: Mapped[str] = mapped_column(String(12), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[datetime | None] = mapped_column(Instant)
