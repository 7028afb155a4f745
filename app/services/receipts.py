"""Receipts: made from the log once a checkpoint covers the event, and held against the log when they come back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import receipt as written
from app.ledger.note import base64_of
from app.ledger.receipt import BadReceipt, Fault, Receipt, checkpoint_of, fault_in
from app.models.event import EventRow
from app.models.ledger import LedgerCheckpoint, LedgerHolding
from app.queries import checkpoints, leaves
from app.queries.receipts import Receipted
from app.services.log_tree import Log, TreeDamaged, log_of, tree_of


@dataclass(frozen=True)
class Sealing:
    """How far the sealing of one event is. index: in the log, None before it is sequenced.

    receipt: once a checkpoint covers it; fault: why there is none, where somebody has been at work on the log.
    checkpoint: that one. witnesses: who co-signed it. is_signing: there is a signer at all.
    """

    index: int | None = None
    receipt: Receipt | None = None
    fault: Fault | None = None
    checkpoint: LedgerCheckpoint | None = None
    witnesses: tuple[str, ...] = ()
    is_signing: bool = False


def sealing_of(session: Session, told: Receipted) -> Sealing:
    """By the first co-signed checkpoint over the event, else the first one at all."""
    log, leaf = log_of(session.connection()), leaves.leaf_of(session, told.event.stream, told.event.seq)
    is_signing = log is not None and bool(log.vkey)
    checkpoint = _over(session, leaf.index) if leaf is not None else None
    if log is None or leaf is None or checkpoint is None:
        return Sealing(leaf.index if leaf else None, is_signing=is_signing)
    held = checkpoints.holdings(session, [checkpoint.size]).get(checkpoint.size, ())
    try:
        proof = tree_of(session.connection(), log).inclusion(leaf.index, checkpoint.size)
    except TreeDamaged:
        return Sealing(leaf.index, fault=Fault.OTHER_TREE, is_signing=is_signing)
    receipt = Receipt(
        event=told.event,
        hash=told.hash,
        index=leaf.index,
        proof=tuple(base64_of(step) for step in proof),
        checkpoint=checkpoints.cosigned(checkpoint, held),
    )
    fault = fault_in(receipt, log.origin, checkpoints.signing_keys(session, log.vkey))
    witnesses = tuple(one.holder for one in held if one.line)
    return Sealing(leaf.index, None if fault else receipt, fault, checkpoint, witnesses, is_signing)


@dataclass(frozen=True)
class Judged:
    """fault: None where the receipt is genuine and the log still says the same."""

    fault: Fault | None
    receipt: Receipt | None = None


def judge(session: Session, text: bytes) -> Judged:
    """Hold a receipt that somebody brings against itself, our keys, and the log as it is now."""
    try:
        receipt = written.read(text)
    except BadReceipt:
        return Judged(Fault.UNREADABLE)
    log = log_of(session.connection())
    if log is None or not log.vkey:
        return Judged(Fault.OTHER_LOG, receipt)
    fault = fault_in(receipt, log.origin, checkpoints.signing_keys(session, log.vkey)) or _fault_here(
        session, log, receipt
    )
    return Judged(fault, receipt)


def _fault_here(session: Session, log: Log, receipt: Receipt) -> Fault | None:
    leaf, event = leaves.leaf_at(session, receipt.index), receipt.event
    row = session.get(EventRow, (event.stream, event.seq))
    if leaf is None or row is None or (leaf.stream, leaf.seq) != (event.stream, event.seq):
        return Fault.OTHER_EVENT
    if {leaf.hash, row.hash} != {receipt.hash}:
        return Fault.OTHER_EVENT
    checkpoint = checkpoint_of(receipt)
    try:
        is_ours = (
            checkpoint.size <= log.size and tree_of(session.connection(), log).root(checkpoint.size) == checkpoint.root
        )
    except TreeDamaged:
        is_ours = False
    return None if is_ours else Fault.OTHER_TREE


def _over(session: Session, index: int) -> LedgerCheckpoint | None:
    covering = select(LedgerCheckpoint).where(LedgerCheckpoint.size > index).order_by(LedgerCheckpoint.size).limit(1)
    its = (LedgerHolding.size == LedgerCheckpoint.size) & (LedgerHolding.line != "")
    cosigned = session.scalar(covering.join(LedgerHolding, its)) if checkpoints.witnesses(session) else None
    return cosigned or session.scalar(covering)
