"""Commands that were done, with their answers: the same key from the same actor gets the stored answer again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class CommandRow(Base):
    """actor: a login name, or `clock` for the scheduler. digest: SHA-256 of kind and payload."""

    __tablename__ = "command"
    __table_args__ = (Index("ix_command_at", "at"),)

    actor: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    instance_id: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
