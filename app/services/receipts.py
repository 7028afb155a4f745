"""Receipts: made from the log once a checkpoint covers the event, and held against the log when they come back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import receipt as written
from app.ledger.note import BadNote, base64_of
from app.ledger.receipt import BadReceipt, Fault, Receipt, checkpoint_of, fault_in
from app.models.event import EventRow
from app.models.ledger import LedgerCheckpoint, LedgerHolding
from app.queries import checkpoints, leaves
from app.queries.former_logs import FormerLog, former_logs
from app.queries.receipts import Receipted
from app.services.log_tree import Log, TreeDamaged, log_of, tree_of


@dataclass(frozen=True)
class Sealing:
    """How far the sealing of one event is. index: in the log, None before it is sequenced.

    receipt: once a checkpoint covers it; fault: why there is none, where somebody has been at work on the log.
    checkpoint: that one. witnesses: who co-signed it. is_signing: there is a signer at all. former: the log that
    sealed the event before the present one was begun.
    """

    index: int | None = None
    receipt: Receipt | None = None
    fault: Fault | None = None
    checkpoint: LedgerCheckpoint | None = None
    witnesses: tuple[str, ...] = ()
    is_signing: bool = False
    former: FormerLog | None = None


def sealing_of(session: Session, told: Receipted) -> Sealing:
    """By the first co-signed checkpoint over the event, else the first one at all."""
    log, leaf = log_of(session.connection()), leaves.leaf_of(session, told.event.stream, told.event.seq)
    is_signing = log is not None and bool(log.vkey)
    checkpoint = _over(session, leaf.index) if leaf is not None else None
    former = _former_over(session, leaf.index) if leaf is not None else None
    if log is None or leaf is None or checkpoint is None:
        return Sealing(leaf.index if leaf else None, is_signing=is_signing, former=former)
    held = checkpoints.holdings(session, [checkpoint.size]).get(checkpoint.size, ())
    try:
        proof = tree_of(session.connection(), log).inclusion(leaf.index, checkpoint.size)
    except TreeDamaged:
        return Sealing(leaf.index, fault=Fault.OTHER_TREE, is_signing=is_signing, former=former)
    receipt = Receipt(
        event=told.event,
        hash=told.hash,
        index=leaf.index,
        proof=tuple(base64_of(step) for step in proof),
        checkpoint=checkpoints.cosigned(checkpoint, held),
    )
    fault = fault_in(receipt, log.origin, checkpoints.signing_keys(session, log.vkey))
    witnesses = tuple(one.holder for one in held if one.line)
    return Sealing(leaf.index, None if fault else receipt, fault, checkpoint, witnesses, is_signing, former)


@dataclass(frozen=True)
class Judged:
    """fault: None where the receipt is genuine and the log still says the same. former: the log that it is of."""

    fault: Fault | None
    receipt: Receipt | None = None
    former: FormerLog | None = None


def judge(session: Session, text: bytes) -> Judged:
    """Hold a receipt that somebody brings against itself, our keys, and the log as it is now."""
    try:
        receipt = written.read(text)
    except BadReceipt:
        return Judged(Fault.UNREADABLE)
    log, former = log_of(session.connection()), _former_of(session, receipt)
    if former is not None:
        return Judged(_fault_of_former(session, former, receipt), receipt, former)
    if log is None or not log.vkey:
        return Judged(Fault.OTHER_LOG, receipt)
    fault = fault_in(receipt, log.origin, checkpoints.signing_keys(session, log.vkey)) or _fault_here(
        session, log, receipt
    )
    return Judged(fault, receipt)


def _fault_here(session: Session, log: Log, receipt: Receipt) -> Fault | None:
    if not _is_ours(session, receipt):
        return Fault.OTHER_EVENT
    checkpoint = checkpoint_of(receipt)
    try:
        is_ours = (
            checkpoint.size <= log.size and tree_of(session.connection(), log).root(checkpoint.size) == checkpoint.root
        )
    except TreeDamaged:
        is_ours = False
    return None if is_ours else Fault.OTHER_TREE


def _is_ours(session: Session, receipt: Receipt) -> bool:
    """The event stands in its place of the log, and says what the receipt says."""
    leaf, event = leaves.leaf_at(session, receipt.index), receipt.event
    row = session.get(EventRow, (event.stream, event.seq))
    if leaf is None or row is None or (leaf.stream, leaf.seq) != (event.stream, event.seq):
        return False
    return {leaf.hash, row.hash} == {receipt.hash}


def _former_of(session: Session, receipt: Receipt) -> FormerLog | None:
    """The former log whose checkpoint the receipt has."""
    try:
        origin = checkpoint_of(receipt).origin
    except BadNote:
        return None
    return next((one for one in former_logs(session) if one.origin == origin), None)


def _fault_of_former(session: Session, former: FormerLog, receipt: Receipt) -> Fault | None:
    """Its checkpoint may cover events that were lost before the next log began: only this one has to be here."""
    fault = fault_in(receipt, former.origin, former.keys)
    return fault or (None if _is_ours(session, receipt) else Fault.LOST)


def _former_over(session: Session, index: int) -> FormerLog | None:
    """The last log but the present one, where it had been signed and had the event already."""
    found = next(iter(former_logs(session)), None)
    return found if found is not None and found.keys and found.size > index else None


def _over(session: Session, index: int) -> LedgerCheckpoint | None:
    covering = select(LedgerCheckpoint).where(LedgerCheckpoint.size > index).order_by(LedgerCheckpoint.size).limit(1)
    its = (LedgerHolding.size == LedgerCheckpoint.size) & (LedgerHolding.line != "")
    cosigned = session.scalar(covering.join(LedgerHolding, its)) if checkpoints.witnesses(session) else None
    return cosigned or session.scalar(covering)
