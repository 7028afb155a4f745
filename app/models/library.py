"""The upgrading library's lists and the growth selections: rows that last longer than the list they came with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

Points = Numeric(8, 4)


class NominationRow(Base):
    """One enterprise that was nominated for the library, or applied itself; instance_id: the list on which it stands.

    Without a list it waits for the locality's next one. enterprise_id: a credit code that may have no file yet.
    answers: what the form says of it. origin: locality | enterprise | transferred | waiting, where it came from.
    consent: platform | phone | waiting | refused. finding: why it was skipped or refused.
    state: pool | listed | skipped | silent | declined | refused | entered.
    """

    __tablename__ = "nomination_row"
    __table_args__ = (
        Index("ix_nomination_row_instance_id", "instance_id", "position"),
        Index("ix_nomination_row_locality_id", "locality_id", "state"),
        Index("ix_nomination_row_enterprise_id", "enterprise_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"))
    locality_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    enterprise_id: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    origin: Mapped[str] = mapped_column(String(12))
    consent: Mapped[str] = mapped_column(String(10))
    consent_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10))
    finding: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(80))


class GrowthMark(Base):
    """An enterprise that was selected in a year. place, points: on the ranked list; score: part -> points.

    removed_on: its objection was upheld, or its plan was dropped. instance_id: the selection.
    """

    __tablename__ = "growth_mark"
    __table_args__ = (
        UniqueConstraint("year", "enterprise_id"),
        Index("ix_growth_mark_enterprise_id", "enterprise_id", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    locality_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    place: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Points)
    score: Mapped[dict[str, Any]] = mapped_column(JSON)
    selected_on: Mapped[date]
    removed_on: Mapped[date | None]
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class PlanGoal(Base):
    """A goal of an enterprise's growth plan. value: to be reached in the year; actual: so far."""

    __tablename__ = "plan_goal"
    __table_args__ = (UniqueConstraint("instance_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    value: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    year: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    actual: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))


class SupportLine(Base):
    """What a department has to give to a selected enterprise by a day. state: open | done | closed (the plan ended)."""

    __tablename__ = "support_line"
    __table_args__ = (
        UniqueConstraint("instance_id", "position"),
        Index("ix_support_line_unit_id", "unit_id", "state", "due_on"),
        Index("ix_support_line_enterprise_id", "enterprise_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    year: Mapped[int]
    position: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    content: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8), default="open")
    note: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]
