"""The pulse of one process: turns, counted in memory for its watchdog and written down for everybody else."""

from __future__ import annotations

import os
import socket
from time import monotonic

from app.services import heartbeats
from app.services.house import House

WRITTEN_EVERY = 5.0  # seconds


class Pulse:
    """kind: scheduler | worker. The name tells host, process and kind apart: `office-1:4711:scheduler`."""

    def __init__(self, house: House, kind: str) -> None:
        self.name = f"{socket.gethostname()[:50]}:{os.getpid()}:{kind}"
        self.turns = 0
        self._house = house
        self._written = 0.0

    def turn(self, _house: House | None = None) -> None:
        """Counted even when the database does not answer: a process that is refused is alive, one that hangs is not."""
        self.turns += 1
        if monotonic() - self._written >= WRITTEN_EVERY:
            heartbeats.beat(self._house, self.name)
            self._written = monotonic()
