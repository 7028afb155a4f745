"""Versions of recognition rules that the office made; the first version of each rule set ships with the product."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.person import Person


class RuleSetVersion(Base):
    """One version, complete in itself; content never changes once it is there, so old evaluations keep what they mean.

    key and version together name it (see duties/recognition). status: terms.RuleSetStatus. base: the version it was
    edited from. content: as duties/recognition reads it. remark: why it was made. decided_by: never its proposer.
    """

    __tablename__ = "rule_set_version"
    __table_args__ = (UniqueConstraint("key", "version"), Index("ix_rule_set_version_status", "status", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    base: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    in_force_from: Mapped[date]
    in_force_until: Mapped[date | None]
    remark: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")

    proposer: Mapped[Person] = relationship(foreign_keys=[proposed_by], lazy="joined")
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by], lazy="joined")
