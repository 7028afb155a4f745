"""Notices that the clock of this machine went wrong, before a wrong clock turns 2,000 matters overdue.

What counts as wrong, each by more than an hour:

1. While a process runs, the wall clock went forward or back against the clock that only counts. The counting clock
   includes the machine's sleep, so a laptop that was closed over a weekend is nothing unusual.
2. When a process starts, the wall clock lies before the last heartbeat of any process: it went back meanwhile. That it
   lies after it, by whatever span, is the normal case: the machine was off.
3. On PostgreSQL, at the start and each minute, the wall clock is not the database server's. A server on the same
   machine has the same clock and says nothing.

Then a stop is written down, in the database, for all processes and over restarts: no timer fires, no campaign opens,
no digest is written, while people work on and messages between instances are delivered. `duban clock confirm` ends it,
when somebody has looked at the clock. A jump is noticed once, and while a stop stands no second one is written: setting
the clock right is a jump as well. The same process complains of the same difference from the server once.

Not noticed: a machine that starts in a wrong future without a database server elsewhere. Let NTP set the clock before
these services start (see deploy/systemd).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy.orm import Session

from app import clock
from app.queries.clock_stops import is_stopped, last_beat, server_now
from app.services import clock_stops
from app.services.clock_stops import Suspicion
from app.services.house import House
from app.terms import ClockFault

TOLERANCE = timedelta(hours=1)
SERVER_EVERY = 60.0  # seconds between two looks at the database server's clock

# Linux counts sleep in BOOTTIME, macOS in MONOTONIC; Windows' own monotonic clock does so as well.
COUNTING: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))

log = structlog.get_logger()


@dataclass(frozen=True)
class Reading:
    """The wall clock, and at the same moment the clock that only counts, in seconds."""

    wall: datetime
    counted: float


def read() -> Reading:
    counted = time.monotonic() if COUNTING is None else time.clock_gettime(COUNTING)
    return Reading(clock.system_now(), counted)


def jumped(before: Reading, after: Reading) -> Suspicion | None:
    """Rule 1."""
    ahead = (after.wall - before.wall) - timedelta(seconds=after.counted - before.counted)
    if abs(ahead) <= TOLERANCE:
        return None
    return Suspicion(ClockFault.FORWARD if ahead > timedelta(0) else ClockFault.BACK, ahead)


def went_back(last_beat: datetime | None, wall: datetime) -> Suspicion | None:
    """Rule 2."""
    if last_beat is None or last_beat - wall <= TOLERANCE:
        return None
    return Suspicion(ClockFault.BACK, wall - last_beat)


def differs(server: datetime | None, wall: datetime, accepted: timedelta) -> Suspicion | None:
    """Rule 3. accepted: the difference that was complained of before."""
    if server is None:
        return None
    ahead = wall - server
    is_new = abs(ahead) > TOLERANCE and abs(ahead - accepted) > TOLERANCE
    return Suspicion(ClockFault.SERVER, ahead) if is_new else None


class ClockGuard:
    """The guard of one process; process is its name in the record of a stop."""

    def __init__(self, house: House, process: str) -> None:
        self._house, self._process = house, process
        self._last: Reading | None = None
        self._accepted = timedelta(0)
        self._server_seen = 0.0
        self._lock = Lock()

    def gate(self, job: Callable[[House], None]) -> Callable[[House], None]:
        """The job, only while the clock may be believed."""

        def run(house: House) -> None:
            if self.allows():
                job(house)

        return run

    def allows(self) -> bool:
        """Look at the clocks; whether what is due by the clock may be done. Raises what the database raises."""
        with self._lock:
            now = read()
            with self._house.database.reading() as session:
                found, stands = self._suspicions(session, now), is_stopped(session)
            for suspicion in found:
                self._note(suspicion)
            self._last = now  # only now: what could not be written down is found again
            return not found and not stands

    def _suspicions(self, session: Session, now: Reading) -> list[Suspicion]:
        found = [went_back(last_beat(session), now.wall) if self._last is None else jumped(self._last, now)]
        if self._last is None or now.counted - self._server_seen >= SERVER_EVERY:
            found.append(differs(server_now(session), now.wall, self._accepted))
            self._server_seen = now.counted
        return [one for one in found if one is not None]

    def _note(self, found: Suspicion) -> None:
        if clock_stops.note(self._house, self._process, found):
            log.critical("clock stopped", process=self._process, fault=found.fault, seconds=found.seconds)
        if found.fault is ClockFault.SERVER:
            self._accepted = found.ahead
