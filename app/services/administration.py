"""Writes down what was done to accounts and units, in the transaction that did it. Never a password, never a token."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.errors import NotPermitted
from app.queries.actor import SYSTEM, Actor
from app.services import history
from app.terms import Act, EventType, Role


def record(session: Session, actor: str | None, act: Act, **told: Any) -> int:
    """One administration event; its number. actor: a login name, None where nobody is known; told: plain JSON."""
    session.flush()
    happening = history.Happening(
        type=EventType.ADMINISTERED,
        actor=actor,
        at=clock.now(),
        command_key=f"{act.value}:{uuid.uuid4()}",
        payload={"act": act.value, **told},
    )
    return history.append_administration(session.connection(), happening).seq


def require(actor: Actor, *roles: Role) -> None:
    """Raises NotPermitted; the system itself, at the command line, may do all."""
    if actor is not SYSTEM and not actor.has(*roles):
        raise NotPermitted
