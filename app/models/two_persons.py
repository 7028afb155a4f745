"""Rules that are made in versions: one person proposes, another decides, and what was once there never changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.db import Instant
from app.models.person import Person


class OfTwoPersons:
    """One version, complete in itself; content never changes once it is there, so old results keep what they mean.

    key and version together name it; version 1 ships with the product and has no row. status: terms.RuleSetStatus.
    base: the version it was edited from. remark: why it was made. decided_by: never its proposer.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    base: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    in_force_from: Mapped[date]
    remark: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")

    @declared_attr
    @classmethod
    def proposer(cls) -> Mapped[Person]:
        return relationship(foreign_keys=[cls.proposed_by], lazy="joined")

    @declared_attr
    @classmethod
    def decider(cls) -> Mapped[Person | None]:
        return relationship(foreign_keys=[cls.decided_by], lazy="joined")
