"""The messages of a person: hers alone, marked as read one by one, all together, or by opening what they speak of."""

from __future__ import annotations

import pytest

from app import clock
from app.models.notification import Notification
from app.models.user_task import UserTask
from app.queries.actor import SYSTEM
from app.services import processes
from app.services.definitions import deploy
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.models import ENGINE_MODELS


@pytest.fixture
def task_id(house: House) -> str:
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE_MODELS / "valid_linear.bpmn").read_bytes()})
    processes.start(house, actor(house, "office"), "linear", {}, key="start")
    with house.database.reading() as session:
        found = session.query(UserTask.id).scalar()
    return str(found)


def put(house: House, login: str, title: str, task_id: str | None = None) -> int:
    with house.database.transaction() as session:
        message = Notification(
            person_id=actor(house, login).person_id,
            kind="urging",
            title=title,
            text="请尽快办理。",
            task_id=task_id,
            dedup_key=title,
            at=clock.now(),
        )
        session.add(message)
        session.flush()
        return message.id


def test_messages_are_counted_read_and_lead_to_their_task(house: House, task_id: str, sign_in: SignIn) -> None:
    first = put(house, "office", "催办：甲", task_id)
    put(house, "office", "催办：乙")
    client = sign_in("office")
    assert "2 条未读" in client.get("/messages").text

    answer = client.post(f"/messages/{first}")

    assert answer.location == f"/tasks/{task_id}"
    page = client.get("/messages?show=unread").text
    assert "1 条未读" in page
    assert "催办：乙" in page
    assert "催办：甲" not in page
    client.post("/messages/all")
    assert "没有未读消息" in client.get("/messages").text


def test_nobody_reads_somebody_elses_messages(house: House, sign_in: SignIn) -> None:
    message = put(house, "office", "催办：甲")
    client = sign_in("contact.sci")

    assert "催办：甲" not in client.get("/messages").text
    assert client.post(f"/messages/{message}").status_code == 404


def test_opening_a_task_answers_the_messages_about_it(house: House, task_id: str, sign_in: SignIn) -> None:
    put(house, "office", "催办：甲", task_id)
    client = sign_in("office")

    client.get(f"/tasks/{task_id}")

    assert "没有未读消息" in client.get("/messages").text


def test_more_messages_come_as_rows(house: House, sign_in: SignIn) -> None:
    for number in range(55):
        put(house, "office", f"催办：第 {number} 件")
    client = sign_in("office")

    page = client.get("/messages").text

    assert page.count("data-row>") == 50
    assert "余 5 条" in page
