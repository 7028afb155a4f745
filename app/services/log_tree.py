"""The Merkle tree over the log as it is stored: leaves, and the roots of full subtrees of 256, 65536 … leaves.

A proof reads a few groups of 256 rows a level, however large the log is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from app.db import table_of
from app.ledger.hashing import Digest, digest_of
from app.ledger.merkle import Tree, folded, leaf_hash
from app.ledger.note import alg_of
from app.models.ledger import LedgerLeaf, LedgerLog, LedgerNode

LOG, LEAF, NODE = table_of(LedgerLog), table_of(LedgerLeaf), table_of(LedgerNode)
WIDTH_BITS = 8
WIDTH = 1 << WIDTH_BITS  # subtrees of one level in one of the next


class TreeDamaged(Exception):
    """A stored leaf or subtree that must be there is missing, or is no hash."""


@dataclass(frozen=True)
class Log:
    """The one log of this office. vkey: verifier key of its first signer, empty before one has signed."""

    origin: str
    size: int
    vkey: str

    @property
    def alg(self) -> str:
        return alg_of(self.origin)

    @property
    def digest(self) -> Digest:
        return digest_of(self.alg)


def log_of(connection: Connection, is_locked: bool = False) -> Log | None:
    """None before anything was sequenced. is_locked: nobody else adds leaves until the transaction ends."""
    asked = select(LOG.c.origin, LOG.c.size, LOG.c.vkey)
    row = connection.execute(asked.with_for_update() if is_locked else asked).one_or_none()
    return None if row is None else Log(row.origin, row.size, row.vkey)


def tree_of(connection: Connection, log: Log) -> Tree:
    """The tree, for as long as the transaction sees one state. What is asked of it raises TreeDamaged."""
    return Tree(log.digest, _Stored(connection, log.digest).full)


def hashes_at(connection: Connection, digest: Digest, level: int, first: int, end: int) -> list[bytes]:
    """Of the subtrees with 256**level leaves, from number first up to end. Raises TreeDamaged where one is missing."""
    if level:
        asked = select(NODE.c.number, NODE.c.hash).where(NODE.c.level == level, NODE.c.number.between(first, end - 1))
        rows = connection.execute(asked.order_by(NODE.c.number)).all()
    else:
        asked = select(LEAF.c.index, LEAF.c.hash).where(LEAF.c.index.between(first, end - 1))
        rows = connection.execute(asked.order_by(LEAF.c.index)).all()
    if [number for number, _ in rows] != list(range(first, end)):
        raise TreeDamaged(f"of level {level}, numbers {first} to {end - 1} are not all there")
    raw = [raw_hash(text) for _, text in rows]
    return raw if level else [leaf_hash(digest, entry) for entry in raw]


def raw_hash(text: str) -> bytes:
    """Raises TreeDamaged for what is no hash in hex."""
    try:
        raw = bytes.fromhex(text)
    except (ValueError, TypeError) as error:
        raise TreeDamaged(f"no hash: {text!r}") from error
    if len(raw) != 32:
        raise TreeDamaged(f"no hash: {text!r}")
    return raw


@dataclass
class _Stored:
    """Reads the rows below one subtree at a time and keeps what it has read."""

    connection: Connection
    digest: Digest
    known: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def full(self, height: int, number: int) -> bytes:
        """See merkle.FullSubtree."""
        found = self.known.get((height, number))
        if found is None:
            level, rest = divmod(height, WIDTH_BITS)
            hashes = hashes_at(self.connection, self.digest, level, number << rest, (number + 1) << rest)
            found = self.known[height, number] = folded(self.digest, hashes)
        return found
