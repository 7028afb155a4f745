"""A file with enterprises on its way into the library: checked row by row, shown, confirmed, taken in as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant
from app.models.person import Person


class EnterpriseImport(Base):
    """file_id: where the upload lies among the files. status: terms.ImportStatus. adds_only: known codes are errors.

    source: terms.Source of the figures. counts: new, changed, unchanged, wrong (rows), errors (cells). done of about
    rows are read. letters: where each field stands in the sheet. refusal: why the file as a whole is refused.
    claimed_until: a worker has it in hands until then.
    """

    __tablename__ = "enterprise_import"
    __table_args__ = (Index("ix_enterprise_import_status", "status", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    source: Mapped[str] = mapped_column(String(20))
    adds_only: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12))
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    letters: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    done: Mapped[int] = mapped_column(default=0)
    about: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    confirmer: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by], lazy="joined")


class EnterpriseImportRow(Base):
    """One row of the file. number: as the sheet counts. kind: terms.ImportKind.

    given: what the row says, as plain JSON. changes: field -> [before, after], of what is known already. errors:
    [column letter, sentence], of the cells; found: the same, of the comparison.
    """

    __tablename__ = "enterprise_import_row"
    __table_args__ = (Index("ix_enterprise_import_row_kind", "import_id", "kind", "number"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("enterprise_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    given: Mapped[dict[str, Any]] = mapped_column(JSON)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    errors: Mapped[list[list[str]]] = mapped_column(JSON)
    found: Mapped[list[list[str]]] = mapped_column(JSON)
