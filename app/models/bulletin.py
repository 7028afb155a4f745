"""通报: what the office told all units about a period, as it was signed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class Bulletin(Base):
    """status: drafting | signing | published | dropped. number: 扬促中小办通报〔2022〕3号, from the signature on.

    overdue: {unit, title, due_on, late_days, order} rows the office kept; units: {unit, done, late, open_late, orders,
    remark}. returned: what the signer wrote when it last came back. revision counts changes that a form must not
    overlook.
    """

    __tablename__ = "bulletin"
    __table_args__ = (Index("ix_bulletin_status", "status", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(12), default="drafting")
    revision: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(String(120))
    since_on: Mapped[date]
    until_on: Mapped[date]
    opening: Mapped[str] = mapped_column(Text, default="")
    good: Mapped[str] = mapped_column(Text, default="")
    bad: Mapped[str] = mapped_column(Text, default="")
    demands: Mapped[str] = mapped_column(Text, default="")
    overdue: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    units: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    returned: Mapped[str] = mapped_column(Text, default="")
    drafted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
