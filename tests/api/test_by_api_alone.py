"""A unit's 年度反馈 by programs alone, from the campaign to the accepted report, returned once on the way."""

from __future__ import annotations

from typing import Any

import pytest

from app import clock
from app.services import outbox, timers
from app.services.house import House
from tests.api.conftest import CallAs, Program
from tests.services.december_report_walk import YEAR, filled_in, morning

UNIT = "sci"


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def only_task(program: Program, element_id: str) -> dict[str, Any]:
    """The one user task of this step in the program's own inbox, with its form."""
    found = [task for task in program.items("/user-tasks", mine="true") if task["element_id"] == element_id]
    assert len(found) == 1, found
    task: dict[str, Any] = program.get(f"/user-tasks/{found[0]['id']}").json
    return task


def complete(program: Program, element_id: str, **answers: Any) -> dict[str, Any]:
    task = only_task(program, element_id)
    answer = program.post(
        f"/user-tasks/{task['id']}/completion",
        {"variables": {**task["data"], **answers}},
        {"If-Match": f'"{task["revision"]}"', "Idempotency-Key": f"{element_id}-{task['id']}"},
    )
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json
    return done


def scheduler_ticks(house: House) -> None:
    timers.fire_all_due(house)
    outbox.drain(house)


def open_report(office: Program, house: House) -> None:
    """The campaign up to 1 December, for one unit only."""
    started = office.post("/process-instances", {"definition_key": "december_report", "variables": {"year": YEAR}})
    assert started.status_code == 201, started.text
    asked = only_task(office, "confirm_notice")["data"]["units"]
    others = {"exempt": True, "exempt_reason": "不在试点范围"}
    units = [{"unit": row["unit"], **({} if row["unit"] == UNIT else others)} for row in asked]
    complete(office, "confirm_notice", units=units, phone="0514-87936000")
    with clock.held(morning("2024-12-01")):
        scheduler_ticks(house)


def test_a_report_is_drafted_signed_returned_corrected_and_accepted(house: House, call_as: CallAs) -> None:
    office, contact, head = call_as("office"), call_as(f"contact.{UNIT}"), call_as(f"head.{UNIT}")
    with clock.held(morning("2024-11-20")):
        open_report(office, house)

    with clock.held(morning("2024-12-20")):
        task = only_task(contact, "draft_report")
        contact.put(f"/user-tasks/{task['id']}/draft", {"variables": filled_in(task["data"])})
        drafted = complete(contact, "draft_report")
        assert [opened["element_id"] for opened in drafted["opened"]] == ["sign_report"]
        complete(head, "sign_report", outcome="yes")

        review = only_task(office, "review_report")
        refused = office.post(f"/user-tasks/{review['id']}/return", {"reason": "补充", "to_element": "sign_report"})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "to_element")
        returned = office.post(
            f"/user-tasks/{review['id']}/return", {"reason": "请补充说明", "to_element": "draft_report"}
        )
        assert returned.status_code == 200, returned.text

    with clock.held(morning("2024-12-23")):
        complete(contact, "draft_report", problems="补充说明后的存在问题，" * 6)
        complete(head, "sign_report", outcome="yes")
        accepted = complete(office, "review_report", outcome="accepted", quality_level="good")

        instance = office.get(f"/process-instances/{accepted['instance_id']}").json
        diagram = office.get(f"/process-instances/{accepted['instance_id']}/diagram").json
    assert (instance["status"], instance["stage"], instance["unit"]) == ("completed", "accepted", UNIT)
    assert "report_accepted" in diagram["done"]
    assert diagram["active"] == []
    history = contact.items(f"/process-instances/{accepted['instance_id']}/events")
    completed = [event["payload"]["element"] for event in history if event["type"] == "user_task_completed"]
    assert completed == ["draft_report", "sign_report", "review_report", "draft_report", "sign_report", "review_report"]


def test_a_contact_takes_back_what_nobody_has_begun_with(house: House, call_as: CallAs) -> None:
    office, contact, head = call_as("office"), call_as(f"contact.{UNIT}"), call_as(f"head.{UNIT}")
    with clock.held(morning("2024-11-20")):
        open_report(office, house)

    with clock.held(morning("2024-12-20")):
        task = only_task(contact, "draft_report")
        complete(contact, "draft_report", **filled_in(task["data"]))
        complete(head, "sign_report", outcome="yes")
        withdrawn = contact.post(f"/user-tasks/{task['id']}/withdrawal")
        again = contact.post(f"/user-tasks/{task['id']}/withdrawal")

        assert withdrawn.status_code == 200, withdrawn.text
        assert (again.status_code, again.json["code"]) == (409, "stale")
        assert only_task(contact, "draft_report")["data"]["problems"]
