"""What events say, erased under the law: proposed by one person, decided by another, told in the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.person import Person


class Erasure(Base):
    """stream, seqs: which events. ground: terms.ErasureGround, status: terms.ErasureStatus. reason, decision: in words.

    event_seq: number of the administration event that tells of it, once it was carried out; only what that event
    names counts as erased lawfully, not what stands in this row. decided_by: never its proposer.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_stream", "stream"), Index("ix_erasure_status", "status", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(36))
    seqs: Mapped[list[int]] = mapped_column(JSON)
    ground: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(Text, default="")
    event_seq: Mapped[int | None]

    proposer: Mapped[Person] = relationship(foreign_keys=[proposed_by], lazy="joined")
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by], lazy="joined")
