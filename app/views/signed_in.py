"""Who is signed in, as Flask-Login keeps her: by the key of a session of ours, or by a program's bearer token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, g
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotSignedIn
from app.queries import credentials
from app.queries.actor import Actor, actor_of
from app.security import bearer_token
from app.services import sessions
from app.terms import Role
from app.views.context import current_house


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):
    """key: of her session, empty for a program. What the frame shows of her, and whom she acts as."""

    key: str
    actor: Actor
    unit: str
    role_label: str
    locale: str
    single_keys: bool
    compact_rows: bool
    must_change_password: bool

    @property
    def name(self) -> str:
        return self.actor.name

    def get_id(self) -> str:
        return self.key


def init_app(app: Flask) -> None:
    # No context processor: it would ask the database again for the page that says that the database is away.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # the address of an office changes with its proxy; the key is long and random
    manager.user_loader(by_key)
    manager.request_loader(by_token)
    app.before_request(note_who_acts)


def note_who_acts() -> None:
    """g.me and g.actor, None while nobody is signed in."""
    g.me = current_user._get_current_object() if current_user.is_authenticated else None
    g.actor = g.me.actor if g.me is not None else None


def by_key(key: str) -> SignedIn | None:
    house, now = current_house(), clock.now()
    with house.database.reading() as session:
        found = sessions.live_session(session, key, now)
        if found is None:
            return None
        me = _signed_in(session, found, key)
    sessions.touch(house, key, found.seen_at, now)
    return me


def by_token(_request: Request) -> SignedIn | None:
    token = bearer_token()
    if token is None:
        return None
    with current_house().database.reading() as session:
        person = credentials.by_token(session.connection(), token)
        return None if person is None else _signed_in(session, person, "")


def _signed_in(session: Session, person: Any, key: str) -> SignedIn:
    """person: a row of queries/credentials.py."""
    house = current_house()
    actor = actor_of(session, person, clock.today())
    expired = house.passwords.policy.has_expired(person.password_changed_at, clock.now()) and not house.settings.is_demo
    return SignedIn(
        key=key,
        actor=actor,
        unit=person.unit_name,
        role_label="、".join(role.label for role in Role if role in actor.roles),
        locale=person.locale,
        single_keys=person.has_single_keys,
        compact_rows=person.has_compact_rows,
        must_change_password=person.must_change_password or expired,
    )


def current_me() -> SignedIn:
    """Who is signed in; raises NotSignedIn on a page for everybody."""
    me: SignedIn | None = g.me
    if me is None:
        raise NotSignedIn
    return me
