"""The web application of a loaded house, and browsers in which somebody is signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.models.person import Person
from app.services import sessions
from app.services.house import House

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def app(house: House) -> Flask:
    """Asks for no CSRF tokens: tests/views/test_login.py proves them once for all forms."""
    app = create_app(house)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def sign_in(app: Flask, house: House) -> SignIn:
    """A browser in which the person with this login is signed in."""

    def browser(login: str) -> FlaskClient:
        with house.database.transaction() as session:
            person = session.scalars(select(Person).where(Person.login == login)).one()
            key = sessions.open_session(session, person, "127.0.0.1", is_only=False)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
        return client

    return browser
