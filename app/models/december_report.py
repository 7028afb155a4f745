"""What 年度反馈 leaves behind: reports of the units, notes by measure, next year's priorities, differing figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant
from app.models.plan import Quantity


class DecemberReport(Base):
    """One unit's report of one year, as its instance stands.

    status: sent | read | drafted | signed | returned | accepted | exempted | transferred. answers: the version that was
    signed last. late_days: working days after due_on, None before it was first signed. quality: excellent | good |
    fair | poor, given on acceptance. is_supplement: accepted after the annual report was consolidated (补报).
    """

    __tablename__ = "december_report"
    __table_args__ = (UniqueConstraint("year", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    status: Mapped[str] = mapped_column(String(12), default="sent")
    due_on: Mapped[date]
    round: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    first_submitted_on: Mapped[date | None]
    late_days: Mapped[int | None]
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    quality: Mapped[str] = mapped_column(String(12), default="")
    is_supplement: Mapped[bool] = mapped_column(default=False)


class MeasureNote(Base):
    """What a unit says of a measure in a year; number: of the measure, or of the action for a locality."""

    __tablename__ = "measure_note"
    __table_args__ = (UniqueConstraint("year", "unit_id", "kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text)
    highlight: Mapped[str] = mapped_column(Text, default="")
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class Priority(Base):
    """下一年工作重点: year is the year in which it is to be done."""

    __tablename__ = "priority"
    __table_args__ = (UniqueConstraint("year", "unit_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    content: Mapped[str] = mapped_column(Text)
    measure_number: Mapped[int | None]
    indicator_number: Mapped[int | None]
    expected: Mapped[str] = mapped_column(String(80), default="")
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class CaseLead(Base):
    """典型案例线索."""

    __tablename__ = "case_lead"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class FigureDifference(Base):
    """口径差异台账: a reported figure beside what was counted, or beside what a co-responsible unit says."""

    __tablename__ = "figure_difference"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    reported: Mapped[Decimal] = mapped_column(Quantity)
    counted: Mapped[Decimal] = mapped_column(Quantity)
    reason: Mapped[str] = mapped_column(Text)
    settled: Mapped[str] = mapped_column(Text, default="")
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
