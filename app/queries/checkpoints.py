"""Checkpoints as they were signed, who holds them outside, and the keys that tell both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.ledger.note import BadNote, VerifierKey, followed
from app.models.ledger import LedgerCheckpoint, LedgerHolding, LedgerRotation, LedgerWitness
from app.queries.paging import Descending, Page, page

FILE, MAIL = "file", "mail"  # holders that are no witness
NOTHING_SIGNED = "尚未签署检查点，请稍后再试。"


def newest(session: Session) -> LedgerCheckpoint | None:
    newest_size = select(func.max(LedgerCheckpoint.size)).scalar_subquery()
    return session.scalar(select(LedgerCheckpoint).where(LedgerCheckpoint.size == newest_size))


def newest_or_refuse(session: Session) -> LedgerCheckpoint:
    """Raises NotFound before anything was signed."""
    found = newest(session)
    if found is None:
        raise NotFound(NOTHING_SIGNED)
    return found


def of_size(session: Session, size: int) -> LedgerCheckpoint:
    """Raises NotFound."""
    found = session.get(LedgerCheckpoint, size)
    if found is None:
        raise NotFound("没有这个检查点。")
    return found


def checkpoints(session: Session, cursor: str | None, limit: int = 50) -> Page[LedgerCheckpoint]:
    """The newest first."""
    return page(session, select(LedgerCheckpoint), [Descending(LedgerCheckpoint.size)], cursor, limit, counts=True)


def holdings(session: Session, sizes: Collection[int]) -> Mapping[int, Sequence[LedgerHolding]]:
    """By size, who holds these checkpoints, the first one first."""
    found: dict[int, list[LedgerHolding]] = defaultdict(list)
    asked = select(LedgerHolding).where(LedgerHolding.size.in_(sizes)).order_by(LedgerHolding.at, LedgerHolding.holder)
    for row in session.scalars(asked) if sizes else ():
        found[row.size].append(row)
    return found


def last_holding(session: Session, holder: str) -> LedgerHolding | None:
    asked = select(LedgerHolding).where(LedgerHolding.holder == holder)
    return session.scalar(asked.order_by(LedgerHolding.size.desc()).limit(1))


def rotations(session: Session) -> Sequence[LedgerRotation]:
    return session.scalars(select(LedgerRotation).order_by(LedgerRotation.number)).all()


def signing_keys(session: Session, vkey: str) -> list[VerifierKey]:
    """The signer's keys in their order, the current one last; none before one has signed.

    A row of rotations that does not hold ends the list before it: what follows is nobody's key.
    """
    if not vkey:
        return []
    first, notes = VerifierKey.read(vkey), [one.note for one in rotations(session)]
    for count in range(len(notes), 0, -1):
        with suppress(BadNote):
            return followed(first, notes[:count])
    return [first]


def witnesses(session: Session) -> Sequence[LedgerWitness]:
    return session.scalars(select(LedgerWitness).order_by(LedgerWitness.name)).all()


def cosigned(checkpoint: LedgerCheckpoint, held: Sequence[LedgerHolding]) -> str:
    """The note with the lines of its witnesses behind the signer's."""
    return checkpoint.note + "".join(f"{one.line}\n" for one in held if one.line)
