"""How far the sealing is: sequenced, signed, held outside, and what is not covered by any of it yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.ledger.chain import instant
from app.ledger.note import VerifierKey
from app.models.event import EventRow
from app.models.ledger import (
    LEAF_OF_EVENT,
    LedgerCheckpoint,
    LedgerHolding,
    LedgerLeaf,
    LedgerLog,
    LedgerRotation,
    LedgerWitness,
)
from app.queries import checkpoints
from app.queries.checkpoints import FILE, MAIL
from app.queries.leaves import MARGIN
from app.queries.paging import count_some


@dataclass(frozen=True)
class Holder:
    """name: a witness's, `file` or `mail`. last: what it has; behind: events of the newest checkpoint it has not.

    is_outside: somebody else has acknowledged it; a file is written by ourselves, and a retired witness is relied on
    no more.
    """

    name: str
    last: LedgerHolding | None
    behind: int
    witness: LedgerWitness | None

    @property
    def is_outside(self) -> bool:
        return self.name != FILE and not self.is_retired

    @property
    def is_retired(self) -> bool:
        return self.witness is not None and self.witness.retired_at is not None


@dataclass(frozen=True)
class SealStatus:
    """size: events in the log. waiting: events that are not in it, at most a thousand and one.

    waiting_since: the oldest one's instant. keys: the signer's, the current one last. outside: the newest
    acknowledgment; open_since: when the oldest event beyond it was written.
    """

    origin: str
    vkey: str
    size: int
    waiting: int
    waiting_since: datetime | None
    newest: LedgerCheckpoint | None
    rotations: Sequence[LedgerRotation]
    keys: Sequence[VerifierKey]
    holders: Sequence[Holder]
    outside: LedgerHolding | None
    open_since: datetime | None

    @property
    def unsigned(self) -> int:
        """Events in the log that no checkpoint covers."""
        return self.size - (self.newest.size if self.newest else 0)

    @property
    def uncovered(self) -> int:
        """Events that nobody outside could prove a change of."""
        return self.size - (self.outside.size if self.outside else 0) + self.waiting


def seal_status(session: Session, holders: Sequence[str]) -> SealStatus:
    """holders: those that are no witnesses and that the settings name."""
    log = session.scalar(select(LedgerLog))
    size, newest = log.size if log else 0, checkpoints.newest(session)
    waiting = _waiting(session, size)
    waiting_since = _oldest(session, waiting, size)
    told = _holders(session, newest, holders)
    held = [one.last for one in told if one.is_outside and one.last is not None]
    outside = max(held, key=lambda one: (one.size, one.at), default=None)
    return SealStatus(
        origin=log.origin if log else "",
        vkey=log.vkey if log else "",
        size=size,
        waiting=count_some(session, waiting),
        waiting_since=waiting_since,
        newest=newest,
        rotations=checkpoints.rotations(session),
        keys=checkpoints.signing_keys(session, log.vkey if log else ""),
        holders=told,
        outside=outside,
        open_since=_written_at(session, outside.size if outside else 0) or waiting_since,
    )


def uncovered_since(session: Session) -> tuple[datetime | None, datetime | None]:
    """When the oldest event was written that no checkpoint covers, and the oldest that nobody outside holds."""
    log, newest = session.scalar(select(LedgerLog)), checkpoints.newest(session)
    size = log.size if log else 0
    waiting_since = _oldest(session, _waiting(session, size), size)
    names = [*(one.name for one in checkpoints.witnesses(session) if one.retired_at is None), MAIL]
    held = [last.size for name in names if (last := checkpoints.last_holding(session, name))]
    sizes = newest.size if newest else 0, max(held, default=0)
    unsigned, unheld = (_written_at(session, size) or waiting_since for size in sizes)
    return unsigned, unheld


def _waiting(session: Session, size: int) -> Select[str]:
    """Events without a place, looked for where new ones can be: not far behind the last that has one."""
    is_placed = exists().where(LEAF_OF_EVENT)
    asked, last = select(EventRow.stream).where(~is_placed), _written_at(session, size - 1)
    return asked if last is None else asked.where(EventRow.at_raw >= instant(last - MARGIN))


def _oldest(session: Session, waiting: Select[str], size: int) -> datetime | None:
    """Of what waits; where nothing has a place yet, of all."""
    oldest = waiting.with_only_columns(EventRow.at_raw).order_by(EventRow.at_raw).limit(1)
    found = session.scalar(oldest if size else select(func.min(EventRow.at_raw)))
    return datetime.fromisoformat(found) if found else None


def _written_at(session: Session, index: int) -> datetime | None:
    """By the system's clock, the event in this place of the log; None where there is none."""
    found = session.scalar(select(EventRow.at_raw).join(LedgerLeaf, LEAF_OF_EVENT).where(LedgerLeaf.index == index))
    return datetime.fromisoformat(found) if found else None


def _holders(session: Session, newest: LedgerCheckpoint | None, named: Sequence[str]) -> list[Holder]:
    witnesses = {witness.name: witness for witness in checkpoints.witnesses(session)}
    found = []
    for name in [*witnesses, MAIL, FILE]:
        last = checkpoints.last_holding(session, name)
        if name in witnesses or name in named or last is not None:
            behind = (newest.size if newest else 0) - (last.size if last else 0)
            found.append(Holder(name, last, behind, witnesses.get(name)))
    return found
