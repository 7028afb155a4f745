"""`duban` commands as processes of their own, on the database of a test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.services.house import House
from config import ROOT

MAIN = "from app.cli import main; main()"


def environment(house: House, **more: str) -> dict[str, str]:
    """What such a process needs to open the same house."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DUBAN_", "PROMETHEUS_"))}
    own = {
        "DUBAN_DATABASE_URL": house.settings.database_url,
        "DUBAN_SECRET_KEY": house.settings.secret_key,
        "DUBAN_INSTANCE": str(house.settings.instance),
        "PYTHONWARNINGS": "ignore",
    }
    return {**kept, **own, **more}


@contextmanager
def running(house: House, *arguments: str, first: str = "", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command for as long as the block lasts. first: Python that runs before it; more: settings.

    What it writes to stderr lies in `log_of(house)`.
    """
    command = [sys.executable, "-c", f"{first}\n{MAIN}", *arguments]
    with log_of(house).open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(house, **more), stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def log_of(house: House) -> Path:
    return house.settings.instance / "processes.log"


def until(is_true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for it. Raises AssertionError when it does not come."""
    end = time.perf_counter() + seconds
    while not is_true():
        assert time.perf_counter() < end, f"{what} did not come within {seconds:.0f} s"
        time.sleep(0.05)
