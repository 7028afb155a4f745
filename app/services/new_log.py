"""Begins a new log where the old one cannot go on: its database was restored from a backup, or its signer is lost.

The leaves stay where they are, so that every older checkpoint can still be held against them; what was signed under the
old name goes out of the tables and into one administrative event, which the first new checkpoint covers.
"""

from __future__ import annotations

import secrets

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.errors import NotFound, RuleViolation
from app.ledger.note import origin_of
from app.models.ledger import LedgerCheckpoint, LedgerHolding, LedgerRotation
from app.queries import checkpoints
from app.queries.actor import Actor
from app.services.administration import record, require
from app.services.house import House
from app.services.log_signer.client import Signer, SignerTrouble
from app.services.log_tree import LOG, Log, log_of
from app.terms import Act, Role


def begin(house: House, actor: Actor, reason: str) -> str:
    """The origin of the new log, for which the signer must be told to sign. Raises NotPermitted, RuleViolation."""
    require(actor, Role.AUDIT_ADMIN)
    if not reason.strip():
        raise RuleViolation("reason", "请说明另起日志的原因。")
    with house.database.reading() as session:
        log = log_of(session.connection())
    if log is None:
        raise NotFound("尚无日志，无需另起。")
    signed = _signed_last(house, log)
    with house.database.transaction() as session:
        return _begun(session, actor, reason.strip(), signed)


def _begun(session: Session, actor: Actor, reason: str, signed: str | None) -> str:
    log = log_of(session.connection(), is_locked=True)
    assert log is not None
    origin, newest = origin_of(secrets.token_bytes(8), log.alg), checkpoints.newest(session)
    record(
        session,
        actor.login,
        Act.LOG_BEGUN,
        origin=origin,
        reason=reason,
        former=log.origin,
        size=log.size,
        vkey=log.vkey,
        rotations=[row.note for row in checkpoints.rotations(session)],
        checkpoint=newest.note if newest else None,
        signed_last=signed,
    )
    for gone in (LedgerHolding, LedgerCheckpoint, LedgerRotation):
        session.execute(delete(gone))
    session.execute(LOG.update().values(origin=origin, vkey=""))
    return origin


def _signed_last(house: House, log: Log) -> str | None:
    """What the signer signed last of the old log, which may be more than a restored database knows."""
    try:
        return Signer(house.settings.signer_address).last(log.origin) or None
    except SignerTrouble:
        return None
