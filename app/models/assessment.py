"""What 年度考核 leaves behind: the campaign of a year with the rules it used, and each unit's score with its inputs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

Points = Numeric(6, 1)


class Assessment(Base):
    """One year. rules_id, rules: the version the year is judged by, complete in itself, so that it never changes.

    is_data_late: the scores were computed before all figures were accepted. is_provisional: an appeal was open when
    the places were computed. number: of the bulletin; text: the bulletin as it was signed, heading -> text.
    """

    __tablename__ = "assessment"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), unique=True)
    rules_id: Mapped[str] = mapped_column(String(80))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    computed_on: Mapped[date | None]
    is_data_late: Mapped[bool] = mapped_column(default=False)
    is_provisional: Mapped[bool] = mapped_column(default=False)
    approved_on: Mapped[date | None]
    number: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class AssessmentScore(Base):
    """One unit's score as it was computed, never changed; a later revision takes its place (is_current).

    ranking: department | locality. reason: computed | appeal | ruling | adjustment. inputs: as duties/assessment_score
    reads them, each item with the instance and event it comes from. parts: points by part, and of events; lines: by
    number of the item; both as text, so that reckoning again can be compared to the last digit. place, grade, remark:
    of the ranking, given when all are known. successor_id: of a unit that was merged in the year; it has a score and no
    place. seal: SHA-256 over inputs and result.
    """

    __tablename__ = "assessment_score"
    __table_args__ = (
        UniqueConstraint("year", "unit_id", "revision"),
        Index("ix_assessment_score_ranking", "year", "is_current", "ranking", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("assessment.year"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    revision: Mapped[int] = mapped_column(default=1)
    is_current: Mapped[bool] = mapped_column(default=True)
    ranking: Mapped[str] = mapped_column(String(12))
    rules_id: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(12), default="computed")
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    parts: Mapped[dict[str, str]] = mapped_column(JSON)
    lines: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    total: Mapped[Decimal | None] = mapped_column(Points)
    is_falsified: Mapped[bool] = mapped_column(default=False)
    seal: Mapped[str] = mapped_column(String(64))
    place: Mapped[int | None]
    grade: Mapped[str] = mapped_column(String(12), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    at: Mapped[datetime] = mapped_column(Instant)
