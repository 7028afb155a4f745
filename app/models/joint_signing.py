"""加签: who was asked to sign with a user task, before or after it, and what they said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class JointSigning(Base):
    """Signers of one user task on one side of it. side, mode, state: words of duties/joint_signing.

    key: business key of the instance in which they sign, which begins at once for `before` and with the sending of the
    form for `after`; instance_id: its id, None until then. share: percent, for the mode of that name. content: the form
    as the signers see it; for `after` it is what will be sent.
    """

    __tablename__ = "joint_signing"
    __table_args__ = (Index("ix_joint_signing_task_id", "task_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"))
    instance_id: Mapped[str | None] = mapped_column(String(36))
    side: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(8))
    share: Mapped[int] = mapped_column(default=100)
    text: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(8))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class Signer(Base):
    """One who signs. principal: her inbox, `person:<id>` or `contact:<unit>`; label: how a list names her.

    state: a word of duties/joint_signing. by_id: who signed, where a unit or a substitute did.
    """

    __tablename__ = "signer"
    __table_args__ = (UniqueConstraint("signing_id", "principal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signing_id: Mapped[int] = mapped_column(ForeignKey("joint_signing.id"))
    principal: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    opinion: Mapped[str] = mapped_column(Text, default="")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime | None] = mapped_column(Instant)
