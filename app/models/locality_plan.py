"""What 属地工作方案 leaves behind: the filed plan of a locality, its lines, and what departments suggested."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class LocalityPlan(Base):
    """A locality's plan. edition: the plan period (2022-2024) or a year; revision: from 1, a filed one is replaced.

    status: writing | signed | returned | filed | transferred. started_on: the first day of its limit. returned_on: of
    the last return. answers: the version signed last. number: of the receipt. figures: number of an indicator -> what
    the locality set itself.
    """

    __tablename__ = "locality_plan"
    __table_args__ = (
        UniqueConstraint("unit_id", "edition", "revision"),
        Index("ix_locality_plan_instance_id", "instance_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    edition: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(default=1)
    year: Mapped[int]
    is_first: Mapped[bool] = mapped_column(default=False)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    status: Mapped[str] = mapped_column(String(12), default="writing")
    started_on: Mapped[date]
    moved_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    round: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    first_submitted_on: Mapped[date | None]
    late_days: Mapped[int | None]
    quality: Mapped[str] = mapped_column(String(12), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    filed_at: Mapped[datetime | None] = mapped_column(Instant)


class PlanLine(Base):
    """What a locality does for a measure of the city. ended_on: replaced by a later edition, or handed over.

    by_on: its milestone. A measure that does not concern the locality has a line with is_concerned false and the reason
    as its content. unit: who does it, in the locality's own words.
    """

    __tablename__ = "plan_line"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        Index("ix_plan_line_unit_id", "unit_id", "ended_on", "by_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("locality_plan.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    position: Mapped[int]
    measure_number: Mapped[int]
    is_concerned: Mapped[bool] = mapped_column(default=True)
    content: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(60), default="")
    by_on: Mapped[date | None]
    success: Mapped[str] = mapped_column(String(100), default="")
    ended_on: Mapped[date | None]


class PlanSuggestion(Base):
    """What a department suggested to a locality's plan; it goes along and does not block. position: of the line."""

    __tablename__ = "plan_suggestion"
    __table_args__ = (Index("ix_plan_suggestion_plan_id", "plan_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("locality_plan.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    position: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
