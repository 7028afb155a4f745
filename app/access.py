"""Who may open what: one table over all routes. A route without a row opens for nobody.

The table says which roles reach a screen at all. Whether a person may see or do something to one object on it, her
unit's and not another's, is for the query and the service; `scope` says what they hold to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import structlog
from flask import Flask, g, request

from app.errors import NotPermitted, NotSignedIn
from app.queries.actor import Actor
from app.terms import Role

log = structlog.get_logger(__name__)


class Audience(Enum):
    PUBLIC = "everybody, signed in or not"
    ANY = "everybody who is signed in"


PUBLIC, ANY = Audience.PUBLIC, Audience.ANY
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
SECURITY = frozenset({Role.SECURITY_ADMIN})
SYSTEM_OR_SECURITY = SYSTEM | SECURITY
AUDIT_OR_SECURITY = frozenset({Role.AUDIT_ADMIN, Role.SECURITY_ADMIN})


@dataclass(frozen=True)
class Rule:
    """audience: Audience or the roles of which one is needed. scope: which objects such a person reaches."""

    audience: Audience | frozenset[Role]
    scope: str

    def admits(self, actor: Actor | None) -> bool:
        if self.audience is PUBLIC:
            return True
        if actor is None:
            return False
        return self.audience is ANY or actor.has(*self.audience)  # type: ignore[misc]


POLICY: Mapping[str, Rule] = {
    "static": Rule(PUBLIC, "built files; nothing personal"),
    "login.page": Rule(PUBLIC, "the form; demonstration accounts in a demonstration only"),
    "login.sign_in": Rule(PUBLIC, "five failures lock an account, twenty an address"),
    "login.sign_out": Rule(ANY, "one's own session"),
    "home.page": Rule(ANY, "leads to one's own first screen"),
}


def init_app(app: Flask) -> None:
    app.before_request(check)


def check() -> None:
    """Refuses what the table does not open; an address that leads nowhere goes on and is not found."""
    if request.endpoint is None:
        return
    rule = POLICY.get(request.endpoint)
    if rule is None:
        log.error("route without a row in the policy table", endpoint=request.endpoint)
        raise NotPermitted
    if not rule.admits(g.actor):
        raise NotSignedIn if g.actor is None else NotPermitted


def may_open(endpoint: str, actor: Actor | None) -> bool:
    """Whether a link to the screen is of use to the person."""
    rule = POLICY.get(endpoint)
    return rule is not None and rule.admits(actor)
