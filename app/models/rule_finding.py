"""What rule checks found in the histories, how far they have looked, and when to look again."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class RuleFinding(Base):
    """One event at which a rule does not hold. version: of the rule; about: a person, a day or a number, as it fits.

    status: FindingStatus. reason: how the office explains it, explained_by a login; settled_by: who accepted that, or
    `system` where a new version of the rule no longer minds.
    """

    __tablename__ = "rule_finding"
    __table_args__ = (
        UniqueConstraint("rule", "instance_id", "seq"),
        Index("ix_rule_finding_status", "status", "found_at", "id"),
        Index("ix_rule_finding_instance_id", "instance_id"),
        Index("ix_rule_finding_unit_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    severity: Mapped[str] = mapped_column(String(10))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    unit_id: Mapped[str | None] = mapped_column(String(40))
    seq: Mapped[int]
    about: Mapped[str] = mapped_column(String(200), default="")
    found_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(10), default="open")
    reason: Mapped[str] = mapped_column(Text, default="")
    explained_by: Mapped[str] = mapped_column(String(80), default="")
    explained_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str] = mapped_column(String(80), default="")
    settled_at: Mapped[datetime | None] = mapped_column(Instant)


class RuleProgress(Base):
    """How far a rule has looked. upto: at_raw of the newest event it has seen; looked_at: instances in all."""

    __tablename__ = "rule_progress"

    rule: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int]
    looked_at: Mapped[int]
    upto: Mapped[str] = mapped_column(String(32))
    ran_at: Mapped[datetime] = mapped_column(Instant)


class RuleWait(Base):
    """An instance that a rule must look at again on a day, though nothing happens to it."""

    __tablename__ = "rule_wait"
    __table_args__ = (Index("ix_rule_wait_look_again_on", "look_again_on"),)

    rule: Mapped[str] = mapped_column(String(60), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    look_again_on: Mapped[date]
