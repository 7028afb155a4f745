"""Bearer tokens: a program acts as the person who made one. Shown once; we keep the SHA-256."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import clock
from app.errors import NotFound, NotPermitted, RuleViolation
from app.models.person import ApiToken, Person
from app.queries.actor import Actor, actor_of
from app.services.administration import record
from app.services.sessions import hash_of
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


def person_of_token(session: Session, token: str) -> Person | None:
    """The active person whose token this is; None for one that is unknown or revoked."""
    statement = (
        select(Person)
        .join(ApiToken, ApiToken.person_id == Person.id)
        .where(ApiToken.key_hash == hash_of(token), ApiToken.revoked_at.is_(None), Person.is_active)
        .options(joinedload(Person.unit), selectinload(Person.roles))
    )
    return session.scalar(statement)


def actor_of_token(session: Session, token: str, today: date) -> Actor | None:
    """Whom a program acts as."""
    person = person_of_token(session, token)
    return None if person is None else actor_of(session, person, today)


def _id(session: Session, row: ApiToken) -> int:
    session.flush()
    return row.id
