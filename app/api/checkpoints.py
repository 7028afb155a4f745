"""The log for witnesses: checkpoints with who co-signed them, proofs, keys, and the taking of cosignatures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.resources import Reply, reads, resource, writes
from app.api.shapes import Body, Instant, Query, Shape
from app.errors import InvalidForm, NotFound
from app.ledger.note import base64_of
from app.models.ledger import LedgerLeaf
from app.queries import checkpoints, leaves
from app.services import witnesses
from app.services.log_tree import Log, TreeDamaged, log_of, tree_of
from app.views.context import current_house

LARGEST = 10**15

bp = resource("checkpoints", "Audit")


class Cosignature(Shape):
    """holder: the witness's name. line: as C2SP tlog-cosignature writes it. at: when this office was given it."""

    holder: str
    line: str
    at: Instant


class SignedCheckpoint(Shape):
    """note: signed by this office (C2SP tlog-checkpoint). root: in hex; origin, size and root stand in the note too."""

    origin: str
    size: int
    root: str
    note: str
    at: Instant
    cosignatures: list[Cosignature]


class KeyRotation(Shape):
    """note: introduces the key that follows, signed by the old one and by the new one."""

    number: int
    note: str
    at: Instant


class WitnessKey(Shape):
    """retired_at: since when no more cosignatures are taken; those given before are verified by the same key."""

    name: str
    vkey: str
    retired_at: Instant | None


class LogKeys(Shape):
    """vkey: the first signer's verifier key; null before anything was signed. What signs today follows by rotations."""

    origin: str
    vkey: str | None
    rotations: list[KeyRotation]
    witnesses: list[WitnessKey]


class Span(Query):
    """old: the size that one holds; new: the size it shall continue to, the newest checkpoint's without it."""

    old: int = Field(ge=0, le=LARGEST)
    new: int | None = Field(None, ge=0, le=LARGEST)


class ConsistencyProof(Shape):
    """proof: of RFC 6962, in base64."""

    old: int
    new: int
    proof: list[str]


class OfEvent(Query):
    """The event by stream and seq, or by its index. size: of the tree, the newest checkpoint's without it."""

    stream: str | None = Field(None, max_length=36)
    seq: int | None = Field(None, ge=1, le=2**31 - 1)
    index: int | None = Field(None, ge=0, le=LARGEST)
    size: int | None = Field(None, ge=1, le=LARGEST)


class InclusionProof(Shape):
    """hash: the event's, which is the leaf's entry. root: of the tree of this size, in hex. proof: leaf to root."""

    stream: str
    seq: int
    index: int
    hash: str
    size: int
    root: str
    proof: list[str]


class FromIndex(Query):
    from_: int = Field(0, alias="from", ge=0, le=LARGEST)
    limit: int = Field(1000, ge=1, le=10_000)


class LogLeaf(Shape):
    index: int
    stream: str
    seq: int
    hash: str


class LogLeafList(Shape):
    """next_cursor: what to send as `from`, null when there is nothing yet behind it."""

    items: list[LogLeaf]
    next_cursor: str | None


class GivenCosignature(Body):
    """size: of the checkpoint; line: the whole signature line of the witness."""

    size: int = Field(ge=0, le=LARGEST)
    line: str = Field(min_length=1, max_length=400)


@bp.get("/audit/checkpoint", responses=reads(SignedCheckpoint))
def get_audit_checkpoint() -> Reply:
    """The newest checkpoint; 404 before the first one."""
    with current_house().database.reading() as session:
        newest, log = checkpoints.newest_or_refuse(session), _log(session)
        held = checkpoints.holdings(session, [newest.size]).get(newest.size, ())
        return SignedCheckpoint(
            origin=log.origin,
            size=newest.size,
            root=newest.root,
            note=newest.note,
            at=newest.at,
            cosignatures=[Cosignature.model_validate(one) for one in held if one.line],
        ).as_json()


