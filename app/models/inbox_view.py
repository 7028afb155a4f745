"""How a person keeps her lists of user tasks: filters she has named, and the columns she wants to see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant


class SavedFilter(Base):
    """A named filter of one list. list_key: see queries/list_views; terms: what the list's address says, name -> text.

    is_default: the list opens with it; one at most for a person and a list.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person_id", "list_key", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    list_key: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(20))
    terms: Mapped[dict[str, str]] = mapped_column(JSON)
    is_default: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ListColumns(Base):
    """The columns of a list in a person's own order; no row where she has left them as they come."""

    __tablename__ = "list_columns"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    list_key: Mapped[str] = mapped_column(String(12), primary_key=True)
    columns: Mapped[list[str]] = mapped_column(JSON)
