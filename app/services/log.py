"""The sequencer: gives every event its place in the one log over all streams, and keeps the tree above.

It runs beside the commands. What it has to do it finds without a lock; then it locks the row of the log for a page of
leaves at a time, and that row nobody else waits for. (On SQLite, where there is one lock, a page is one short writing
transaction.) Several may run: who finds that the log has grown meanwhile drops what it had gathered.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Select, exists, or_, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import table_of
from app.ledger.chain import FIRST_SEQ, instant
from app.ledger.hashing import Digest
from app.ledger.merkle import folded, leaf_hash
from app.ledger.note import origin_of
from app.models.event import EventRow
from app.models.ledger import LEAF_OF_EVENT
from app.queries.leaves import MARGIN
from app.services.history import moment
from app.services.house import House
from app.services.log_tree import LEAF, LOG, NODE, WIDTH, Log, hashes_at, log_of

EVENT = table_of(EventRow)
PAGE = 1000  # leaves in one transaction
LIMIT = 20_000  # events in one call: a turn of the scheduler
COMPLETE_EVERY = 3600.0  # seconds
MOST_WAITING = 100_000
HASH = re.compile(r"[0-9a-f]{64}")

_complete_at: WeakKeyDictionary[House, float] = WeakKeyDictionary()


def sequence(house: House, limit: int = LIMIT) -> int:
    """Give events that have none their index, by the instant they were written; how many got one.

    Within a stream strictly by seq: what follows a gap waits. Looks at the newest events, and at the first call and
    each hour at all, so that neither a late commit nor a clock that went back loses one.
    """
    last = _complete_at.get(house)
    is_complete = last is None or monotonic() - last >= COMPLETE_EVERY
    begun, count = monotonic(), 0
    with house.database.reading() as session:
        connection = session.connection()
        log = log_of(connection)
        asked = _unplaced(None if is_complete or log is None else _since(connection, log))
        with connection.execute(asked, execution_options={"yield_per": PAGE}) as rows:
            for page in _pages(islice(_in_order(rows), limit)):
                log = log or _begin(house, page[0].alg)
                if not _place(house, page, log.size + count):
                    return count
                count += len(page)
    if is_complete and count < limit:
        _complete_at[house] = begun
    return count


def _unplaced(since: str | None) -> Select[Any]:
    """Events without a leaf, oldest first. since: as in at_raw. is_next: the one before has its leaf."""
    before = LEAF.alias()
    is_placed = exists().where(LEAF_OF_EVENT)
    follows = exists().where(before.c.stream == EVENT.c.stream, before.c.seq == EVENT.c.seq - 1)
    is_next = or_(EVENT.c.seq == FIRST_SEQ, follows).label("is_next")
    asked = select(EVENT.c.stream, EVENT.c.seq, EVENT.c.hash, EVENT.c.alg, is_next).where(~is_placed)
    if since is not None:
        asked = asked.where(EVENT.c.at_raw >= since)
    return asked.order_by(EVENT.c.at_raw, EVENT.c.stream, EVENT.c.seq)


def _since(connection: Connection, log: Log) -> str | None:
    """Where to begin to look; a last leaf from the future, after a clock that was wrong, does not count."""
    last = connection.scalar(select(EVENT.c.at_raw).join(LEAF, LEAF_OF_EVENT).where(LEAF.c.index == log.size - 1))
    if last is None:
        return None
    return instant(min(moment(last), clock.system_now()) - MARGIN)


def _in_order(rows: Iterable[Any]) -> Iterator[Any]:
    """Each stream by seq and without a gap; what waits for an event that does not come is left out."""
    placed: dict[str, int] = {}
    waiting: dict[tuple[str, int], Any] = {}
    for row in rows:
        if not HASH.fullmatch(row.hash):  # somebody has been at work; the audit names it
            continue
        if row.is_next or placed.get(row.stream) == row.seq - 1:
            found = row
            while found is not None:
                yield found
                placed[found.stream] = found.seq
                found = waiting.pop((found.stream, found.seq + 1), None)
        elif len(waiting) < MOST_WAITING:
            waiting[row.stream, row.seq] = row


def _pages(rows: Iterator[Any]) -> Iterator[list[Any]]:
    for first in rows:
        yield list(chain([first], islice(rows, PAGE - 1)))


def _begin(house: House, alg: str) -> Log:
    """The log of this office, made at its first event. alg: of that event, and so of the tree."""
    row = {"id": 1, "origin": origin_of(secrets.token_bytes(8), alg), "size": 0, "vkey": ""}
    with suppress(IntegrityError), house.database.writing() as connection:  # another sequencer may be first
        connection.execute(LOG.insert(), [row])
    with house.database.reading() as session:
        log = log_of(session.connection())
    assert log is not None
    return replace(log, size=0)  # as it was when we gathered


def _place(house: House, page: Sequence[Any], size: int) -> bool:
    """Add the page behind the log of this size; False where it has grown, and what we gathered may be in it."""
    with house.database.writing() as connection:
        log = log_of(connection, is_locked=True)
        if log is None or log.size != size:
            return False
        numbered = enumerate(page, start=size)
        leaves = [{"index": index, "stream": row.stream, "seq": row.seq, "hash": row.hash} for index, row in numbered]
        connection.execute(LEAF.insert(), leaves)
        nodes = _full_nodes(connection, log.digest, size, [bytes.fromhex(row.hash) for row in page])
        if nodes:
            connection.execute(NODE.insert(), nodes)
        connection.execute(LOG.update().values(size=size + len(page)))
    return True


def _full_nodes(connection: Connection, digest: Digest, size: int, entries: Sequence[bytes]) -> list[dict[str, Any]]:
    """The subtrees that become full when these entries come behind a log of this size."""
    nodes: list[dict[str, Any]] = []
    level, first, new = 0, size, [leaf_hash(digest, entry) for entry in entries]
    while first % WIDTH + len(new) >= WIDTH:
        begin = first - first % WIDTH
        hashes = [*hashes_at(connection, digest, level, begin, first), *new]
        full = range(0, len(hashes) - WIDTH + 1, WIDTH)
        level, first, new = level + 1, begin // WIDTH, [folded(digest, hashes[at : at + WIDTH]) for at in full]
        nodes += [{"level": level, "number": first + place, "hash": hash_.hex()} for place, hash_ in enumerate(new)]
    return nodes
