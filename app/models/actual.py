"""Figures that were reached, each with its source and date: asked once, shown everywhere."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant
from app.models.plan import Quantity


class IndicatorActual(Base):
    """One figure of one indicator, never changed: a later one for the same day supersedes it.

    value: newly added since January of the year, or the value on as_of. nature: actual | expected.
    source: one of terms.Source. unit_id: who gave it.
    """

    __tablename__ = "indicator_actual"
    __table_args__ = (Index("ix_indicator_actual_year", "indicator_id", "year", "as_of", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    year: Mapped[int]
    as_of: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Quantity)
    nature: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
