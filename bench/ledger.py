"""replay_over_run: recorded steps done again over doing them. verify_events_per_hash: events over bare hashes."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from app.ledger.canonical import canonical
from app.ledger.chain import hashed_fields
from app.services import audit, reexecution
from bench.ground import Ground
from bench.measured import Ratio, middle, milliseconds
from bench.models import RECOGNITION, complete, open_task_ids
from tests.factories import actor


def replay_and_verify(ground: Ground) -> Iterator[Ratio]:
    yield _replay_over_run(ground)
    yield _verify_events_per_hash(ground)


def _replay_over_run(ground: Ground) -> Ratio:
    """A step of a recognition: read, done again in a fresh engine and compared, over the command it was."""
    RECOGNITION.deploy(ground.house)
    office, run, replayed = actor(ground.house, "office"), list[float](), list[float]()
    for number in range(max(1, ground.size.steps // RECOGNITION.steps)):
        instance_id = RECOGNITION.start(ground.house, office, f"replay:{number}")
        waiting = open_task_ids(ground.house, instance_id)
        while waiting:
            run.append(milliseconds(lambda: waiting.extend(complete(ground.house, office, waiting.pop(0)))))  # noqa: B023
        taken = milliseconds(lambda id_=instance_id: reexecution.replay_instance(ground.house, id_))
        replayed.append(taken / (RECOGNITION.steps + 1))
    return Ratio("replay_over_run", middle(replayed), middle(run), len(run))


def _verify_events_per_hash(ground: Ground) -> Ratio:
    """The ledger read and verified, an event, over the two hashes of it that nobody can do without."""
    report = audit.verify(ground.house)
    assert not report.faults
    with ground.house.database.reading() as session:
        rows = list(audit.sealed_rows(session))
    bodies = [(canonical(hashed_fields(row.event)), row.payload or b"") for row in rows]
    rounds = 5
    verified = [milliseconds(lambda: audit.verify(ground.house)) for _ in range(rounds)]
    hashed = [milliseconds(lambda: _hash_all(bodies)) for _ in range(rounds)]
    each = 1000 / len(rows)
    return Ratio("verify_events_per_hash", middle(verified) * each, middle(hashed) * each, len(rows), "µs")


def _hash_all(bodies: list[tuple[bytes, bytes]]) -> None:
    for event, payload in bodies:
        sha256(event).digest()
        sha256(payload).digest()
