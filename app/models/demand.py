"""企业诉求: what an enterprise asked for, who had to answer until when, what came of it and how it was rated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.enterprise import Enterprise
from app.models.organization import Unit


class Demand(Base):
    """number: 2022-001234, without gaps in a year. source_key: what raised it, so that it is raised once.

    channel: portal | visit | office | unit | activity. is_private: only the specialist and who answers see it.
    state: terms.DemandState. unit_id: who answers; joint_units: who gave a part. accepted_on: from when the limit runs;
    stopped_days: working days of consultations in it. due_on: of the answer. result: word of the answer's form.
    rating: yes | fair | no, None where it was not rated. round: 2 once it was opened again. joined_to: the demand with
    which it is answered. follow_up_on: until when what goes on shall be done.
    """

    __tablename__ = "demand"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("source_key"),
        Index("ix_demand_enterprise_id", "enterprise_id", "raised_on", "id"),
        Index("ix_demand_unit_id", "unit_id", "state", "due_on", "id"),
        Index("ix_demand_state", "state", "due_on", "id"),
        Index("ix_demand_category", "category", "raised_on", "id"),
        Index("ix_demand_instance_id", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12))
    year: Mapped[int]
    source_key: Mapped[str] = mapped_column(String(160))
    channel: Mapped[str] = mapped_column(String(10))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    category: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    wanted_by: Mapped[date | None]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    urgent_reason: Mapped[str] = mapped_column(Text, default="")
    is_private: Mapped[bool] = mapped_column(default=False)
    materials: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    raised_by: Mapped[str] = mapped_column(String(80))
    raised_on: Mapped[date]
    raised_at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(12), default="")
    state: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    joint_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    routed_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    stopped_days: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(16), default="")
    answer_text: Mapped[str] = mapped_column(Text, default="")
    ground: Mapped[list[str]] = mapped_column(JSON, default=list)
    follow_up_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    rating: Mapped[str | None] = mapped_column(String(4))
    stars: Mapped[int | None]
    rating_reason: Mapped[str] = mapped_column(Text, default="")
    rated_on: Mapped[date | None]
    round: Mapped[int] = mapped_column(default=1)
    joined_to: Mapped[str | None] = mapped_column(String(12))
    closed_on: Mapped[date | None]
    instance_id: Mapped[str | None] = mapped_column(String(36))

    enterprise: Mapped[Enterprise] = relationship()
    unit: Mapped[Unit | None] = relationship()


class DemandReroute(Base):
    """退单: a unit that said the demand is not its own, with whom it names instead and on what ground."""

    __tablename__ = "demand_reroute"
    __table_args__ = (Index("ix_demand_reroute_demand_id", "demand_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    proposed_unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    ground: Mapped[str] = mapped_column(Text)
    round: Mapped[int]
    on: Mapped[date]


class DemandStep(Base):
    """What an enterprise may know of its demand's way: state and unit at every step. answer: what it was told then."""

    __tablename__ = "demand_step"
    __table_args__ = (Index("ix_demand_step_demand_id", "demand_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"))
    state: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(Instant)
