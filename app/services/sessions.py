"""Sign-ins that last: how long they do, and how they end. The browser holds a key; we keep its SHA-256."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.models.person import Person, UserSession
from app.outages import outage
from app.queries.credentials import by_session, hash_of
from app.services.administration import record
from app.services.house import House
from app.terms import Act

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)


def open_session(session: Session, person: Person, address: str, *, is_only: bool) -> str:
    """A new sign-in; its key. is_only: the person's others end."""
    now = clock.now()
    mine = delete(UserSession).where(UserSession.person_id == person.id)
    session.execute(mine if is_only else mine.where(_is_over(now)))
    key = secrets.token_urlsafe(32)
    session.add(
        UserSession(key_hash=hash_of(key), person_id=person.id, created_at=now, seen_at=now, address=address[:60])
    )
    return key


def live_session(session: Session, key: str, now: datetime) -> Any:
    """Who is signed in with this key (see credentials.by_session); None when it ended or was idle too long."""
    return by_session(session.connection(), key, idle_since=now - IDLE, begun_since=now - ABSOLUTE)


def touch(house: House, key: str, seen_at: datetime, now: datetime) -> None:
    """Note that the person is at work, at most once a minute. Where nothing can be written, reading still goes on."""
    if now - seen_at < TOUCH_EVERY:
        return
    try:
        with house.database.transaction() as session:
            found = session.get(UserSession, hash_of(key))
            if found is not None:
                found.seen_at = now
    except DBAPIError as refusal:
        if outage(refusal) is None:
            raise


def sign_out(house: House, key: str) -> None:
    with house.database.transaction() as session:
        found = session.get(UserSession, hash_of(key))
        if found is not None:
            session.delete(found)
            record(session, found.person.login, Act.SIGNED_OUT, address=found.address)


def end_sessions(session: Session, actor_login: str, person: Person, *, but: str = "", only: str = "") -> int:
    """End a person's sign-ins; how many ended. but: the key of one that stays; only: the hash of the one that ends."""
    statement = delete(UserSession).where(UserSession.person_id == person.id)
    if but:
        statement = statement.where(UserSession.key_hash != hash_of(but))
    if only:
        statement = statement.where(UserSession.key_hash == only)
    ended = len(session.execute(statement.returning(UserSession.key_hash)).all())
    if ended:
        record(session, actor_login, Act.SESSIONS_ENDED, person=person.login, count=ended)
    return ended


def _is_over(now: datetime) -> ColumnElement[bool]:
    return (UserSession.seen_at < now - IDLE) | (UserSession.created_at < now - ABSOLUTE)
