"""The whole log: done again over doing it, and verified over bare hashes."""

from __future__ import annotations

from collections.abc import Iterator

from app.services import audit, reexecution
from bench.ground import Ground
from bench.hashes import bodies, hash_all
from bench.measured import Ratio, Times, middle
from bench.models import RECOGNITION, complete, open_task_ids
from tests.factories import actor


def replay_and_verify(ground: Ground) -> Iterator[Ratio]:
    yield _replay_over_run(ground)
    yield _verify_events_per_hash(ground)


def _replay_over_run(ground: Ground) -> Ratio:
    """A step of a recognition: read, done again in a fresh engine and compared, over the command it was."""
    RECOGNITION.deploy(ground.house)
    office, run, replayed = actor(ground.house, "office"), Times(), Times()
    for number in range(max(1, ground.size.steps // RECOGNITION.steps)):
        instance_id = RECOGNITION.start(ground.house, office, f"replay:{number}")
        waiting = open_task_ids(ground.house, instance_id)
        while waiting:
            with run:
                waiting += complete(ground.house, office, waiting.pop(0))
        with replayed:
            reexecution.replay_instance(ground.house, instance_id)
    return Ratio("replay_over_run", middle(replayed) / (RECOGNITION.steps + 1), middle(run), len(run))


def _verify_events_per_hash(ground: Ground) -> Ratio:
    """The ledger read and verified, an event, over the two hashes of it that nobody can do without."""
    report = audit.verify(ground.house)
    assert not report.faults
    found = bodies(ground.house, report.events)
    verified, hashed = Times(), Times()
    for _round in range(5):
        with verified:
            audit.verify(ground.house)
        with hashed:
            hash_all(found)
    each = 1000 / len(found)
    return Ratio("verify_events_per_hash", middle(verified) * each, middle(hashed) * each, len(found), "µs")
