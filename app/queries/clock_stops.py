"""Whether the clock may be believed, and what it is compared with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.timer import ClockStop, Heartbeat


def open_stops(session: Session) -> list[ClockStop]:
    """What nobody has confirmed yet, oldest first."""
    return list(session.scalars(select(ClockStop).where(ClockStop.confirmed_at.is_(None)).order_by(ClockStop.id)))


def is_stopped(session: Session) -> bool:
    return session.scalar(select(ClockStop.id).where(ClockStop.confirmed_at.is_(None)).limit(1)) is not None


def last_beat(session: Session) -> datetime | None:
    """The latest sign of life of any process."""
    return session.scalar(select(func.max(Heartbeat.at)))


def server_now(session: Session) -> datetime | None:
    """The database server's own clock, which is asked for nothing but to compare; SQLite has none."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    return session.scalar(select(func.clock_timestamp()))