@bp.get("/audit/keys", responses=reads(LogKeys))
def list_audit_keys() -> Reply:
    """Whose signatures a checkpoint of this office may bear."""
    with current_house().database.reading() as session:
        log = _log(session)
        return LogKeys(
            origin=log.origin,
            vkey=log.vkey or None,
            rotations=[KeyRotation.model_validate(one) for one in checkpoints.rotations(session)],
            witnesses=[WitnessKey.model_validate(one) for one in checkpoints.witnesses(session)],
        ).as_json()


@bp.get("/audit/proofs/consistency", responses=reads(ConsistencyProof))
def get_consistency_proof(query: Span) -> Reply:
    """That the log of the new size begins with all that was in it at the old size."""
    with current_house().database.reading() as session:
        log, new = _log(session), _size(session, query.new)
        if query.old > new:
            raise InvalidForm([("old", "不能大于 new。")])
        with _whole_tree():
            proof = tree_of(session.connection(), log).consistency(query.old, new)
    return ConsistencyProof(old=query.old, new=new, proof=[base64_of(step) for step in proof]).as_json()


@bp.get("/audit/proofs/inclusion", responses=reads(InclusionProof))
def get_inclusion_proof(query: OfEvent) -> Reply:
    """That the event is in the log of this size."""
    with current_house().database.reading() as session:
        leaf, log, size = _leaf(session, query), _log(session), _size(session, query.size)
        if leaf.index >= size:
            raise NotFound("这条记录尚未列入该检查点，请稍后再试。")
        tree = tree_of(session.connection(), log)
        with _whole_tree():
            root, proof = tree.root(size), tree.inclusion(leaf.index, size)
        return InclusionProof(
            stream=leaf.stream,
            seq=leaf.seq,
            index=leaf.index,
            hash=leaf.hash,
            size=size,
            root=root.hex(),
            proof=[base64_of(step) for step in proof],
        ).as_json()


@bp.get("/audit/log", responses=reads(LogLeafList))
def list_log_leaves(query: FromIndex) -> Reply:
    """The events' hashes in the order of the log: over them anybody can build the tree."""
    with current_house().database.reading() as session:
        rows = leaves.leaves_from(session, query.from_, query.limit + 1)
    shown = [LogLeaf.model_validate(row) for row in rows[: query.limit]]
    following = str(shown[-1].index + 1) if len(rows) > query.limit else None
    return LogLeafList(items=shown, next_cursor=following).as_json()


@bp.post("/audit/cosignatures", responses=writes(Cosignature))
def give_cosignature(body: GivenCosignature) -> Reply:
    """A witness gives its line back. The same again is answered like the first time."""
    with current_house().database.transaction() as session:
        return Cosignature.model_validate(witnesses.take(session, body.size, body.line)).as_json()


@contextmanager
def _whole_tree() -> Iterator[None]:
    """Raises NotFound where somebody has been at work on the stored tree: there is no proof then."""
    try:
        yield
    except TreeDamaged as error:
        raise NotFound("封存序列已损坏，不能出具证明，请保留现场并报告审计人员。") from error


def _log(session: Session) -> Log:
    """Raises NotFound before anything was sequenced."""
    log = log_of(session.connection())
    if log is None:
        raise NotFound(checkpoints.NOTHING_SIGNED)
    return log


def _size(session: Session, asked: int | None) -> int:
    """Of a tree that there is. Raises NotFound, InvalidForm."""
    if asked is None:
        return checkpoints.newest_or_refuse(session).size
    if asked > _log(session).size:
        raise InvalidForm([("size", "封存的记录没有这么多。")])
    return asked


def _leaf(session: Session, query: OfEvent) -> LedgerLeaf:
    """Raises InvalidForm where the query names no event in one of its two ways, NotFound where it has no place yet."""
    if query.index is not None and query.stream is None and query.seq is None:
        found = leaves.leaf_at(session, query.index)
    elif query.index is None and query.stream is not None and query.seq is not None:
        found = leaves.leaf_of(session, query.stream, query.seq)
    else:
        raise InvalidForm([("index", "请用 stream 和 seq，或者用 index 指明一条记录。")])
    if found is None:
        raise NotFound("没有这条记录，或者尚未排入封存序列。")
    return found
