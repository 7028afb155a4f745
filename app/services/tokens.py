"""Bearer tokens: a program acts as the person who made one. Shown once; we keep the SHA-256."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, NotPermitted, RuleViolation
from app.models.person import ApiToken
from app.queries.actor import Actor
from app.queries.credentials import hash_of
from app.services.administration import record
from app.terms import Act

PREFIX = "duban_"  # so that a search for leaked secrets can find one
NAME_LENGTH = 80


def create_token(session: Session, actor: Actor, name: str) -> str:
    """The token itself, which nobody can read again. name: what the person calls it."""
    if actor.person_id is None:
        raise NotPermitted
    if not 0 < len(name) <= NAME_LENGTH:
        raise RuleViolation("token_name", f"请填写用途，最多 {NAME_LENGTH} 个字。")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(person_id=actor.person_id, name=name, key_hash=hash_of(token), created_at=clock.now())
    session.add(row)
    record(session, actor.login, Act.TOKEN_CREATED, name=name, token_id=_id(session, row))
    return token


def revoke_token(session: Session, actor: Actor, token_id: int) -> None:
    """End a token of one's own at once; one that has ended stays as it is."""
    row = session.get(ApiToken, token_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        record(session, actor.login, Act.TOKEN_REVOKED, name=row.name, token_id=row.id)


def _id(session: Session, row: ApiToken) -> int:
    session.flush()
    return row.id
