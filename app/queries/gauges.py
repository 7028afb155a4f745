"""How the house is doing, in a few figures for monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.models.outbox import OutboxRow
from app.models.process import Incident
from app.models.timer import BACKUP, Heartbeat, Timer
from app.models.user_task import InboxEntry


@dataclass(frozen=True)
class Gauges:
    """timers_due: that should have fired by now. heartbeat_seconds: since a scheduler last ticked; None before any.

    backup_seconds: since `duban backup` was last done; None before any.
    """

    user_tasks_open: int
    timers_due: int
    outbox_pending: int
    outbox_failed: int
    incidents_open: int
    heartbeat_seconds: float | None
    backup_seconds: float | None


def gauges(session: Session, now: datetime) -> Gauges:
    return Gauges(
        user_tasks_open=_count(session, InboxEntry),
        timers_due=_count(session, Timer, Timer.status == "waiting", Timer.due_at <= now),
        outbox_pending=_count(session, OutboxRow, OutboxRow.status == "pending"),
        outbox_failed=_count(session, OutboxRow, OutboxRow.status == "failed"),
        incidents_open=_count(session, Incident, Incident.status == "open"),
        heartbeat_seconds=_since(session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.name != BACKUP))),
        backup_seconds=_since(session.scalar(select(Heartbeat.at).where(Heartbeat.name == BACKUP))),
    )


def _since(last: datetime | None) -> float | None:
    return None if last is None else (clock.system_now() - last).total_seconds()


def _count(session: Session, model: type, *where: object) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]
