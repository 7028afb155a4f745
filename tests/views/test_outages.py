"""A database that is away and a disk that is full answer in our words; what was typed comes back to be sent again."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import Database
from app.errors import AppError, DatabaseAway, DiskFull
from app.queries.actor import SYSTEM
from app.services import processes, tasks
from app.services.definitions import deploy
from app.services.house import House
from tests import walks
from tests.applications import SignIn
from tests.factories import actor


@pytest.fixture
def task(house: House) -> str:
    """The address of an open user task."""
    with clock.held(walks.BEGIN):
        deploy(house, SYSTEM, {"linear.bpmn": (walks.ENGINE / "valid_linear.bpmn").read_bytes()})
        started = processes.start(house, actor(house, "office"), "linear", {"round": 0, "outcome": ""}, key="a")
    with house.database.reading() as session:
        found = session.execute(text("SELECT id FROM user_task WHERE instance_id = :id"), {"id": started["id"]})
        return f"/tasks/{found.scalar_one()}"


def away(*_arguments: object, **_options: object) -> Any:
    raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("unable to open database file"))


@pytest.mark.parametrize(("error", "status"), [(DatabaseAway(), 503), (DiskFull(), 507)])
def test_what_was_typed_is_offered_for_sending_once_more(
    sign_in: SignIn, task: str, monkeypatch: pytest.MonkeyPatch, error: AppError, status: int
) -> None:
    client = sign_in("office")

    def refuse(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(tasks, "complete", refuse)
    answer = client.post(task, data={"remark": "三百字", "_key": "k"})

    assert answer.status_code == status
    assert error.text in answer.text
    assert 'name="remark" value="三百字"' in answer.text
    assert 'name="_key" value="k"' in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.parametrize("path", ["/inbox", "/board", "/incidents", "/login"])
def test_a_page_that_cannot_be_read_says_so_and_is_no_500(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    client = sign_in("office")
    monkeypatch.setattr(Database, "reading", away)
    monkeypatch.setattr(Database, "writing", away)

    answer = client.get(path)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_a_password_is_not_written_into_a_page(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in("office")
    monkeypatch.setattr(Database, "reading", away)
    monkeypatch.setattr(Database, "writing", away)

    answer = client.post("/login", data={"login": "office", "password": "a secret of hers"})

    assert answer.status_code == 503
    assert "a secret of hers" not in answer.text


def test_a_part_of_a_page_says_it_too(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in("office")
    monkeypatch.setattr(Database, "reading", away)

    answer = client.get("/inbox", headers={"HX-Request": "true"})

    assert (answer.status_code, DatabaseAway.text in answer.text) == (503, True)
