"""What a page and a program are told when the database is away or a disk is full, also where they only read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from errno import ENOSPC
from typing import NoReturn

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import Database
from tests.applications import SignIn

AWAY = OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))
FULL = OperationalError("INSERT", {}, Exception("database or disk is full"))


def refused(error: Exception) -> Callable[..., NoReturn]:
    def refuse(*_: object) -> NoReturn:
        raise error

    return refuse


@pytest.fixture
def office(sign_in: SignIn) -> FlaskClient:
    return sign_in("office")


@pytest.mark.parametrize("path", ["/inbox", "/board", "/api/v1/user-tasks", "/readyz"])
@pytest.mark.parametrize("error", [AWAY, PoolTimeout("no connection is free")], ids=["away", "pool"])
def test_a_reading_page_says_when_to_come_again(
    office: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, error: Exception
) -> None:
    monkeypatch.setattr(Database, "reading", refused(error))

    answer = office.get(path)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("error", [FULL, OSError(ENOSPC, "No space left on device")], ids=["database", "files"])
def test_a_full_disk_is_told_as_such(office: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(Database, "reading", refused(error))

    assert office.get("/inbox").status_code == 507
    told = office.get("/api/v1/user-tasks").get_json()
    assert (told["status"], told["code"]) == (507, "disk_full")


def test_reading_goes_on_where_nothing_can_be_written(office: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.sessions.TOUCH_EVERY", timedelta(hours=-1))
    monkeypatch.setattr(Database, "transaction", refused(FULL))

    assert office.get("/inbox").status_code == 200


def test_another_defect_stays_a_defect(office: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    office.application.testing = False
    office.application.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("app.views.inbox.current_house", refused(OSError("something else")))

    assert office.get("/inbox").status_code == 500
