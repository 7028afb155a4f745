"""Versions of processes on their way: proposed by one person, approved by another, and which versions came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.person import Person


class Deployment(Base):
    """One upload of one or several files that passed the checks; its sources never change.

    files: of each file its name as uploaded, key and name of the process, hash, the version it comes after (base, None
    for a new process), the version it became, and is_changed. sources: key -> BPMN text. report: what the checks said
    (see services.definition_checks). status: of terms.DeploymentStatus. Nobody stands for the system itself.
    """

    __tablename__ = "deployment"
    __table_args__ = (Index("ix_deployment_status", "status", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sources: Mapped[dict[str, str]] = mapped_column(JSON, deferred=True)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    remark: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")

    proposer: Mapped[Person | None] = relationship(foreign_keys=[proposed_by], lazy="joined")
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by], lazy="joined")


class DeployedVersion(Base):
    """Which deployment a version came with; versions that ship with the product came with none."""

    __tablename__ = "deployed_version"

    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), index=True)
