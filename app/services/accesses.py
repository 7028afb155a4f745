"""查阅记录: what those who read everything have looked at is an event of its own stream, sealed like all others.

It is written after the reading, in a short transaction of its own, and before anything is shown: what cannot be
recorded is not shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.errors import AccessNotNoted
from app.models.event import ACCESS
from app.queries.actor import READERS, SYSTEM, Actor
from app.services import history
from app.services.house import House
from app.terms import Access, EventType, Role

log = structlog.get_logger(__name__)

WATCHED = READERS | {Role.AUDIT_ADMIN, Role.SECURITY_ADMIN}
AUDITORS = frozenset({Role.AUDITOR, Role.AUDIT_ADMIN})


def is_watched(actor: Actor) -> bool:
    """Whether what she reads is recorded: she reads what is nobody's daily work but hers."""
    return actor is SYSTEM or actor.has(*WATCHED)


def note(house: House, actor: Actor, access: Access, what: str, **told: Any) -> None:
    """One access. what: in words; told: plain JSON, such as address, instance, asked. Raises AccessNotNoted."""
    happening = history.Happening(
        type=EventType.ACCESSED,
        actor=actor.login,
        at=clock.now(),
        command_key=f"{access.value}:{uuid.uuid4()}",
        payload={"access": access.value, "what": what, **_said(told)},
    )
    try:
        with house.database.writing() as connection:
            history.append_to(connection, ACCESS, happening)
    except SQLAlchemyError as error:
        log.error("access not noted", login=actor.login, access=access.value, error=str(error))
        raise AccessNotNoted from error


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, "", {})}
