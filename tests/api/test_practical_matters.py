"""办实事清单 by programs alone: a year is opened, drawn up, approved; one matter is delivered, others are dropped."""

from __future__ import annotations

import pytest

from app import clock
from app.services import outbox
from app.services.house import House
from tests.api.conftest import CallAs
from tests.api.test_by_api_alone import complete
from tests.services.matters import SUMMARY, Matters

UNITS = ("fin", "drc")


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def test_a_list_and_two_of_its_matters(house: House, call_as: CallAs) -> None:
    matters = Matters(house)
    with clock.held(matters.at):
        office, signer, leader = call_as("office"), call_as("signer"), call_as("leader")
        told = {"definition_key": "practical_matter", "variables": {"year": 2023}}
        first, second = office.post("/process-instances", told), office.post("/process-instances", told)
    assert (first.status_code, second.json["id"]) == (201, first.json["id"])
    matters.proposed(0)
    with clock.held(matters.at):
        rows = [matters.choice(number, lead="市财政局") for number in range(1, 9)]
        complete(office, "choose_matters", matters=rows)
        for unit in UNITS:
            complete(call_as(f"contact.{unit}"), "countersign_matters", outcome="yes")
        complete(signer, "sign_matters", outcome="yes")
        complete(leader, "approve_matters", outcome="yes")
        outbox.drain(house)

        for number in range(2, 9):
            message = {"name": "matter_dropped", "correlation": f"practical_matter_item:2023:{number:02}"}
            assert office.post("/messages", {**message, "variables": {"reason": "调整"}}).status_code == 200
        contact, head = call_as("contact.fin"), call_as("head.fin")
        steps = [matters.milestone(number) for number in (1, 2)]
        complete(contact, "set_milestones", milestones=steps, public_text="可在企业首页了解办理条件并提出申请。")
        complete(head, "sign_milestones", outcome="yes")
        done = [{"no": number, "is_done": True, "evidence": ["file"]} for number in (1, 2)]
        complete(contact, "request_acceptance", milestones=done, summary=SUMMARY)
        complete(head, "sign_acceptance", outcome="yes")
        complete(office, "accept_matter", outcome="accepted", quality_level="good")

    matters.later(20)
    found = office.items("/process-instances", definition_key="practical_matter_item")
    assert sorted(row["stage"] for row in found) == ["accepted", *["dropped"] * 7]
    assert office.items("/process-instances", definition_key="practical_matter")[0]["status"] == "completed"
