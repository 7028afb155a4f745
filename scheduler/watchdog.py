"""Ends the process when its work hangs, so that the service manager starts a fresh one.

A thread of its own looks every few seconds whether the process turned. It counts looks, not seconds: a machine that
slept, or a process that was stopped and woken, missed no look and is given its time again. It asks nobody but memory
and leaves by os._exit, because what hangs, a database call for instance, would hold up every orderly way out.
"""

from __future__ import annotations

import os
from threading import Event, Thread

import structlog

from scheduler.pulse import Pulse

EXIT_CODE = 75  # EX_TEMPFAIL of sysexits.h: start me again
LOOKS = 6

log = structlog.get_logger()


class Watchdog:
    """patience: seconds without a turn after which the process ends."""

    def __init__(self, pulse: Pulse, patience: float = 30.0) -> None:
        self._pulse = pulse
        self._pause = patience / LOOKS
        self._seen, self._still = -1, 0
        self._stopped = Event()
        self._thread = Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def hangs(self) -> bool:
        """Look once; whether nothing turned between the last few looks."""
        turns = self._pulse.turns
        self._seen, self._still = turns, self._still + 1 if turns == self._seen else 0
        return self._still >= LOOKS

    def _watch(self) -> None:
        while not self._stopped.wait(self._pause):
            if self.hangs():
                log.critical("hangs, ends itself", process=self._pulse.name, seconds=round(self._pause * LOOKS))
                os._exit(EXIT_CODE)
