"""Verifies the log over all streams: that every leaf is its event's, the tree above, and who has signed it.

One pass over the leaves, in their order, holds the root of the tree at every size that anybody has signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.ledger.hashing import Digest
from app.ledger.merkle import leaf_hash, node_hash
from app.ledger.note import BadNote, Checkpoint, Note, VerifierKey, alg_of, followed, read_signature, who_signed
from app.models.event import ADMINISTRATION, PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.ledger import LEAF_OF_EVENT, LedgerCheckpoint, LedgerHolding, LedgerRotation, LedgerWitness
from app.services.log_tree import LEAF, LOG, NODE, WIDTH_BITS, Log, TreeDamaged, raw_hash
from app.terms import Act, Word

EVENT, PAYLOAD = table_of(EventRow), table_of(EventPayload)
CHECKPOINT, ROTATION = table_of(LedgerCheckpoint), table_of(LedgerRotation)
WITNESS, HOLDING = table_of(LedgerWitness), table_of(LedgerHolding)
BATCH = 1000
LOG_STREAM, LOG_TITLE = "log", "封存日志"

Place = tuple[str, int, Word]  # stream, seq, and what is wrong there; in the log itself, the index or the size


class LogFlaw(Word):
    """What may be wrong with the log."""

    WRONG_LEAF = "wrong_leaf", "记录与日志中登记的不同，或已不存在"
    NO_LEAF = "no_leaf", "记录未登入日志，而其后的记录已登入"
    WRONG_ORDER = "wrong_order", "日志中的次序与记录的次序不一致"
    WRONG_SIZE = "wrong_size", "日志条目有缺失或多余"
    WRONG_NODE = "wrong_node", "日志的校验树被改动"
    NO_LOG = "no_log", "日志的名称或条目数无法读取"
    WRONG_KEYS = "wrong_keys", "签名密钥或其更替记录被改动"
    WRONG_ROOT = "wrong_root", "日志与已签署的检查点不符"
    WRONG_SIGNATURE = "wrong_signature", "检查点的签名不符"
    WRONG_COSIGNATURE = "wrong_cosignature", "见证方的签名不符"
    OTHER_KEY = "other_key", "日志的首个签名密钥与所持公钥不同"
    OTHER_LOG = "other_log", "所持检查点属于另一日志"


LOG_ENGLISH: Mapping[Word, str] = {
    LogFlaw.WRONG_LEAF: "the log holds another event here, or the event is gone",
    LogFlaw.NO_LEAF: "the event is not in the log, but a later one of its stream is",
    LogFlaw.WRONG_ORDER: "its place in the log is before that of the event before it",
    LogFlaw.WRONG_SIZE: "leaves of the log are missing, or there are too many",
    LogFlaw.WRONG_NODE: "a stored subtree is not the one over its leaves",
    LogFlaw.NO_LOG: "the row of the log cannot be read",
    LogFlaw.WRONG_KEYS: "the signer's keys or their rotations were changed",
    LogFlaw.WRONG_ROOT: "the log is not the one that was signed at this size",
    LogFlaw.WRONG_SIGNATURE: "the checkpoint is not signed by a key of this log",
    LogFlaw.WRONG_COSIGNATURE: "a cosignature is not its witness's",
    LogFlaw.OTHER_KEY: "the first key of the log is not the one that is held",
    LogFlaw.OTHER_LOG: "the checkpoint that is held is of another log",
}


@dataclass(frozen=True)
class Held:
    """What an auditor brings from outside. key: the first verifier key, empty for none; checkpoints: notes."""

    key: str = ""
    checkpoints: tuple[str, ...] = ()


NOTHING_HELD = Held()


@dataclass(frozen=True)
class LogReport:
    """size: leaves; sealed: how many of them the newest checkpoint covers; waiting: events without a leaf as yet."""

    size: int = 0
    sealed: int = 0
    waiting: int = 0
    checkpoints: int = 0
    cosignatures: int = 0
    held: int = 0
    found: tuple[Place, ...] = ()


@dataclass(frozen=True)
class _Claim:
    """That the log had this root at this size."""

    size: int
    root: bytes


def verify_log(session: Session, held: Held) -> LogReport:
    """The text of SQLite must be let through as it is, see audit.verify."""
    found = [*_wrong_leaves(session), *_missing_leaves(session), *_wrong_order(session)]
    waiting = _waiting(session)
    rows = session.execute(select(LOG.c.origin, LOG.c.size, LOG.c.vkey)).all()
    if not rows:
        is_bare = session.scalar(select(func.count()).select_from(LEAF)) == 0
        found += [] if is_bare else [(LOG_STREAM, 0, LogFlaw.NO_LOG)]
        found += [(LOG_STREAM, 0, LogFlaw.OTHER_LOG) for _ in held.checkpoints]
        return LogReport(waiting=waiting, held=len(held.checkpoints), found=tuple(found))
    try:
        (row,) = rows
        alg_of(row.origin)
        log = Log(row.origin, int(row.size), row.vkey)
    except (BadNote, ValueError, TypeError):
        return LogReport(waiting=waiting, found=(*found, (LOG_STREAM, 0, LogFlaw.NO_LOG)))
    signed = _Signed(session, log, held)
    found += signed.found
    found += _Growing(session, log, signed.claims).wrong()
    return LogReport(
        log.size, signed.newest, waiting, signed.checkpoints, signed.cosignatures, len(held.checkpoints), tuple(found)
    )


# --- leaves and events --------------------------------------------------------------------------------------------


def _wrong_leaves(session: Session) -> Iterator[Place]:
    asked = select(LEAF.c.stream, LEAF.c.seq).outerjoin(EVENT, LEAF_OF_EVENT)
    for stream, seq in session.execute(asked.where(or_(EVENT.c.hash.is_(None), EVENT.c.hash != LEAF.c.hash))):
        yield word(stream), whole(seq), LogFlaw.WRONG_LEAF


def _missing_leaves(session: Session) -> Iterator[Place]:
    """Streams whose leaves are not seq 1 to the last, at the first that is missing."""
    counted = select(LEAF.c.stream).group_by(LEAF.c.stream).having(func.count() != func.max(LEAF.c.seq))
    for stream in session.scalars(counted):
        seqs = session.scalars(select(LEAF.c.seq).where(LEAF.c.stream == stream).order_by(LEAF.c.seq))
        missing = next((place for place, seq in enumerate(seqs, start=1) if place != seq), 0)
        yield word(stream), missing, LogFlaw.NO_LEAF


def _wrong_order(session: Session) -> Iterator[Place]:
    before = func.lag(LEAF.c.index).over(partition_by=LEAF.c.stream, order_by=LEAF.c.seq).label("before")
    placed = select(LEAF.c.stream, LEAF.c.seq, LEAF.c.index, before).subquery()
    for stream, seq in session.execute(select(placed.c.stream, placed.c.seq).where(placed.c.before > placed.c.index)):
        yield word(stream), whole(seq), LogFlaw.WRONG_ORDER


def _waiting(session: Session) -> int:
    events, leaves = (session.scalar(select(func.count()).select_from(table)) or 0 for table in (EVENT, LEAF))
    return max(events - leaves, 0)


# --- the tree -----------------------------------------------------------------------------------------------------


@dataclass
class _Growing:
    """The tree as it grows leaf by leaf. edge: the full subtrees on its right edge, as (height, root)."""

    session: Session
    log: Log
    claims: Sequence[_Claim]
    size: int = 0
    edge: list[tuple[int, bytes]] = field(default_factory=list)
    nodes: dict[int, Iterator[Any]] = field(default_factory=dict)
    found: list[Place] = field(default_factory=list)

    def wrong(self) -> list[Place]:
        open_ = sorted(self.claims, key=lambda claim: claim.size, reverse=True)
        rows = self.session.execute(
            select(LEAF.c.index, LEAF.c.hash).order_by(LEAF.c.index), execution_options={"yield_per": BATCH}
        )
        with rows:
            for index, text in rows:
                if index != self.size or not self._add(text):
                    break
                while open_ and open_[-1].size == self.size:
                    self._hold(open_.pop())
        if self.size != self.log.size or self._leaves() != self.log.size:
            self.found.append((LOG_STREAM, self.size, LogFlaw.WRONG_SIZE))
        self.found += [(LOG_STREAM, claim.size, LogFlaw.WRONG_ROOT) for claim in open_]
        self._require_no_more_nodes()
        return self.found

    def _leaves(self) -> int:
        return self.session.scalar(select(func.count()).select_from(LEAF)) or 0

    def _add(self, text: Any) -> bool:
        try:
            height, root = 0, leaf_hash(self.log.digest, raw_hash(text))
        except TreeDamaged:
            return False
        self.size += 1
        while self.edge and self.edge[-1][0] == height:
            root = node_hash(self.log.digest, self.edge.pop()[1], root)
            height += 1
            if height % WIDTH_BITS == 0:
                self._hold_node(height // WIDTH_BITS, (self.size >> height) - 1, root)
        self.edge.append((height, root))
        return True

    def _hold(self, claim: _Claim) -> None:
        if claim.root != over(self.log.digest, self.edge):
            self.found.append((LOG_STREAM, claim.size, LogFlaw.WRONG_ROOT))

    def _hold_node(self, level: int, number: int, root: bytes) -> None:
        stored = self.nodes.setdefault(level, self._stored(level))
        if next(stored, None) != (number, root.hex()):
            self.found.append((LOG_STREAM, self.size - 1, LogFlaw.WRONG_NODE))
            self.nodes[level] = self._stored(level, number + 1)

    def _stored(self, level: int, first: int = 0) -> Iterator[Any]:
        """Page by page: several cursors must not stay open."""
        while True:
            asked = select(NODE.c.number, NODE.c.hash).where(NODE.c.level == level, NODE.c.number >= first)
            rows = self.session.execute(asked.order_by(NODE.c.number).limit(BATCH)).all()
            yield from (tuple(row) for row in rows)
            if len(rows) < BATCH:
                return
            first = rows[-1].number + 1

    def _require_no_more_nodes(self) -> None:
        full, size = 0, self.size
        while size := size >> WIDTH_BITS:
            full += size
        if not self.found and self.session.scalar(select(func.count()).select_from(NODE)) != full:
            self.found.append((LOG_STREAM, self.size, LogFlaw.WRONG_NODE))


def over(digest: Digest, edge: Sequence[tuple[int, bytes]]) -> bytes:
    """The root over full subtrees that stand side by side, the largest first."""
    roots = [root for _, root in edge]
    found = roots.pop()
    while roots:
        found = node_hash(digest, roots.pop(), found)
    return found


# --- signatures ---------------------------------------------------------------------------------------------------


class _Signed:
    """Every checkpoint with its signatures, and what was brought from outside. claims: the roots that must be found."""

    def __init__(self, session: Session, log: Log, held: Held) -> None:
        self.session, self.log = session, log
        self.claims: list[_Claim] = []
        self.found: list[Place] = []
        self.newest = self.checkpoints = self.cosignatures = 0
        self.keys = self._keys(held.key)
        self._look_at_checkpoints()
        self._look_at_cosignatures()
        for written in held.checkpoints:
            self._look_at_held(written)

    def _blame(self, size: int, flaw: LogFlaw) -> None:
        self.found.append((LOG_STREAM, size, flaw))

    def _keys(self, held: str) -> list[VerifierKey]:
        """From the first on; as far as they can be followed."""
        if held and self.log.vkey != held:
            self._blame(0, LogFlaw.OTHER_KEY)
        first = held or self.log.vkey
        notes = self.session.execute(select(ROTATION.c.number, ROTATION.c.note).order_by(ROTATION.c.number)).all()
        if not first and not notes:
            return []
        try:
            key = VerifierKey.read(first)
            keys = followed(key, [note for _, note in notes])
            if key.name != self.log.origin or [number for number, _ in notes] != list(range(1, len(notes) + 1)):
                raise BadNote("not of this log")
        except (BadNote, TypeError, AttributeError):
            self._blame(0, LogFlaw.WRONG_KEYS)
            return []
        return keys

    def _look_at_checkpoints(self) -> None:
        asked = select(CHECKPOINT.c.size, CHECKPOINT.c.root, CHECKPOINT.c.note).order_by(CHECKPOINT.c.size)
        last = 0
        for row in self._paged(asked, CHECKPOINT.c.size):
            self.checkpoints += 1
            self.newest = size = whole(row.size)
            told = _told(row.note)
            if told is None or (told[1].origin, told[1].size, told[1].root.hex()) != (self.log.origin, size, row.root):
                self._blame(size, LogFlaw.WRONG_ROOT)
                continue
            place = who_signed(told[0], self.keys)
            if place is None or place < last:  # a key that was given up signs nothing any more
                self._blame(size, LogFlaw.WRONG_SIGNATURE)
            last = max(last, place or 0)
            self.claims.append(_Claim(size, told[1].root))

    def _look_at_cosignatures(self) -> None:
        asked = (
            select(HOLDING.c.size, HOLDING.c.holder, HOLDING.c.line, WITNESS.c.vkey, CHECKPOINT.c.note)
            .outerjoin(CHECKPOINT, CHECKPOINT.c.size == HOLDING.c.size)
            .outerjoin(WITNESS, WITNESS.c.name == HOLDING.c.holder)
            .where(or_(HOLDING.c.line != "", WITNESS.c.name.is_not(None), CHECKPOINT.c.size.is_(None)))
            .order_by(HOLDING.c.size, HOLDING.c.holder)
        )
        with self.session.execute(asked, execution_options={"yield_per": BATCH}) as rows:
            for row in rows:
                self.cosignatures += 1
                if not _is_cosigned(row):
                    self._blame(whole(row.size), LogFlaw.WRONG_COSIGNATURE)

    def _look_at_held(self, written: str) -> None:
        told = _told(written)
        if told is None:
            self._blame(0, LogFlaw.OTHER_LOG)
            return
        note, checkpoint = told
        keys = self.keys if checkpoint.origin == self.log.origin else self._former_keys(checkpoint.origin)
        if keys is None:
            self._blame(checkpoint.size, LogFlaw.OTHER_LOG)
            return
        if not any(note.is_signed_by(key) for key in keys):
            self._blame(checkpoint.size, LogFlaw.WRONG_SIGNATURE)
        if checkpoint.size:
            self.claims.append(_Claim(checkpoint.size, checkpoint.root))

    def _former_keys(self, origin: str) -> list[VerifierKey] | None:
        """Of a log that this one continues, as the act says that began this one; None where there is no such act."""
        begun = PAYLOAD.c.body.contains(Act.LOG_BEGUN.value, autoescape=True)
        asked = select(PAYLOAD.c.body).join(EVENT, PAYLOAD_OF_EVENT).where(EVENT.c.stream == ADMINISTRATION, begun)
        for body in self.session.scalars(asked):
            act = orjson.loads(body)
            if act.get("act") == Act.LOG_BEGUN.value and act.get("former") == origin:
                try:
                    return followed(VerifierKey.read(act["vkey"]), act["rotations"])
                except BadNote:
                    return []
        return None

    def _paged(self, asked: Select[Any], column: Any) -> Iterable[Any]:
        """A page at a time: signatures take their time, and no cursor stays open meanwhile."""
        beyond = None
        while True:
            page = asked if beyond is None else asked.where(column > beyond)
            rows = self.session.execute(page.limit(BATCH)).all()
            yield from rows
            if len(rows) < BATCH:
                return
            beyond = rows[-1].size


def _told(written: Any) -> tuple[Note, Checkpoint] | None:
    try:
        note = Note.read(written)
        return note, Checkpoint.read(note.text)
    except (BadNote, AttributeError, TypeError):
        return None


def _is_cosigned(row: Any) -> bool:
    told = _told(row.note)
    try:
        return told is not None and VerifierKey.read(row.vkey).made(read_signature(f"{row.line}\n"), told[0].text)
    except (BadNote, AttributeError, TypeError):
        return False


def word(stream: Any) -> str:
    """SQLite keeps anything in any column when it is told to."""
    return stream if isinstance(stream, str) else repr(stream)


def whole(number: Any) -> int:
    """Likewise."""
    return number if isinstance(number, int) else 0
