"""The floor of whatever reads the log: the two hashes of an event, its own and its payload's."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

from app.ledger.canonical import canonical
from app.ledger.chain import hashed_fields
from app.services import audit
from app.services.house import House

Bodies = Sequence[tuple[bytes, bytes]]


def bodies(house: House, events: int) -> Bodies:
    """Of so many events what is hashed of each, read before."""
    with house.database.reading() as session:
        rows = islice(audit.sealed_rows(session), events)
        return [(canonical(hashed_fields(row.event)), row.payload or b"") for row in rows]


def hash_all(found: Bodies) -> None:
    for event, payload in found:
        sha256(event).digest()
        sha256(payload).digest()
