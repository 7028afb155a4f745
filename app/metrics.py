"""What happened in this process, counted for Prometheus; what stands in the database is asked when somebody scrapes.

Several processes of one web server add up their figures in files of one folder (`share`); each of the others, a
scheduler or a worker, shows its own.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from threading import Lock

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    multiprocess,
    values,
)

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

OWN = CollectorRegistry()
_making = Lock()
disable_created_metrics()  # a second figure for each, which nobody asks for


def share(folder: Path) -> None:
    """Let the processes that are forked from this one add up. To be called before the first figure.

    The library decides this when it is imported, from the environment; our command line knows later.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue()


def is_shared() -> bool:
    return FOLDER in os.environ


def forget_process(pid: int) -> None:
    """A process of the shared folder has ended; what it counted stays."""
    multiprocess.mark_process_dead(pid)


def registry() -> CollectorRegistry:
    """All figures to show, made anew where files have to be read, so that a collector can be added to it."""
    _counted()
    shown = CollectorRegistry()
    if is_shared():
        multiprocess.MultiProcessCollector(shown)
    else:
        shown.register(OWN)
    return shown


class Counted:
    """The figures themselves."""

    def __init__(self) -> None:
        self.commands = Counter(
            "duban_commands",
            "Commands by kind and by the code of the answer, ok when done.",
            ["kind", "code"],
            registry=OWN,
        )
        self.conflicts = Counter("duban_conflicts", "Commands that were answered 409, by code.", ["code"], registry=OWN)
        self.retries = Counter("duban_command_retries", "Transactions begun again after a lost race.", registry=OWN)
        self.seconds = Histogram(
            "duban_command_seconds", "Time a command took.", ["kind"], buckets=SECONDS, registry=OWN
        )


def _counted() -> Counted:
    with _making:  # `cache` alone lets two threads make what the registry takes once
        return _made()


@cache
def _made() -> Counted:
    return Counted()


@cache
def _commands(kind: str, code: str) -> Counter:
    return _counted().commands.labels(kind, code)


@cache
def _seconds(kind: str) -> Histogram:
    return _counted().seconds.labels(kind)


def count_command(kind: str, code: str, seconds: float) -> None:
    _commands(kind, code).inc()
    _seconds(kind).observe(seconds)


def count_conflict(code: str) -> None:
    _counted().conflicts.labels(code).inc()


def count_retry() -> None:
    _counted().retries.inc()
