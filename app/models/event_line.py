"""What was ever done, one narrow row an event, to be searched: made from the ledger, and made again at any time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

BUSINESS = "business"  # kind of a line of an instance; the other kinds are named as their streams
PLACE = BigInteger().with_variant(Integer, "sqlite")  # SQLite keeps rows by an INTEGER only


def _of(column: str) -> Index:
    """What a search narrows by, the newest first; events that say nothing there take no room."""
    is_said = text(f"{column} IS NOT NULL")
    return Index(f"ix_event_line_{column}", column, "at", "id", sqlite_where=is_said, postgresql_where=is_said)


class EventLine(Base):
    """One event of the ledger. id: its place in the log (LedgerLeaf.index); at: the application's clock.

    kind: business, administration or access. verb: the event's type, or the act or access that it tells of.
    actor, on_behalf_of, concerned: logins; concerned: whom it was done to or given. unit_id: in whose name it was
    done, subject_unit_id: whom the matter is about. matter: the instance it belongs to, or that was looked at.
    title: the matter's, or what an administrative act is about. words: lower-case, all that a search for text looks at.
    """

    __tablename__ = "event_line"
    __table_args__ = (
        Index("ix_event_line_stream", "stream", "seq", unique=True),
        Index("ix_event_line_at", "at", "id"),
        Index("ix_event_line_kind", "kind", "at", "id"),
        Index("ix_event_line_verb", "verb", "at", "id"),
        *map(_of, ("actor", "on_behalf_of", "concerned", "unit_id", "subject_unit_id", "enterprise_id", "duty")),
    )

    id: Mapped[int] = mapped_column(PLACE, primary_key=True, autoincrement=False)
    stream: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Instant)
    verb: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str | None] = mapped_column(String(80))
    on_behalf_of: Mapped[str | None] = mapped_column(String(80))
    concerned: Mapped[str | None] = mapped_column(String(80))
    unit_id: Mapped[str | None] = mapped_column(String(40))
    subject_unit_id: Mapped[str | None] = mapped_column(String(40))
    enterprise_id: Mapped[str | None] = mapped_column(String(18))
    duty: Mapped[str | None] = mapped_column(String(40))
    matter: Mapped[str | None] = mapped_column(String(36))
    step: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    business_key: Mapped[str] = mapped_column(String(120), default="")
    words: Mapped[str] = mapped_column(Text, default="")
