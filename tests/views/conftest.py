"""An application of its own for each test, on a copy of the loaded office, and browsers signed in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.models.person import Person
from app.services import sessions
from app.services.house import House
from app.terms import Role
from tests.factories import house_on, load_office, person

PASSWORD = "Sunny-day 42"
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(scope="session")
def office_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office of tests/factories.py with its three administrators; everybody's password is PASSWORD."""
    file = tmp_path_factory.mktemp("views") / "duban.sqlite3"
    house = house_on(f"sqlite:///{file}", file.parent)
    load_office(house)
    with house.database.transaction() as session:
        session.add_all(person(role.value, role.label, "office", (role, None)) for role in ADMINISTRATORS)
        session.flush()
        for one in session.scalars(select(Person)):
            one.password_hash = house.passwords.hash(PASSWORD)
    house.close()
    return file


@pytest.fixture
def house(office_file: Path, tmp_path: Path) -> Iterator[House]:
    copy = tmp_path / "duban.sqlite3"
    copy.write_bytes(office_file.read_bytes())
    house = house_on(f"sqlite:///{copy}", tmp_path)
    yield house
    house.close()


@pytest.fixture
def app(house: House) -> Flask:
    """Without CSRF tokens, which tests/views/test_login.py proves once for all forms."""
    app = create_app(house)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def sign_in(app: Flask, house: House) -> SignIn:
    """A browser in which the person with this login is signed in."""

    def browser(login: str) -> FlaskClient:
        with house.database.transaction() as session:
            one = session.scalars(select(Person).where(Person.login == login)).one()
            key = sessions.open_session(session, one, "127.0.0.1", is_only=False)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
        return client

    return browser
