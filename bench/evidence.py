"""Everything that is made of a very long log, in one run: each an event, over the two hashes of an event.

evidence_1m_per_hash: given their places in the log, verified, written as a bundle, the bundle verified by
`tools/verify.py` in a process and a folder without the product, written as XES, and made searchable. Beside each line
stands what one wants to know before one begins: seconds, and the most memory that was held.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from os import devnull, times
from pathlib import Path
from shutil import copy
from subprocess import DEVNULL, PIPE, Popen
from time import perf_counter, sleep
from types import TracebackType
from typing import Any

from app.services import audit, checkpoints, event_lines, event_log, evidence, log
from app.services.house import House
from app.services.log_tree import log_of
from bench.ground import Ground
from bench.hashes import Bodies, bodies, hash_all
from bench.measured import Ratio, Times, middle, short
from bench.memory import forget_peak, peak_megabytes
from bench.million import copy_histories
from bench.models import RECOGNITION, complete, open_task_ids
from tests.factories import actor
from tests.signing import signing

PROGRAM = Path(__file__).parents[1] / "tools" / "verify.py"
HASHED = 10_000  # events that are enough for the floor
GLANCE = 0.05  # seconds between two looks at another process


@dataclass
class _Run:
    """seconds; cpu: those of this process and its children on a processor; megabytes: the most that was held."""

    name: str
    note: str = ""
    seconds: float = 0
    cpu: float = 0
    megabytes: float = 0

    def __enter__(self) -> _Run:
        forget_peak()
        self._since, self._used = perf_counter(), _cpu()
        return self

    def __exit__(self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.seconds, self.cpu = perf_counter() - self._since, _cpu() - self._used
        self.megabytes = self.megabytes or peak_megabytes()


@dataclass(frozen=True)
class _Long:
    """A long log that is measured. floor: what is hashed of some of its events."""

    house: House
    events: int
    floor: Bodies

    def ratio(self, run: _Run) -> Ratio:
        """The floor is taken behind each run, so that a machine that is busy for a while is busy for both."""
        hashed = Times()
        for _round in range(3):
            with hashed:
                hash_all(self.floor)
        below = middle(hashed) * 1000 / len(self.floor)
        note = f"{run.seconds:,.1f} s, {run.cpu:,.1f} s of CPU, {run.megabytes:,.0f} MB{run.note}"
        line = f"evidence_{short(self.events)}_per_hash: {run.name}"
        return Ratio(line, run.seconds * 1_000_000 / self.events, below, self.events, "µs", note)


def measured(ground: Ground) -> Iterator[Ratio]:
    house = ground.house
    with signing(house):
        template = _ended(house)
        checkpoints.seal(house)
        copied = copy_histories(house, template, ground.size.events)
        long = _Long(house, copied, bodies(house, HASHED))
        for run in _runs(long):
            yield long.ratio(run)


def _runs(long: _Long) -> Iterator[_Run]:
    house = long.house
    with _Run("sequenced") as run:
        _sequence(house)
    yield run
    checkpoints.seal(house)
    with _Run("verified") as run:
        report = audit.verify(house)
    assert not report.faults
    assert report.events >= long.events
    yield run
    yield from _taken_away(house)
    with _Run("XES") as run, Path(devnull).open("wb") as file:
        event_log.write_xes(house, file)
    yield run
    with _Run("lines of the search") as run:
        event_lines.catch_up(house)
    yield run


def _ended(house: House) -> str:
    """A recognition, walked to its end."""
    RECOGNITION.deploy(house)
    office = actor(house, "office")
    instance_id = RECOGNITION.start(house, office, "copied")
    waiting = open_task_ids(house, instance_id)
    while waiting:
        waiting += complete(house, office, waiting.pop(0))
    return instance_id


def _sequence(house: House) -> None:
    while log.sequence(house):
        pass


def _taken_away(house: House) -> Iterator[_Run]:
    """The bundle, and what somebody says of it who has nothing else but the key."""
    with tempfile.TemporaryDirectory(prefix="duban-bundle-") as folder:
        bundle = Path(folder, "log.zip")
        with _Run("bundle") as run, bundle.open("wb") as file:
            evidence.export_bundle(house, file)
        run.note = f"; its file {bundle.stat().st_size / 2**20:,.0f} MB"
        yield run
        copy(PROGRAM, folder)
        with _Run("verify.py") as run:
            run.megabytes = _judged(folder, _vkey(house))
        yield run


def _vkey(house: House) -> str:
    with house.database.reading() as session:
        found = log_of(session.connection())
    assert found is not None
    return found.vkey


def _judged(folder: str, vkey: str) -> float:
    """The most that the other process held. It must say GREEN."""
    asked = [sys.executable, "-I", "-S", PROGRAM.name, "log.zip", "--key", vkey]
    with Popen(asked, cwd=folder, stdout=PIPE, stderr=DEVNULL, text=True) as process:
        most = 0.0
        while process.poll() is None:
            most = max(most, peak_megabytes(process.pid))
            sleep(GLANCE)
        said, _ = process.communicate()
    assert process.returncode == 0, said
    return most


def _cpu() -> float:
    spent: Any = times()
    return float(spent.user + spent.system + spent.children_user + spent.children_system)
