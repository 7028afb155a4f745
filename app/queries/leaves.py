"""The places of events in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.ledger import LedgerLeaf

MARGIN = timedelta(minutes=10)  # what commits so much later than it was written gets its place within the hour


def leaves_from(session: Session, first: int, limit: int) -> Sequence[LedgerLeaf]:
    asked = select(LedgerLeaf).where(LedgerLeaf.index >= first).order_by(LedgerLeaf.index).limit(limit)
    return session.scalars(asked).all()


def leaf_at(session: Session, index: int) -> LedgerLeaf | None:
    return session.get(LedgerLeaf, index)


def leaf_of(session: Session, stream: str, seq: int) -> LedgerLeaf | None:
    """None before the event was sequenced."""
    return session.scalar(select(LedgerLeaf).where(LedgerLeaf.stream == stream, LedgerLeaf.seq == seq))
