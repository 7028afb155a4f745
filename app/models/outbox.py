"""What leaves after the commit: messages to other instances, mail, notices to chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

PENDING = text("status = 'pending'")
FAILED = text("status = 'failed'")
PAGE_LEFT = text("kind = 'start' AND status IN ('pending', 'failed')")  # children still to be started


class OutboxRow(Base):
    """effect_key makes an effect happen once however often it is asked for. kind: message | mail | chat.

    status: pending | done | failed (an incident keeps it) | dropped. lease_until: a worker has it until then.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_next_at", "next_at", "id", sqlite_where=PENDING, postgresql_where=PENDING),
        Index("ix_outbox_failed", "id", sqlite_where=FAILED, postgresql_where=FAILED),
        Index("ix_outbox_pages", "id", sqlite_where=PAGE_LEFT, postgresql_where=PAGE_LEFT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    effect_key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10), default="pending")
    next_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
