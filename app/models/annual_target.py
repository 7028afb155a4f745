"""What 年度目标设定 leaves behind: targets of a year, and their breakdown to localities."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant
from app.models.plan import Quantity


class AnnualTarget(Base):
    """A target in force from approved_at; a higher revision of the same year replaces it, and both stay.

    quarters: cumulative shares are reckoned from these four numbers; empty for an even pace.
    """

    __tablename__ = "annual_target"
    __table_args__ = (UniqueConstraint("indicator_id", "year", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    year: Mapped[int]
    revision: Mapped[int]
    value: Mapped[Decimal] = mapped_column(Quantity)
    comparator: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(Text, default="")
    quarters: Mapped[list[str]] = mapped_column(JSON, default=list)
    approved_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[str] = mapped_column(String(80))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class TargetBreakdown(Base):
    """A locality's share of a year's target; held_by_city rows carry the office's unit."""

    __tablename__ = "target_breakdown"
    __table_args__ = (UniqueConstraint("indicator_id", "year", "unit_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    year: Mapped[int]
    revision: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    value: Mapped[Decimal] = mapped_column(Quantity)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class ResponsibilityLetter(Base):
    """目标责任书: one a unit and year."""

    __tablename__ = "responsibility_letter"
    __table_args__ = (UniqueConstraint("year", "unit_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    revision: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime] = mapped_column(Instant)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class DocumentNumber(Base):
    """The last serial given of a kind and year; gaps are not allowed."""

    __tablename__ = "document_number"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[int]
