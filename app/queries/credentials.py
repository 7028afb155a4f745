"""Who stands behind a sign-in's key or a program's token, as every request needs her: one row, by one statement."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.db import table_of
from app.models.organization import Unit
from app.models.person import ApiToken, Person, UserSession
from app.prepared import Prepared

PERSON, UNIT = table_of(Person), table_of(Unit)
SESSION, TOKEN = table_of(UserSession), table_of(ApiToken)

COLUMNS = ("id", "login", "name", "unit_id", "enterprise_id", "password_changed_at", "must_change_password", "locale",
           "has_single_keys", "has_compact_rows")  # fmt: skip


def _person(*more: Any) -> Select[Any]:
    """An active person, with the short name of her unit."""
    columns = [PERSON.c[name] for name in COLUMNS]
    joined = select(*columns, UNIT.c.short_name.label("unit_name"), *more).join(UNIT, UNIT.c.id == PERSON.c.unit_id)
    return joined.where(PERSON.c.is_active)


BY_SESSION = Prepared(
    _person(SESSION.c.seen_at)
    .join(SESSION, SESSION.c.person_id == PERSON.c.id)
    .where(
        SESSION.c.key_hash == bindparam("of_hash"),
        SESSION.c.seen_at >= bindparam("idle_since"),
        SESSION.c.created_at >= bindparam("begun_since"),
    )
)
BY_TOKEN = Prepared(
    _person()
    .join(TOKEN, TOKEN.c.person_id == PERSON.c.id)
    .where(TOKEN.c.key_hash == bindparam("of_hash"), TOKEN.c.revoked_at.is_(None))
)


def hash_of(key: str) -> str:
    """What we keep of a key that is random and long: a slow hash would add nothing."""
    return sha256(key.encode()).hexdigest()


def by_session(connection: Connection, key: str, *, idle_since: datetime, begun_since: datetime) -> Any:
    """The person with unit_name and seen_at; None when there is no such sign-in that lasts, or she is locked out."""
    return BY_SESSION.one_or_none(connection, of_hash=hash_of(key), idle_since=idle_since, begun_since=begun_since)


def by_token(connection: Connection, token: str) -> Any:
    """The person with unit_name; None for a token that is unknown or revoked, or when she is locked out."""
    return BY_TOKEN.one_or_none(connection, of_hash=hash_of(token))
