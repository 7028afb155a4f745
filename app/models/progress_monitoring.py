"""What 运行监测 leaves behind: a report for each unit and period, its figures with evidence, notes, and lag acts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant
from app.models.plan import Quantity


class ProgressReport(Base):
    """One unit's report of one period; correction: 0, or which correction of a recorded figure it is, from 1.

    period: 2022-Q3, 2022-12. status: sent | drafted | signed | returned | accepted | transferred | needless. answers:
    the version signed last. late_days: working days after due_on, None before it was first signed. is_checked: a person
    looked at it. quality: excellent | good | fair | poor, where one did.
    """

    __tablename__ = "progress_report"
    __table_args__ = (
        UniqueConstraint("period", "unit_id", "correction"),
        Index("ix_progress_report_instance_id", "instance_id", unique=True),
        Index("ix_progress_report_year", "year", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    correction: Mapped[int] = mapped_column(default=0)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    status: Mapped[str] = mapped_column(String(12), default="sent")
    due_on: Mapped[date]
    round: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    first_submitted_on: Mapped[date | None]
    late_days: Mapped[int | None]
    is_checked: Mapped[bool] = mapped_column(default=False)
    quality: Mapped[str] = mapped_column(String(12), default="")
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)


class ProgressFigure(Base):
    """A figure as it was accepted, never changed: a later row of the same period and unit supersedes it.

    evidence: ids of the files. expected: of the year's end. counted: what the library counted, where it does.
    is_basis_open: recorded while the basis of counting was still to be settled (口径待定). verified_by: the login of
    who looked at it, empty where the machine found nothing.
    """

    __tablename__ = "progress_figure"
    __table_args__ = (
        Index("ix_progress_figure_indicator_id", "indicator_id", "year", "id"),
        Index("ix_progress_figure_unit_id", "unit_id", "period", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    as_of: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Quantity)
    expected: Mapped[Decimal | None] = mapped_column(Quantity)
    counted: Mapped[Decimal | None] = mapped_column(Quantity)
    source: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    lag_reason: Mapped[str] = mapped_column(Text, default="")
    lag_step: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    light: Mapped[str] = mapped_column(String(8), default="")
    is_basis_open: Mapped[bool] = mapped_column(default=False)
    verified_by: Mapped[str] = mapped_column(String(80), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class ProgressNote(Base):
    """What a unit says of something it must do. kind: measure | matter | plan_line | action | support; ref: its number.

    action: a decided action of a consultation; support: a support line of a growth plan; ref is then the row's id.
    """

    __tablename__ = "progress_note"
    __table_args__ = (
        UniqueConstraint("period", "unit_id", "kind", "ref"),
        Index("ix_progress_note_kind", "kind", "ref", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    percent: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))


class LagAct(Base):
    """What the office decided for a row (key) that is behind. outcome: watch | urge | order | consultation."""

    __tablename__ = "lag_act"
    __table_args__ = (Index("ix_lag_act_unit_id", "unit_id", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    key: Mapped[str] = mapped_column(String(40))
    item: Mapped[str] = mapped_column(String(200))
    light: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(80))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
