"""The logs that this office had before its present one, as the acts that began the next one tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.ledger.note import BadNote, VerifierKey, followed
from app.models.event import ADMINISTRATION, EventPayload
from app.models.event_line import EventLine
from app.queries.events import told_in
from app.terms import Act


@dataclass(frozen=True)
class FormerLog:
    """size: how many of its leaves were there when the next one began, at ended_at. keys: its signer's, in order."""

    origin: str
    size: int
    keys: Sequence[VerifierKey]
    ended_at: datetime


def former_logs(session: Session) -> list[FormerLog]:
    """The newest first; there are few in the life of an office."""
    its = and_(EventPayload.stream == EventLine.stream, EventPayload.seq == EventLine.seq)
    asked = (
        select(EventLine.at, EventPayload.body)
        .join(EventPayload, its)
        .where(EventLine.verb == Act.LOG_BEGUN, EventLine.stream == ADMINISTRATION)
        .order_by(EventLine.at.desc(), EventLine.id.desc())
    )
    return [_log(at, body) for at, body in session.execute(asked)]


def _log(at: datetime, body: str | None) -> FormerLog:
    told = told_in(body)
    keys: Sequence[VerifierKey] = ()
    with suppress(BadNote):  # nobody had signed it, or its keys cannot be read: then nothing of it can be judged
        keys = followed(VerifierKey.read(told.get("vkey", "")), told.get("rotations", ()))
    return FormerLog(told.get("former", ""), told.get("size", 0), keys, at)
