"""Signers, returns to an earlier step and comments, as programs use them; on each kind of database."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import SYSTEM
from app.services import outbox, processes
from app.services.definitions import deploy
from app.services.house import House
from tests.api.conftest import CallAs
from tests.factories import actor
from tests.models import ENGINE_MODELS


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


@pytest.fixture
def first(house: House) -> str:
    """The first of three user tasks of the office."""
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE_MODELS / "valid_linear.bpmn").read_bytes()})
    processes.start(house, actor(house, "office"), "linear", {}, key="start")
    return open_id(house, "a")


def open_id(house: House, element_id: str) -> str:
    with house.database.reading() as session:
        return str(session.scalars(select(UserTask.id).where(UserTask.element_id == element_id, IS_OPEN)).one())


def test_signers_are_asked_urged_removed_and_hold_the_form(house: House, first: str, call_as: CallAs) -> None:
    office, path = call_as("office"), f"/user-tasks/{first}"
    asked = office.post(f"{path}/signers", {"to": ["leader"], "units": ["sci"], "mode": "all", "text": "请核对"})
    assert (asked.status_code, asked.json["added"]) == (200, 2)

    held = office.post(f"{path}/completion", {"variables": {}})
    assert (held.status_code, held.json["errors"][0]["field"]) == (422, "signers")
    assert office.post(f"{path}/signers/urging", {"text": "请尽快"}).json == {"urged": 2}
    listed = office.get(f"{path}/signers").json["items"][0]
    assert [one["state"] for one in listed["signers"]] == ["waiting", "waiting"]
    assert office.post(f"{path}/signers/removal", {"signer": "contact:sci"}).json["removed"] == 1
    signed = call_as("leader").post(
        f"/user-tasks/{open_id(house, 'sign_jointly')}/completion", {"variables": {"outcome": "yes"}}
    )
    assert signed.status_code == 200

    assert office.get(f"{path}/signers").json["items"][0]["state"] == "passed"
    assert office.post(f"{path}/completion", {"variables": {}}).status_code == 200


def test_a_form_that_is_signed_after_it_was_sent_goes_on_by_itself(house: House, first: str, call_as: CallAs) -> None:
    office, path = call_as("office"), f"/user-tasks/{first}"
    assert office.post(f"{path}/signers", {"to": ["leader"], "side": "after"}).status_code == 200

    sent = office.post(f"{path}/completion", {"variables": {"note": "已核对"}})

    assert (sent.status_code, sent.json["status"], sent.json["opened"]) == (200, "claimed", [])
    call_as("leader").post(
        f"/user-tasks/{open_id(house, 'sign_jointly')}/completion", {"variables": {"outcome": "yes"}}
    )
    outbox.drain(house)
    assert office.get(path).json["status"] == "completed"
    assert office.get(path).json["data"] == {"note": "已核对"}


@pytest.mark.parametrize(
    "body",
    [{}, {"to": ["nobody"]}, {"to": ["leader"], "mode": "most"}, {"to": ["leader"], "share": 0}, {"to": ["auditor"]}],
)
def test_what_cannot_be_asked_is_refused_by_field(first: str, call_as: CallAs, body: dict[str, object]) -> None:
    assert call_as("office").post(f"/user-tasks/{first}/signers", body).status_code == 422


def test_another_ones_task_is_not_hers_to_have_signed(first: str, call_as: CallAs) -> None:
    assert call_as("contact.sci").post(f"/user-tasks/{first}/signers", {"to": ["leader"]}).status_code == 404
    assert call_as("leader").post(f"/user-tasks/{first}/signers", {"to": ["office"]}).status_code == 403


def test_a_return_names_one_of_the_steps_that_are_listed(house: House, first: str, call_as: CallAs) -> None:
    office = call_as("office")
    office.post(f"/user-tasks/{first}/completion", {"variables": {}})
    office.post(f"/user-tasks/{open_id(house, 'b')}/completion", {"variables": {}})
    path = f"/user-tasks/{open_id(house, 'c')}"
    listed = office.get(f"{path}/returns").json["items"]
    assert [(one["element_id"], one["is_allowed"]) for one in listed] == [("b", True), ("a", True)]

    refused = office.post(f"{path}/return", {"reason": "请补充", "to_element": "c"})
    back = office.post(f"{path}/return", {"reason": "请补充", "to_element": "a"})

    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "to_element")
    assert (back.status_code, [one["element_id"] for one in back.json["opened"]]) == (200, ["a"])


def test_a_comment_tells_whom_it_names(first: str, call_as: CallAs) -> None:
    office, path = call_as("office"), f"/user-tasks/{first}/comments"

    assert office.post(path, {"text": "请@leader审阅"}).json["mentioned"] == 1
    assert office.post(path, {"text": "请@contact.sci审阅"}).status_code == 422
    assert call_as("contact.sci").post(path, {"text": "请看"}).status_code == 404
