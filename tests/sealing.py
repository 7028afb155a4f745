"""Seals what a house has recorded as its signer would, with keys that tests know, and takes bundles of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from random import Random

from sqlalchemy import Connection, select

from app import clock
from app.db import table_of
from app.ledger.bundle import write_bundle
from app.ledger.hashing import DIGESTS, SHA256_NAME
from app.ledger.merkle import tree_of as tree_over
from app.ledger.note import COSIGNATURE, ED25519, Checkpoint, Note, Rotation, SecretKey, base64_of, bundle_text, signed
from app.models.ledger import LedgerCheckpoint, LedgerHolding, LedgerLog, LedgerRotation, LedgerWitness
from app.services import log
from app.services.bundle_rows import contents
from app.services.house import House
from app.services.log_tree import log_of, tree_of

LOG, CHECKPOINT = table_of(LedgerLog), table_of(LedgerCheckpoint)
WITNESS, HOLDING = table_of(LedgerWitness), table_of(LedgerHolding)
ROTATION = table_of(LedgerRotation)
SEED, NEXT_SEED, OTHER_SEED = (bytes(range(first, first + 32)) for first in (0, 3, 1))
OUTSIDE = SecretKey("archive.example", COSIGNATURE, bytes(range(2, 34)))


def key_of(house: House, seed: bytes | None = None) -> SecretKey:
    """The signer's present key, or another one, under the name of the house's log."""
    with house.database.reading() as session:
        found = log_of(session.connection())
        is_rotated = session.execute(select(ROTATION.c.number)).first() is not None
    assert found is not None
    return SecretKey(found.origin, ED25519, seed or (NEXT_SEED if is_rotated else SEED))


def rotate(house: House) -> None:
    """A new key follows the first one."""
    old, new = key_of(house, SEED), key_of(house, NEXT_SEED)
    note = signed(Rotation(old.name, 1, new.verifier).text, old, new).written
    with house.database.writing() as connection:
        connection.execute(ROTATION.insert(), [{"number": 1, "note": note, "at": clock.now()}])


def checkpoint(house: House, *, cosigned: bool = False) -> Note:
    """Give every event its place, sign what the log is now, and keep it as the scheduler would; the note."""
    while log.sequence(house):
        pass
    key = key_of(house)
    with house.database.writing() as connection:
        found = log_of(connection)
        assert found is not None
        if not found.vkey:
            connection.execute(LOG.update().values(vkey=key.verifier.written))
        root = tree_of(connection, found).root(found.size)
        note = signed(Checkpoint(found.origin, found.size, root).text, key)
        row = {"size": found.size, "root": root.hex(), "note": note.written, "at": clock.now()}
        connection.execute(CHECKPOINT.insert(), [row])
        if cosigned:
            _cosign(connection, found.size, note)
    return note


def _cosign(connection: Connection, size: int, note: Note) -> None:
    now = clock.now()
    if connection.execute(select(WITNESS.c.name)).first() is None:
        row = {"name": OUTSIDE.name, "vkey": OUTSIDE.verifier.written, "added_by": "office", "added_at": now}
        connection.execute(WITNESS.insert(), [row])
    line = OUTSIDE.cosign(note.text, int(now.timestamp())).line.strip()
    connection.execute(HOLDING.insert(), [{"size": size, "holder": OUTSIDE.name, "line": line, "at": now}])


def bundle_of(house: House, instance_id: str | None = None, *, is_signed: bool = True) -> bytes:
    file = BytesIO()
    key = key_of(house)

    def attest(digest: str) -> str | None:
        return signed(bundle_text(f"{key.name}/bundle", digest), key).written if is_signed else None

    with house.database.reading() as session:
        write_bundle(file, contents(session, instance_id, clock.now()), attest)
    return file.getvalue()


def asked_to_sign(origin: str, entries: Sequence[bytes], before: int, size: int) -> dict[str, object]:
    """What the signer is asked: to sign the log of so many entries, which continues the one before."""
    tree = tree_over(DIGESTS[SHA256_NAME], entries)
    proof = tree.consistency(before, size) if 0 < before < size else []
    told = {"ask": "sign", "origin": origin, "size": size, "root": base64_of(tree.root(size))}
    return {**told, "proof": [base64_of(step) for step in proof]}


def places(chance: Random, size: int, count: int, always: Iterable[int] = ()) -> list[int]:
    """Positions in a file: those that are asked for, and as many others as there is room for."""
    return sorted({*always, *chance.sample(range(size), min(size, count))})
