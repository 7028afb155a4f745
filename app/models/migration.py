"""Migrations of running instances, each with the state of before, for the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class InstanceMigration(Base):
    """One instance put onto another version of its definition.

    version: of the instance right after it; while it is still the same, nothing was done since and the way back is
    open. state_before: the engine's sealed bytes. mapping: old element id -> new one, as it was asked for.
    """

    __tablename__ = "instance_migration"
    __table_args__ = (
        Index("ix_instance_migration_instance_id", "instance_id", "version"),
        Index("ix_instance_migration_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    version: Mapped[int]
    state_before: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
