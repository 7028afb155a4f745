"""Erasures under the law held against the acts that proposed and decided them. Those acts can never be erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.erasure import Erasure
from app.services.findings import Finding, Rule
from app.services.told_elsewhere import acts, is_moment
from app.terms import Act, ErasureStatus

DECIDED: Mapping[Act, ErasureStatus] = {
    Act.ERASED: ErasureStatus.DONE,
    Act.ERASURE_REJECTED: ErasureStatus.REJECTED,
    Act.ERASURE_WITHDRAWN: ErasureStatus.WITHDRAWN,
}


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
    for event, act in acts(session, Act.ERASURE_PROPOSED, *DECIDED):
        words = {name: act[name] for name in ("stream", "seqs", "ground", "reason")}
        if act["act"] == Act.ERASURE_PROPOSED:
            told.append({**words, "status": ErasureStatus.PROPOSED, "by": event.actor, "at": event.at})
            continue
        for one in told:
            if one["status"] == ErasureStatus.PROPOSED and words.items() <= one.items():
                status = DECIDED[Act(act["act"])]
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
    return is_moment(row.proposed_at, told["at"]) and is_moment(row.decided_at, told.get("decided_at"))
