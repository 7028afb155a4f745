"""Each change of a light with its cause, and what was forecast day by day. A light itself is never stored as truth."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

TASK, INDICATOR = "task", "indicator"
IS_CURRENT = text("is_current")


class LightChange(Base):
    """What a light turned from and to. subject, ref: a user task's id, or `<indicator id>:<year>`.

    on: the day from which the light was so; at: when that was written down. cause: of light_changes.CAUSES. rule:
    name and version of the rule. inputs: what an indicator's light was reckoned from.
    """

    __tablename__ = "light_change"
    __table_args__ = (Index("ix_light_change_ref", "subject", "ref", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(40))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[str] = mapped_column(String(8))
    after: Mapped[str] = mapped_column(String(8))
    cause: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[str] = mapped_column(String(60), default="")
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ForecastRow(Base):
    """What was forecast from on until_on; a new row only where it changed. subject, ref: as in LightChange.

    chance, low, high: of being late, or of missing the target. value, value_low, value_high: where an indicator's year
    will end. is_current: the last one of a subject that is still open.
    """

    __tablename__ = "forecast"
    __table_args__ = (
        UniqueConstraint("subject", "ref", "on"),
        Index(
            "ix_forecast_current",
            "subject",
            "chance",
            "id",
            sqlite_where=IS_CURRENT,
            postgresql_where=IS_CURRENT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    on: Mapped[date]
    until_on: Mapped[date]
    is_current: Mapped[bool] = mapped_column(default=True)
    chance: Mapped[float] = mapped_column(Float)
    low: Mapped[float] = mapped_column(Float)
    high: Mapped[float] = mapped_column(Float)
    value: Mapped[float | None] = mapped_column(Float)
    value_low: Mapped[float | None] = mapped_column(Float)
    value_high: Mapped[float | None] = mapped_column(Float)
    reasons: Mapped[list[str]] = mapped_column(JSON)
    method: Mapped[str] = mapped_column(String(40))


class Backtest(Base):
    """How good the forecasts were, reckoned once a month over all that has ended. subject: task | indicator.

    bins: {low, high, number, said, came} each.
    """

    __tablename__ = "forecast_backtest"
    __table_args__ = (UniqueConstraint("subject", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(10))
    on: Mapped[date]
    number: Mapped[int]
    came: Mapped[int]
    brier: Mapped[float] = mapped_column(Float)
    plain_brier: Mapped[float] = mapped_column(Float)
    bins: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    method: Mapped[str] = mapped_column(String(40))
