"""A stream of events, each sealed by a hash over itself and its predecessor, and the search for what does not fit.

    hash       = H(0x00 || canonical(every field of the event) || the 32 bytes of prev)
    commitment = H(one byte: the salt's length || salt || payload)

H is named in the event itself, so that a stream may go from one to the other (hashing.py).

The payload and its salt are kept apart from the event, so that personal data can be erased while the chain stands. A
chain by itself finds clumsy edits only: who may rewrite all of it can also hash all of it. The checkpoints find that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from app.ledger.canonical import canonical
from app.ledger.hashing import SHA256_NAME, digest_of
from app.terms import Word

GENESIS = "0" * 64
FIRST_SEQ = 1
SHORTEST_SALT = 16


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. stream: whose history, such as a process instance's id; seq: 1, 2, 3 … within it.

    at: the application's clock, at_raw: the system's, both as `instant` writes them; they differ in a simulation.
    command_key: the idempotency key of the command; attachments: SHA-256 of each file; prev: hash of the event before.
    alg: the hash function of the seal and the commitment.
    """

    stream: str
    seq: int
    type: str
    actor: str | None
    on_behalf_of: str | None
    at: str
    at_raw: str
    command_key: str
    definition_hash: str | None
    payload_commitment: str
    attachments: tuple[str, ...]
    prev: str
    alg: str = SHA256_NAME


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event as stored: with its hash, and the payload's bytes and salt unless they were erased."""

    event: Event
    hash: str
    payload: bytes | None
    salt: bytes | None


class Reason(Word):
    GAP = "gap", "序号不连续"
    WRONG_PREV = "wrong_prev", "与上一条记录不衔接"
    WRONG_HASH = "wrong_hash", "记录被改动"
    WRONG_PAYLOAD = "wrong_payload", "填报内容被改动"


@dataclass(frozen=True, slots=True)
class Fault:
    """The event, as it names itself, at which a stream does not fit."""

    stream: str
    seq: int
    reason: Reason


def instant(at: datetime) -> str:
    """The aware instant as an event holds it: RFC 3339 in UTC with microseconds, `2023-11-06T01:02:03.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def payload_bytes(value: object) -> bytes:
    """JSON to be stored as it is. The commitment is over these very bytes, so floats need no canonical form.

    The order of keys is kept: what was given to the engine is replayed from here, and order is part of its state.
    Raises ValueError for what is no JSON; nan and infinity become null.
    """
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise ValueError(f"no JSON: {error}") from error


def commitment(payload: bytes, salt: bytes, alg: str = SHA256_NAME) -> str:
    """What the event holds of its payload, in hex: it proves the bytes and, without the salt, tells nothing about them.

    salt: 16 to 255 random bytes, of each payload its own.
    """
    if not SHORTEST_SALT <= len(salt) <= 255:
        raise ValueError(f"a salt of {len(salt)} bytes")
    return digest_of(alg)(bytes([len(salt)]) + salt + payload).hex()


def event_hash(event: Event) -> str:
    """The seal in hex. Raises ValueError when a field has no canonical form or prev is no hash."""
    prev = bytes.fromhex(event.prev)
    if len(prev) != 32:
        raise ValueError(f"no hash to follow: {event.prev!r}")
    return digest_of(event.alg)(b"\x00" + canonical(hashed_fields(event)) + prev).hex()


def hashed_fields(event: Event) -> dict[str, object]:
    """What is hashed, in the order of its keys; written out, because `dataclasses.asdict` costs five times the hash."""
    return {
        "actor": event.actor,
        "alg": event.alg,
        "at": event.at,
        "at_raw": event.at_raw,
        "attachments": event.attachments,
        "command_key": event.command_key,
        "definition_hash": event.definition_hash,
        "on_behalf_of": event.on_behalf_of,
        "payload_commitment": event.payload_commitment,
        "prev": event.prev,
        "seq": event.seq,
        "stream": event.stream,
        "type": event.type,
    }


def verify_chain(rows: Iterable[Sealed]) -> Fault | None:
    """The first fault, or None; rows as `faults` wants them."""
    return next(faults(rows), None)


def faults(rows: Iterable[Sealed]) -> Iterator[Fault]:
    """Every event that does not fit, one fault each. rows: of one stream or of several mixed, each in its own order.

    After a fault the search goes on from what the row says of itself: one edit does not condemn all that follows.
    """
    heads: dict[str, tuple[int, str]] = {}
    for row in rows:
        seq, prev = heads.get(row.event.stream, (FIRST_SEQ - 1, GENESIS))
        reason = _fault_in(row, seq + 1, prev)
        if reason is not None:
            yield Fault(row.event.stream, row.event.seq, reason)
        heads[row.event.stream] = (row.event.seq, row.hash)


def _fault_in(row: Sealed, seq: int, prev: str) -> Reason | None:
    """What is wrong with the row that should be number seq and follow the hash prev."""
    if row.event.seq != seq:
        return Reason.GAP
    if row.event.prev != prev:
        return Reason.WRONG_PREV
    if not _is_sealed(row):
        return Reason.WRONG_HASH
    return None if _is_payload_kept(row) else Reason.WRONG_PAYLOAD


def _is_sealed(row: Sealed) -> bool:
    try:
        return event_hash(row.event) == row.hash
    except (ValueError, TypeError):  # a field of a kind that was never sealed
        return False


def _is_payload_kept(row: Sealed) -> bool:
    """Erased lawfully, or the very bytes the event commits to."""
    if row.payload is None:
        return True
    try:
        return commitment(row.payload, row.salt or b"", row.event.alg) == row.event.payload_commitment
    except ValueError:
        return False
