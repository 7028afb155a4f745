"""What 典型案例 leaves behind: a case as it stands, who read it when it was published, and the points it earned."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.enterprise import Enterprise
from app.models.organization import Unit


class TypicalCase(Base):
    """One case. number: 2022-031. source_key: what offered it, so that it is offered once.

    origin: portal | office | report | growth. author: the inbox of who writes it, such as `contact:miit`; unit_id: the
    unit that it is credited to, None for a firm's own. enterprise_id: the firm it is about, None where it is about
    the unit's service. answers: of the writer; told: the parts as they were published. points: part -> 0 to 10.
    state: words of duties/typical_case. top_year, top_place: among the ten of a year.
    """

    __tablename__ = "typical_case"
    __table_args__ = (
        Index("ix_typical_case_state", "state", "published_on", "number"),
        Index("ix_typical_case_unit_id", "unit_id", "number"),
        Index("ix_typical_case_enterprise_id", "enterprise_id", "number"),
        Index("ix_typical_case_author", "author", "number"),
        Index("ix_typical_case_year", "year", "state"),
    )

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int]
    source_key: Mapped[str] = mapped_column(String(200), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    origin: Mapped[str] = mapped_column(String(12))
    author: Mapped[str] = mapped_column(String(80))
    author_name: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    enterprise_id: Mapped[str | None] = mapped_column(ForeignKey("enterprise.id"))
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(12))
    lead: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    photos: Mapped[list[str]] = mapped_column(JSON, default=list)
    round: Mapped[int] = mapped_column(default=1)
    points: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    score: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    opened_on: Mapped[date]
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    published_on: Mapped[date | None]
    taken_down_on: Mapped[date | None]
    top_year: Mapped[int | None]
    top_place: Mapped[int | None]

    unit: Mapped[Unit | None] = relationship()
    enterprise: Mapped[Enterprise | None] = relationship()


class CaseViews(Base):
    """How often a published case was read on a day."""

    __tablename__ = "case_views"

    number: Mapped[str] = mapped_column(ForeignKey("typical_case.number"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class QualityBonus(Base):
    """质量加分: points that the yearly assessment adds to a unit's quality, with what they are for.

    source: the duty; source_key: its matter, which earns once. removed_on: the ground for it is gone.
    """

    __tablename__ = "quality_bonus"
    __table_args__ = (Index("ix_quality_bonus_year", "year", "unit_id"),)

    source_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    reason: Mapped[str] = mapped_column(String(200))
    given_on: Mapped[date]
    removed_on: Mapped[date | None]
    instance_id: Mapped[str | None] = mapped_column(String(36))
