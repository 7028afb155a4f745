"""The door itself: who may come in, how errors look, and what is no request."""

from __future__ import annotations

import re
from collections import Counter
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import access
from app.api.problems import PREFIX
from app.api.shapes import Body, Shape
from app.db import Database
from app.models.person import Person
from app.services import sessions
from app.services.house import House
from tests.api.addresses import addresses, filled
from tests.api.conftest import CallAs
from tests.api.linear import first_task, started

PROBLEM = "application/problem+json"


def test_every_endpoint_has_a_row_in_the_policy_table(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    ours = {name for name in endpoints if name.partition(".")[0] in ("api", "api_documentation", "operations")}
    assert ours <= set(access.POLICY)
    assert {name for name in access.POLICY if name.startswith("api")} <= endpoints


def test_no_two_shapes_have_one_name_in_the_document(app: Flask) -> None:
    """Of two, the document would describe one only."""
    shapes = {shape for base in (Shape, Body) for shape in base.__subclasses__()}
    names = Counter(shape.__name__ for shape in shapes if shape.__module__.startswith("app.api."))

    assert [name for name, number in names.items() if number > 1] == []


def test_nobody_comes_in_without_a_token(app: Flask) -> None:
    client = app.test_client()
    for headers in ({}, {"Authorization": "Bearer duban_none"}, {"Authorization": "Basic b2ZmaWNl"}):
        answer = client.get(f"{PREFIX}/user-tasks", headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.content_type == PROBLEM


def test_every_endpoint_refuses_a_stranger(app: Flask) -> None:
    client = app.test_client()
    for method, address in addresses(app):
        answer = client.open(filled(address, "1"), method=method, headers={"Authorization": "Bearer duban_none"})
        assert answer.status_code == 401, (method, address)


def test_a_browsers_write_needs_the_csrf_token_too(app: Flask, house: House, call_as: CallAs) -> None:
    office = call_as("office")
    path = f"{PREFIX}/user-tasks/{first_task(office, started(office))['id']}/claim"
    with house.database.transaction() as session:
        person = session.scalars(select(Person).where(Person.login == "office")).one()
        key = sessions.open_session(session, person, "127.0.0.1", is_only=False)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = key

    assert browser.get(f"{PREFIX}/user-tasks").status_code == 200
    forged = browser.post(path)
    token = re.search(r'csrf-token" content="([^"]+)"', browser.get(f"{PREFIX}/docs").text)
    assert token is not None
    meant = browser.post(path, headers={"X-CSRFToken": token[1]})

    assert (forged.status_code, forged.content_type) == (400, PROBLEM)
    assert meant.status_code == 200, meant.text


def test_an_address_that_leads_nowhere_is_a_problem_too(call_as: CallAs) -> None:
    office = call_as("office")

    missing, wrong_verb, closed = office.get("/no-such"), office.put("/plans", {}), office.post("/no-such")

    assert [answer.status_code for answer in (missing, wrong_verb, closed)] == [404, 405, 404]
    assert {answer.content_type for answer in (missing, wrong_verb, closed)} == {PROBLEM}
    assert "GET" in wrong_verb.headers["Allow"]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[1]",
        b'"{}"',
        b"null",
        b'{"variables": NaN}',
        b'{"variables": {"a": "\\u0000"}}',
        b'{"variables": {"a": "\\ud800"}}',
        b'{"variables": ' + b"[" * 100_000,
        b'{"variables": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}",
        b'{"variables": {"\xc3\xa9": 1, "e\xcc\x81": 2}}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_json_object_is_no_request(call_as: CallAs, sent: bytes) -> None:
    office = call_as("office")
    path = f"/user-tasks/{first_task(office, started(office))['id']}/completion"

    answer = office.post(path, data=sent, content_type="application/json")

    assert answer.status_code == (422 if sent == b"" else 400)
    assert answer.content_type == PROBLEM


def test_another_type_and_too_much_of_it(call_as: CallAs) -> None:
    office = call_as("office")

    assert office.post("/messages", data=b"a=1", content_type="text/plain").status_code == 415
    large = b'{"variables": "' + b"a" * 2_000_000 + b'"}'
    assert office.post("/messages", data=large, content_type="application/json").status_code == 413


def test_fields_are_named_that_are_missing_unknown_or_of_a_wrong_type(call_as: CallAs) -> None:
    answer = call_as("office").post("/messages", {"name": 7, "variables": [], "extra": 1})

    assert answer.status_code == 422
    assert {error["field"]: error["text"] for error in answer.json["errors"]} == {
        "name": "应为文字",
        "correlation": "缺少这一项",
        "variables": "应为一个对象",
        "extra": "没有这一项",
    }


@pytest.mark.parametrize(
    "query", ["light=pink", "mine=perhaps", "status=lost", "limit=0", "limit=x", "nope=1", "sort=no"]
)
def test_a_filter_that_is_none_is_named(call_as: CallAs, query: str) -> None:
    name, _, value = query.partition("=")

    answer = call_as("office").get("/user-tasks", **{name: value})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, name)


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzEuNV0", "WyIyMDI0LTEyLTMxIiwgIlx1MDAwMCJd", "项", "W10", "e30"])
@pytest.mark.parametrize("path", ["/user-tasks", "/process-instances", "/process-definitions", "/units", "/plans"])
def test_a_cursor_that_is_none_of_ours_is_no_request(call_as: CallAs, path: str, cursor: str) -> None:
    assert call_as("office").get(path, cursor=cursor).status_code == 400


def test_odd_headers_are_refused_or_taken(call_as: CallAs) -> None:
    office = call_as("office")
    path = f"/user-tasks/{first_task(office, started(office))['id']}/claim"

    for name, value, status in (
        ("Idempotency-Key", "a" * 121, 400),
        ("Idempotency-Key", "键".encode().decode("latin-1"), 200),
        ("If-Match", '"99999999999"', 400),
        ("If-Match", 'W/"1"', 400),
        ("If-Match", "*", 200),
    ):
        assert office.post(path, headers={name: value}).status_code == status, (name, value)


def test_a_database_that_is_away_says_when_to_come_again(app: Flask, call_as: CallAs) -> None:
    office = call_as("office")
    away = OperationalError("SELECT", {}, Exception("server closed the connection"))

    with patch.object(Database, "reading", side_effect=away):
        answers = [office.get("/user-tasks"), app.test_client().get("/readyz"), app.test_client().get("/metrics")]

    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (503, "database_away")
        assert answer.headers["Retry-After"] == "5"
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_a_defect_has_a_reference_and_says_nothing_else(call_as: CallAs) -> None:
    office = call_as("office")

    with patch("app.api.plans.plan_lists.plans_page", side_effect=ZeroDivisionError("secret")):
        answer = office.get("/plans")

    assert (answer.status_code, answer.content_type) == (500, PROBLEM)
    assert answer.json["reference"].startswith("E-")
    assert "secret" not in answer.text
