"""What waits for an instant: drawn timers of processes, and the yearly clock of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

WAITING = text("status = 'waiting'")
HELD = "held"
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


class Timer(Base):
    """A drawn timer of an instance; the id is the engine's task id. status: waiting | held | fired | cancelled; a
    held one waits for a decision that moves it again.

    claim_token, lease_until: who fires it now; a lapsed lease lets another take it. Without a token it was put off
    until then, after it had failed, or FOR_GOOD, as an operator skipped it. attempts: claims, of which failures ended
    by an error. A far date has no row.
    """

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_due_at", "due_at", "task_id", sqlite_where=WAITING, postgresql_where=WAITING),)

    task_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    claim_token: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)


class ClockRow(Base):
    """A thing that happens at most once for a day, won by compare-and-swap: a campaign of the calendar, a digest."""

    __tablename__ = "clock_row"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    last_on: Mapped[date]


BACKUP = "backup"


class Heartbeat(Base):
    """When a process last turned, by the system's clock. name: host:pid:kind, such as `office-1:4711:scheduler`."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class ClockStop(Base):
    """A machine's clock was found to be wrong; what acts by the clock waits until somebody has confirmed it.

    fault: see ClockFault. seconds: how far the clock is ahead, negative behind. process: who found it. noticed_at,
    confirmed_at: by the system's clock, which may be the wrong one.
    """

    __tablename__ = "clock_stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    fault: Mapped[str] = mapped_column(String(10))
    seconds: Mapped[int] = mapped_column(BigInteger)
    process: Mapped[str] = mapped_column(String(80))
    noticed_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[str] = mapped_column(String(80), default="")
