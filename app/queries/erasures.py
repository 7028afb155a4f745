"""Which events were erased lawfully: those that an event of the administration names, and no other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import table_of
from app.ledger.chain import commitment
from app.models.erasure import Erasure
from app.models.event import ADMINISTRATION, PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.process import ProcessInstance
from app.terms import Act, ErasureGround, ErasureStatus

ERASURE, EVENT, PAYLOAD = table_of(Erasure), table_of(EventRow), table_of(EventPayload)


@dataclass(frozen=True)
class Erased:
    """How an event came to say nothing any more. by: the login of who decided; seq: of the erased event."""

    seq: int
    ground: ErasureGround
    reason: str
    by: str
    proposed_by: str
    at: datetime


def erased_seqs(session: Session, stream: str) -> set[int]:
    return {seq for _, seq in erased_places(session, stream)}


def erased_places(session: Session, stream: str | None = None) -> set[tuple[str, int]]:
    """Stream and seq of each. None: of all streams."""
    return {(told["stream"], seq) for _, told in _carried_out(session, stream) for seq in told["seqs"]}


def erased_in(session: Session, stream: str) -> dict[int, Erased]:
    """By seq, for whoever shows the stream."""
    return {
        seq: Erased(
            seq, ErasureGround(told["ground"]), told["reason"], row.actor, told["proposed_by"],
            datetime.fromisoformat(row.at),
        )
        for row, told in _carried_out(session, stream)
        for seq in told["seqs"]
    }  # fmt: skip


def proposed(session: Session) -> Sequence[Erasure]:
    """What waits for a decision, the oldest first."""
    return session.scalars(
        select(Erasure).where(Erasure.status == ErasureStatus.PROPOSED.value).order_by(Erasure.id).limit(200)
    ).all()


def settled(session: Session, before: int | None, limit: int) -> Sequence[Erasure]:
    """What was decided or withdrawn, the newest first."""
    asked = select(Erasure).where(Erasure.status != ErasureStatus.PROPOSED.value)
    if before is not None:
        asked = asked.where(Erasure.id < before)
    return session.scalars(asked.order_by(Erasure.id.desc()).limit(limit)).all()


def titles(session: Session, streams: Collection[str]) -> dict[str, str]:
    """Of those that are instances."""
    asked = select(ProcessInstance.id, ProcessInstance.title).where(ProcessInstance.id.in_(streams))
    return {row.id: row.title for row in session.execute(asked)}


def _carried_out(session: Session, stream: str | None) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The administration events that tell of erasures, and what they say, where that is what was sealed."""
    asked = (
        select(EVENT.c.actor, EVENT.c.at, EVENT.c.payload_commitment, EVENT.c.alg, PAYLOAD.c.salt, PAYLOAD.c.body)
        .join(ERASURE, ERASURE.c.event_seq == EVENT.c.seq)
        .join(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.stream == ADMINISTRATION)
        .order_by(EVENT.c.seq)
    )
    if stream is not None:
        asked = asked.where(ERASURE.c.stream == stream)
    for row in session.execute(asked):
        told = _sealed_words(row)
        if told.get("act") == Act.ERASED.value and stream in (None, told["stream"]):
            yield row, told


def _sealed_words(row: Any) -> dict[str, Any]:
    try:
        is_kept = commitment(row.body.encode(), row.salt, row.alg) == row.payload_commitment
        return dict(orjson.loads(row.body)) if is_kept else {}
    except (AttributeError, TypeError, ValueError):
        return {}
