"""Signing in and out, and what protects every page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, create_app
from app.models.person import Person, UserSession
from app.services import tokens
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor

PASSWORD = "Sunny-day 42"


@pytest.fixture
def client(app: Flask, house: House) -> FlaskClient:
    """A browser in which nobody is signed in; the office's password is PASSWORD."""
    with house.database.transaction() as session:
        person = session.scalars(select(Person).where(Person.login == "office")).one()
        person.password_hash = house.passwords.hash(PASSWORD)
    return app.test_client()


def enter(client: FlaskClient, **more: str) -> str | None:
    """Where signing in leads."""
    answer = client.post("/login", data={"login": "office", "password": PASSWORD, **more})
    assert answer.status_code == 302
    return answer.location


def test_the_sign_in_page_shows_the_plan_in_figures(client: FlaskClient) -> None:
    page = client.get("/login").text

    assert "专精特新三年行动计划" in page
    assert "扬促中小办发〔2022〕8号" in page
    assert re.search(r"<b>28</b>项指标", page)
    assert "演示账号" not in page


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/settings?tab=1")

    assert answer.location == "/login?next=/settings?tab%3D1"
    assert enter(client, next="/settings?tab=1") == "/settings?tab=1"


@pytest.mark.parametrize(
    "address",
    ["https://x.example/", "//x.example", "/\\x.example", "\\\\x.example", "javascript:alert(1)", "x"],
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, address: str) -> None:
    assert enter(client, next=address) == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_page(client: FlaskClient) -> None:
    wrong = client.post("/login", data={"login": "office", "password": "x"})
    unknown = client.post("/login", data={"login": "nobody", "password": "x"})

    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不对" in wrong.text
    assert hidden(wrong.text).replace("office", "nobody") == hidden(unknown.text)


def hidden(page: str) -> str:
    """The page without its tokens."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_signing_out_ends_the_session_for_good(client: FlaskClient) -> None:
    enter(client)
    stolen = client.get_cookie("duban")
    assert stolen is not None

    client.post("/logout")

    client.set_cookie("duban", stolen.value)
    assert client.get("/settings").location == "/login?next=/settings"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    answer = client.post("/login", data={"login": "office", "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_a_proxy_the_cookie_is_secure(house: House) -> None:
    house.settings = replace(house.settings, is_behind_proxy=True)
    client = create_app(house).test_client()

    answer = client.get("/login", headers={"X-Forwarded-Proto": "https"})

    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]


def test_an_idle_session_is_over(client: FlaskClient) -> None:
    enter(client)

    with clock.held(clock.now() + timedelta(minutes=31)):
        assert client.get("/settings").status_code == 302


def test_a_part_of_a_page_says_that_the_session_is_over(client: FlaskClient) -> None:
    answer = client.get("/settings", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert "重新登录" in answer.text
    assert "<html" not in answer.text


def test_every_page_forbids_foreign_content_and_keeping(client: FlaskClient) -> None:
    headers = client.get("/login").headers

    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'"):
        assert part in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_a_foreign_host_is_not_served(client: FlaskClient) -> None:
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_static_files_may_be_kept_for_a_year(client: FlaskClient) -> None:
    with client.get("/static/dist/app.css") as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_post_without_a_token_of_ours_is_refused(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    refused = client.post("/login", data={"login": "office", "password": PASSWORD})
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert found
    accepted = client.post("/login", data={"login": "office", "password": PASSWORD, "csrf_token": found[1]})

    assert refused.status_code == 400
    assert "刷新后再提交" in refused.text
    assert accepted.status_code == 302


def test_a_program_with_a_bearer_token_needs_no_csrf_token(app: Flask, house: House) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    with house.database.transaction() as session:
        token = tokens.create_token(session, actor(house, "office"), "统计")

    bearer = {"Authorization": f"Bearer {token}"}
    wrong = {"Authorization": f"Bearer {token}x"}

    assert app.test_client().post("/settings/preferences", headers=bearer).location == "/settings"
    assert "/login" in str(app.test_client().post("/settings/preferences", headers=wrong).location)


def test_a_one_time_password_opens_nothing_but_its_change(client: FlaskClient, house: House) -> None:
    with house.database.transaction() as session:
        session.scalars(select(Person).where(Person.login == "office")).one().must_change_password = True
    enter(client)

    assert client.get("/settings").location == "/password"
    assert "请先修改密码" in client.get("/password").text
    new = {"old_password": PASSWORD, "new_password": "Rainy-day 43", "repeated": "Rainy-day 43"}
    assert client.post("/password", data=new).status_code == 302
    assert client.get("/settings").status_code == 200


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"repeated": "other"}, "repeated"),
        ({"old_password": "other"}, "old_password"),
        ({"new_password": "weak", "repeated": "weak"}, "new_password"),
    ],
)
def test_a_refused_password_says_why_beside_the_field(client: FlaskClient, changed: dict[str, str], field: str) -> None:
    enter(client)
    new = {"old_password": PASSWORD, "new_password": "Rainy-day 43", "repeated": "Rainy-day 43", **changed}

    answer = client.post("/password", data=new)

    assert answer.status_code == 422
    assert f'id="a-{field}-e"' in answer.text


def test_a_demonstration_shows_its_accounts(house: House) -> None:
    house.settings = replace(house.settings, is_demo=True)

    page = create_app(house).test_client().get("/login").text

    assert "演示账号" in page
    assert 'value="contact.miit"' in page
    assert 'value="head.gaoyou"' in page


def test_a_page_that_is_not_there_says_so_in_the_frame(sign_in: SignIn) -> None:
    answer = sign_in("office").get("/nothing")

    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert "周文博" in answer.text


def test_the_language_is_the_persons(sign_in: SignIn, house: House) -> None:
    client = sign_in("office")

    client.post("/settings/preferences", data={"locale": "en"})

    page = client.get("/settings").text
    assert '<html lang="en">' in page
    assert "My settings" in page


def test_only_the_hash_of_a_session_is_stored(client: FlaskClient, house: House) -> None:
    enter(client)
    with client.session_transaction() as cookie:
        key = cookie["_user_id"]

    with house.database.reading() as session:
        assert key not in session.scalars(select(UserSession.key_hash)).all()
