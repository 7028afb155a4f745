"""The policy table: every route has a row, every row a route, and a role opens what its row says and nothing else."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route

from app.access import ANY, POLICY, PUBLIC, Audience
from app.terms import Role
from tests.applications import SignIn

LOGINS = {
    Role.CONTACT: "contact.miit",
    Role.UNIT_HEAD: "head.miit",
    Role.OFFICE: "office",
    Role.OFFICE_SIGNER: "signer",
    Role.LEADER: "leader",
    Role.AUDITOR: "auditor",
    Role.SYSTEM_ADMIN: "system_admin",
    Role.SECURITY_ADMIN: "security_admin",
    Role.AUDIT_ADMIN: "audit_admin",
}
REFUSED = 403
METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET")


def routes(app: Flask) -> list[Route]:
    return list(app.url_map.iter_rules())


def ask(client: FlaskClient, route: Route) -> int:
    """The status of the route with some object's id; what it does with an empty form is not the point here."""
    parts = {name: _some_value(converter) for name, converter in route._converters.items()}
    path = client.application.url_map.bind("localhost").build(route.endpoint, parts)
    method = next(name for name in METHODS if name in (route.methods or ()))
    return client.open(path, method=method).status_code


def _some_value(converter: object) -> object:
    return 999_999 if type(converter).__name__ == "IntegerConverter" else "no-such-thing"


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    endpoints = {route.endpoint for route in routes(app)}

    assert endpoints - POLICY.keys() == set(), "routes without a row in app/access.py open for nobody"
    assert POLICY.keys() - endpoints == set(), "rows of routes that are gone"


def test_a_route_without_a_row_opens_for_nobody(app: Flask, sign_in: SignIn) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    assert sign_in("office").get("/forgotten").status_code == REFUSED


def test_nobody_signed_in_opens_the_public_routes_only(app: Flask) -> None:
    client = app.test_client()

    opened = {route.endpoint for route in routes(app) if ask(client, route) not in (302, 401)}

    assert opened - {"static"} <= {name for name, rule in POLICY.items() if rule.audience is PUBLIC}


@pytest.mark.parametrize("role", LOGINS)
def test_a_role_opens_what_its_rows_say(app: Flask, sign_in: SignIn, role: Role) -> None:
    asked = 0
    for route in routes(app):
        rule = POLICY[route.endpoint]
        if isinstance(rule.audience, Audience):
            continue
        status = ask(sign_in(LOGINS[role]), route)
        asked += 1
        assert role in rule.audience or status == REFUSED, f"{role} opens {route.endpoint}"
        assert role not in rule.audience or status != REFUSED, f"{role} does not open {route.endpoint}"
    assert asked > 0


def test_what_is_for_everybody_is_about_oneself_or_the_whole_office() -> None:
    """A row for everybody who is signed in says which objects she reaches: nobody opens one without thinking of it."""
    assert all(rule.scope for rule in POLICY.values())
    assert {name for name, rule in POLICY.items() if rule.audience is ANY} >= {"settings.page", "home.page"}
