"""Erasures under the law held against the acts that proposed and decided them. Those acts can never be erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.models.erasure import Erasure
from app.models.event import ADMINISTRATION, PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.services.findings import Finding, Rule
from app.services.told_elsewhere import is_moment
from app.terms import Act, ErasureStatus

EVENT, PAYLOAD = table_of(EventRow), table_of(EventPayload)
DECIDED: Mapping[str, ErasureStatus] = {
    Act.ERASED.value: ErasureStatus.DONE,
    Act.ERASURE_REJECTED.value: ErasureStatus.REJECTED,
    Act.ERASURE_WITHDRAWN.value: ErasureStatus.WITHDRAWN,
}
ERASING = (Act.ERASURE_PROPOSED.value, *DECIDED)


def erasures(session: Session, now: datetime) -> Iterator[Finding]:
    """Each was proposed and decided as the acts say, and none is missing."""
    told = _told(session)
    for row in session.scalars(select(Erasure).order_by(Erasure.id)):
        mine = next((one for one in told if _is_same(row, one)), None)
        if mine is None:
            yield Finding(Rule.ERASURE, f"erasure {row.id} is not as it was proposed and decided")
        else:
            told.remove(mine)
    for one in told:
        yield Finding(Rule.ERASURE, f"an erasure in {one['stream']} was proposed by {one['by']} and is gone")


def _told(session: Session) -> list[dict[str, Any]]:
    """One for each that was proposed, with what became of it."""
    told: list[dict[str, Any]] = []
    for event in session.execute(_acts()):
        act = orjson.loads(event.body)
        words = {name: act[name] for name in ("stream", "seqs", "ground", "reason")}
        if act["act"] == Act.ERASURE_PROPOSED.value:
            told.append({**words, "status": ErasureStatus.PROPOSED, "by": event.actor, "at": event.at})
            continue
        for one in told:
            if one["status"] == ErasureStatus.PROPOSED and words.items() <= one.items():
                status = DECIDED[act["act"]]
                seq = event.seq if status is ErasureStatus.DONE else None
                one |= {"status": status, "decided_by": event.actor, "decided_at": event.at, "seq": seq}
                break
    return told


def _is_same(row: Erasure, told: Mapping[str, Any]) -> bool:
    words = {"stream": row.stream, "seqs": row.seqs, "ground": row.ground, "reason": row.reason, "status": row.status}
    if not words.items() <= told.items() or row.proposer.login != told["by"]:
        return False
    decider = row.decider.login if row.decider else None
    if (decider, row.event_seq) != (told.get("decided_by"), told.get("seq")):
        return False
    return _is_then(row.proposed_at, told["at"]) and _is_then(row.decided_at, told.get("decided_at"))


def _is_then(at: datetime | None, told: str | None) -> bool:
    return at is None and told is None if at is None or told is None else is_moment(at, told)


def _acts() -> Select[Any]:
    is_one = or_(*(EVENT.c.command_key.startswith(f"{act}:", autoescape=True) for act in ERASING))
    return (
        select(EVENT.c.actor, EVENT.c.at, EVENT.c.seq, PAYLOAD.c.body)
        .join(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.stream == ADMINISTRATION, is_one)
        .order_by(EVENT.c.seq)
    )
