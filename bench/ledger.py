"""The whole log: done again over doing it, verified over bare hashes, exported as XES over the same hashes."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from os import devnull
from pathlib import Path

from app.ledger.canonical import canonical
from app.ledger.chain import hashed_fields
from app.services import audit, event_log, reexecution
from bench.ground import Ground
from bench.measured import Ratio, Times, middle
from bench.million import copy_histories
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
    with ground.house.database.reading() as session:
        rows = list(audit.sealed_rows(session))
    bodies = [(canonical(hashed_fields(row.event)), row.payload or b"") for row in rows]
    verified, hashed = Times(), Times()
    for _round in range(5):
        with verified:
            audit.verify(ground.house)
        with hashed:
            _hash_all(bodies)
    each = 1000 / len(rows)
    return Ratio("verify_events_per_hash", middle(verified) * each, middle(hashed) * each, len(rows), "µs")


def exported(ground: Ground) -> Iterator[Ratio]:
    """An ended recognition copied into many histories; what an event of the ledger costs as XES, over its hashes."""
    RECOGNITION.deploy(ground.house)
    office = actor(ground.house, "office")
    instance_id = RECOGNITION.start(ground.house, office, "exported")
    waiting = open_task_ids(ground.house, instance_id)
    while waiting:
        waiting += complete(ground.house, office, waiting.pop(0))
    events = copy_histories(ground.house, instance_id, ground.size.commands * 5)
    with ground.house.database.reading() as session:
        rows = list(islice(audit.sealed_rows(session), 10_000))
    bodies = [(canonical(hashed_fields(row.event)), row.payload or b"") for row in rows]
    written, hashed = Times(), Times()
    for _round in range(3):
        with Path(devnull).open("wb") as file, written:
            event_log.write_xes(ground.house, file)
        with hashed:
            _hash_all(bodies)
    above, below = middle(written) * 1000 / events, middle(hashed) * 1000 / len(rows)
    yield Ratio("xes_events_per_hash", above, below, events, "µs", f"{1_000_000 / above:,.0f} events/s")


def _hash_all(bodies: list[tuple[bytes, bytes]]) -> None:
    for event, payload in bodies:
        sha256(event).digest()
        sha256(payload).digest()
