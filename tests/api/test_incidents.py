"""Incidents for programs: listed and read by those who repair, tried again, skipped; and what is answered meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.errors import DatabaseAway, DiskFull
from app.services import registry, tasks
from app.services.cases import PLAIN
from app.services.house import House
from tests.api.conftest import CallAs, Program
from tests.api.linear import deploy

INCIDENT_FIELDS = {
    "id", "reference", "error_type", "error_message", "status", "instance_id", "definition_key", "version",
    "element_id", "user_task_id", "command", "wanted_by", "attempts", "created_at", "resolved_at", "resolved_by",
    "resolution", "reason",
}  # fmt: skip


def stopped(office: Program, business_key: str = "one") -> str:
    """The id of a user task whose form a service task without an action has stopped."""
    deploy(office, "valid_service")
    started = office.post(
        "/process-instances", {"definition_key": "service", "business_key": business_key, "variables": {"round": 0}}
    ).json["id"]
    task = next(
        task for task in office.items("/user-tasks", definition_key="service") if task["instance_id"] == started
    )
    answer = office.post(f"/user-tasks/{task['id']}/completion", {"variables": {"text": "三百字"}}, key(business_key))
    assert answer.status_code == 202
    return str(task["id"])


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": name}


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> Any:
    def mend() -> None:
        casework = replace(PLAIN, actions={"do.act": lambda *_arguments: {"is_big": True}})
        monkeypatch.setitem(registry.CASEWORK, "service", casework)  # type: ignore[arg-type]

    return mend


def test_an_incident_has_its_shape_and_is_found_by_what_it_is(call_as: CallAs) -> None:
    office = call_as("office")
    task_id = stopped(office)

    (incident,) = office.items("/incidents", status="open", error_type="fault", definition_key="service")

    assert incident.keys() == INCIDENT_FIELDS
    assert incident["reference"] == "E-0001"
    assert (incident["element_id"], incident["command"], incident["wanted_by"]) == ("act", "complete", "office")
    assert incident["user_task_id"] == task_id
    assert office.items("/incidents", status="resolved") == []
    assert office.get("/incidents", status="none").status_code == 422
    assert office.get("/incidents/2").status_code == 404


def test_what_was_filled_in_is_for_those_who_read_the_matter(call_as: CallAs) -> None:
    stopped(call_as("office"))

    assert call_as("office").get("/incidents/1").json["variables"] == {"text": "三百字"}
    assert call_as("system_admin").get("/incidents/1").json["variables"] is None
    for login in ("contact.sci", "leader", "auditor", "security_admin"):
        assert call_as(login).get("/incidents/1").status_code == 403


def test_a_retry_meets_the_fault_again_until_it_is_mended(call_as: CallAs, mended: Any) -> None:
    office = call_as("office")
    task_id = stopped(office)
    again = office.post("/incidents/1/retry")
    assert (again.status_code, again.json["reference"]) == (202, "E-0001")

    mended()
    done = office.post("/incidents/1/retry", None, key("r"))

    assert done.json == {"id": 1, "instance_id": office.get("/incidents/1").json["instance_id"]}
    assert office.post("/incidents/1/retry", None, key("r")).json == done.json
    assert office.post("/incidents/1/retry").json["code"] == "already_completed"
    sent_again = office.post(f"/user-tasks/{task_id}/completion", {"variables": {"text": "三百字"}}, key("one"))
    assert (sent_again.status_code, sent_again.json["status"]) == (200, "completed")


def test_all_of_one_element_of_one_version_are_retried(call_as: CallAs, mended: Any) -> None:
    office = call_as("office")
    stopped(office, "one")
    stopped(office, "two")
    mended()
    where = {"definition_key": "service", "version": 1, "element_id": "act"}

    assert office.post("/incidents/retry", {**where, "version": 9}).status_code == 404
    assert office.post("/incidents/retry", where).json == {"retried": [1, 2], "failed": []}


def test_a_skip_needs_a_reason_and_gives_the_form_back_as_a_draft(call_as: CallAs) -> None:
    office = call_as("office")
    task_id = stopped(office)
    locked = office.post(f"/user-tasks/{task_id}/completion", {"variables": {}})
    assert (locked.status_code, locked.json["code"]) == (423, "incident_open")
    assert office.post("/incidents/1/skip", {"reason": ""}).status_code == 422

    assert office.post("/incidents/1/skip", {"reason": "内容有误"}).status_code == 200

    assert office.get("/incidents/1").json["resolution"] == "skipped"
    assert office.get(f"/user-tasks/{task_id}").json["data"] == {"text": "三百字"}


def test_values_that_no_process_can_hold_are_named_by_field_and_are_no_incident(call_as: CallAs) -> None:
    office = call_as("office")
    deploy(office, "valid_linear")
    unfit = {"list": [1], "deep": {"a": {"b": {"c": 1}}}, "2nd": 1, "typename": "x", "large": 2**60, "fine": "x"}

    refused = office.post("/process-instances", {"definition_key": "linear", "variables": unfit})

    assert refused.status_code == 422
    assert {error["field"] for error in refused.json["errors"]} == {
        "variables.list", "variables.deep", "variables.2nd", "variables.typename", "variables.large"
    }  # fmt: skip
    office.post("/process-instances", {"definition_key": "linear", "variables": {"round": 0, "outcome": ""}})
    task = office.items("/user-tasks", definition_key="linear")[0]
    refused = office.post(f"/user-tasks/{task['id']}/completion", {"variables": {"outcome": {"a": 1}, "note": [1]}})
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json["errors"]} == {"variables.outcome", "variables.note"}
    assert office.items("/incidents") == []


def test_a_database_that_is_away_says_when_to_come_again(
    call_as: CallAs, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = call_as("office")
    task_id = stopped(office)
    for error, status in ((DatabaseAway(), 503), (DiskFull(), 507)):

        def refuse(*_arguments: object, error: Exception = error, **_options: object) -> None:
            raise error

        monkeypatch.setattr(tasks, "complete", refuse)
        answer = office.post(f"/user-tasks/{task_id}/completion", {"variables": {}})
        assert answer.status_code == status
        assert ("Retry-After" in answer.headers) == (status == 503)
