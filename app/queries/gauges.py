"""How the house is doing, in a few figures for monitoring. A scrape every few seconds must cost next to nothing.

Every figure is a short range of an index, but one: to count what lies in all inboxes reads all their lines, a million
in a large city. So each process counts them at most once a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from app import clock
from app.models.outbox import OutboxRow
from app.models.process import Incident
from app.models.timer import BACKUP, FOR_GOOD, Heartbeat, Timer
from app.models.user_task import InboxEntry
from app.queries.clock_stops import is_stopped
from app.queries.seal_status import uncovered_since

COUNTED_EVERY = 60.0  # seconds

IS_WAITING = Timer.status == literal_column("'waiting'")  # written out, so that the partial indexes serve
WILL_FIRE = Timer.lease_until.is_(None) | (Timer.lease_until < FOR_GOOD)
IS_PENDING = OutboxRow.status == literal_column("'pending'")
HAS_FAILED = OutboxRow.status == literal_column("'failed'")


@dataclass(frozen=True)
class Backlog:
    """What should have happened by now. oldest: seconds since the oldest of it could have."""

    count: int
    oldest: float


@dataclass(frozen=True)
class Gauges:
    """late_timers: drawn timers that should have fired. outbox: by kind, what may leave and what waits for a pause.

    incidents_open: by kind, `stuck` among them. heartbeats: seconds since each process last turned. backup: seconds
    since the last one was made, None before any. unsealed, unwitnessed: seconds since the oldest event was written that
    no checkpoint covers, and that nobody outside holds.
    """

    user_tasks_open: int
    late_timers: Backlog
    outbox_due: Backlog
    outbox_pending: dict[str, int]
    outbox_failed: int
    incidents_open: dict[str, int]
    heartbeats: dict[str, float]
    backup: float | None
    is_clock_stopped: bool
    unsealed: float
    unwitnessed: float


def gauges(session: Session, open_tasks: Callable[[Session], int]) -> Gauges:
    """open_tasks: counts what lies in all inboxes, see Remembered."""
    now = clock.now()
    signs = _signs_of_life(session)
    unsealed, unwitnessed = (_seconds(clock.system_now(), at) for at in uncovered_since(session))
    return Gauges(
        user_tasks_open=open_tasks(session),
        late_timers=_backlog(session, Timer.due_at, now, IS_WAITING, WILL_FIRE),
        outbox_due=_backlog(session, OutboxRow.next_at, now, IS_PENDING),
        outbox_pending=_by_kind(session, OutboxRow.kind, IS_PENDING),
        outbox_failed=session.scalar(select(func.count()).where(HAS_FAILED)) or 0,
        incidents_open=_by_kind(session, Incident.kind, Incident.status == "open"),
        heartbeats={name: age for name, age in signs.items() if name != BACKUP},
        backup=signs.get(BACKUP),
        is_clock_stopped=is_stopped(session),
        unsealed=unsealed,
        unwitnessed=unwitnessed,
    )


class Remembered:
    """A figure that is dear to ask for, kept for a while in this process."""

    def __init__(self, ask: Callable[[Session], int], every: float = COUNTED_EVERY) -> None:
        self._ask, self._every = ask, every
        self._figure, self._asked_at = 0, float("-inf")

    def __call__(self, session: Session) -> int:
        if monotonic() - self._asked_at >= self._every:
            self._figure, self._asked_at = self._ask(session), monotonic()
        return self._figure


def count_open_tasks(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(InboxEntry)) or 0


def _backlog(session: Session, at: Any, now: datetime, *where: Any) -> Backlog:
    count, oldest = session.execute(select(func.count(), func.min(at)).where(*where, at <= now)).one()
    return Backlog(count, _seconds(now, oldest))


def _by_kind(session: Session, kind: Any, *where: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(select(kind, func.count()).where(*where).group_by(kind))}


def _seconds(now: datetime, at: datetime | None) -> float:
    return 0.0 if at is None else (now - at).total_seconds()


def _signs_of_life(session: Session) -> dict[str, float]:
    rows = session.execute(select(Heartbeat.name, Heartbeat.at))
    return {name: _seconds(clock.system_now(), at) for name, at in rows}
