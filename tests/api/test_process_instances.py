"""Definitions, instances and messages over HTTP."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from app import clock
from app.errors import ProcessFault
from app.services.house import House
from tests.api.conftest import CallAs
from tests.api.linear import deploy, first_task, started
from tests.services.december_report_walk import Walk, morning, unit_key

SHAPE = {"id", "definition_key", "version", "business_key", "status", "started_at"}


def test_files_become_versions_and_unchanged_ones_keep_theirs(call_as: CallAs) -> None:
    office = call_as("office")

    first, again = deploy(office, "valid_linear"), deploy(office, "valid_linear")

    assert first.status_code == again.status_code == 201
    assert first.json == again.json == {"definitions": [{"key": "linear", "version": 1}]}
    listed = office.items("/process-definitions", key="linear")
    assert [(row["key"], row["version"]) for row in listed] == [("linear", 1)]
    drawing = office.get("/process-definitions/linear/xml", version=1)
    assert (drawing.status_code, drawing.mimetype) == (200, "application/xml")
    assert 'id="linear"' in drawing.text
    assert office.get("/process-definitions/linear/xml", version=2).status_code == 404


def test_a_refused_file_names_element_and_line_and_nothing_is_kept(call_as: CallAs) -> None:
    office = call_as("office")

    refused = deploy(office, "valid_linear", "invalid_order_y")

    assert (refused.status_code, refused.json["code"]) == (422, "invalid_definition")
    problem = refused.json["errors"][0]
    assert (problem["file"], problem["element_id"]) == ("invalid_order_y.bpmn", "g")
    assert problem["line"] > 0
    assert office.items("/process-definitions", key="linear") == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<",
        b"\x00\xff",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        "<?xml version='1.0' encoding='gb18030'?><x name='流程'/>".encode("gb18030"),
    ],
)
def test_what_is_no_bpmn_is_refused(call_as: CallAs, content: bytes) -> None:
    files = {"files": [(BytesIO(content), "x.bpmn")]}

    answer = call_as("office").post("/deployments", data=files, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["file"] == "x.bpmn"


def test_where_the_house_asks_for_two_everywhere_a_program_only_proposes(call_as: CallAs, house: House) -> None:
    object.__setattr__(house.settings, "needs_two_everywhere", True)
    office = call_as("office")

    answer = deploy(office, "valid_linear")

    assert answer.status_code == 201
    assert answer.json["definitions"] == []
    assert answer.json["proposal"]["status"] == "proposed"
    assert office.items("/process-definitions", key="linear") == []


def test_only_the_office_and_the_system_administrator_publish(call_as: CallAs) -> None:
    assert deploy(call_as("contact.sci"), "valid_linear").status_code == 403
    assert deploy(call_as("system_admin"), "valid_linear").status_code == 201


def test_an_instance_has_the_shape_of_the_contract(call_as: CallAs) -> None:
    office = call_as("office")
    deploy(office, "valid_linear")
    body = {"definition_key": "linear", "business_key": "cafe\u0301", "variables": {"round": 0, "outcome": ""}}

    answer = office.post("/process-instances", body)

    assert answer.status_code == 201
    assert set(answer.json) >= SHAPE
    assert answer.json["business_key"] == "café"
    assert (answer.json["version"], answer.json["status"]) == (1, "active")
    there = office.get(answer.headers["Location"].removeprefix("/api/v1"))
    assert there.json == answer.json
    assert office.post("/process-instances", body).json["id"] == answer.json["id"]
    assert [row["id"] for row in office.items("/process-instances", business_key="café")] == [answer.json["id"]]


def test_a_process_that_is_not_there_and_a_year_that_cannot_be(call_as: CallAs) -> None:
    office = call_as("office")

    unknown = office.post("/process-instances", {"definition_key": "no_such"})
    far = office.post("/process-instances", {"definition_key": "december_report", "variables": {"year": 2031}})
    child = office.post("/process-instances", {"definition_key": "december_report_unit"})

    assert unknown.status_code == 404
    assert (far.status_code, far.json["errors"][0]["field"]) == (422, "year")
    assert (child.status_code, child.json["errors"][0]["field"]) == (422, "definition_key")
    assert call_as("contact.sci").post("/process-instances", {"definition_key": "linear"}).status_code == 403


def test_a_person_lists_the_instances_of_her_scope(house: House, call_as: CallAs) -> None:
    walk = Walk(house).collect("sci", "miit")
    mine, theirs = walk.instance(unit_key("sci")).id, walk.instance(unit_key("miit")).id
    contact, auditor = call_as("contact.sci"), call_as("auditor")

    assert [row["id"] for row in contact.items("/process-instances")] == [mine]
    assert {row["id"] for row in auditor.items("/process-instances", limit=1)} >= {mine, theirs}
    active = auditor.items("/process-instances", status="active", definition_key="december_report_unit")
    assert {row["id"] for row in active} == {mine, theirs}
    for part in ("", "/events", "/diagram"):
        assert contact.get(f"/process-instances/{mine}{part}").status_code == 200
        assert contact.get(f"/process-instances/{theirs}{part}").status_code == 404
        assert contact.get(f"/process-instances/none{part}").status_code == 404


def test_the_diagram_of_a_moment(call_as: CallAs) -> None:
    with clock.held(morning("2024-12-02")):
        office = call_as("office")
        instance_id = started(office)
    with clock.held(morning("2024-12-03")):
        task = first_task(office, instance_id)
        office.post(f"/user-tasks/{task['id']}/completion", {"variables": {}})

    path = f"/process-instances/{instance_id}/diagram"
    before = office.get(path, at=(morning("2024-12-02") - timedelta(hours=1)).isoformat()).json
    then = office.get(path, at=morning("2024-12-02").isoformat()).json
    now = office.get(path).json
    assert before == {"done": [], "active": [], "cancelled": [], "flows": []}
    assert (then["active"], now["active"]) == (["a"], ["b"])
    assert "a" in now["done"]
    assert set(then["flows"]) < set(now["flows"])
    assert office.get(path, at="2024-12-02T09:00:00").status_code == 422
    assert office.get(path, at="0001-01-01T00:00:00+08:00").status_code in (200, 422)


def test_a_cancelled_instance_is_gone_with_its_tasks(call_as: CallAs) -> None:
    office = call_as("office")
    instance_id = started(office)
    task = first_task(office, instance_id)
    path = f"/process-instances/{instance_id}/cancellation"

    assert office.post(path, {"reason": "  "}).status_code == 422
    assert office.post(path, {"reason": "重复"}).json == {"id": instance_id, "status": "cancelled"}

    late = office.post(f"/user-tasks/{task['id']}/completion", {"variables": {}})
    assert (late.status_code, late.json["code"]) == (410, "cancelled")
    assert office.get(f"/user-tasks/{task['id']}").json["light"] is None
    assert office.get(f"/process-instances/{instance_id}").json["status"] == "cancelled"


def test_a_message_reaches_whoever_waits_for_it(house: House, call_as: CallAs) -> None:
    Walk(house).collect("sci")
    office = call_as("office")
    message = {"name": "unit_ended", "correlation": "2024:sci", "variables": {"document": "扬编〔2024〕12号"}}

    assert call_as("contact.sci").post("/messages", message).status_code == 403
    assert office.post("/messages", {**message, "correlation": "none"}).status_code == 404
    assert office.post("/messages", message).json == {"delivered": 1}
    assert [task["element_id"] for task in office.items("/user-tasks", q="年度反馈", mine="true")] == ["name_successor"]


def test_an_incident_is_accepted_with_a_reference(call_as: CallAs) -> None:
    office = call_as("office")
    deploy(office, "valid_service")
    answer = office.post("/process-instances", {"definition_key": "service", "variables": {"outcome": "", "round": 0}})
    task = office.items("/user-tasks", definition_key="service")[0]

    stopped = office.post(f"/user-tasks/{task['id']}/completion", {"variables": {"text": "三百字"}})

    assert answer.status_code == 201
    assert (stopped.status_code, stopped.json["code"]) == (202, ProcessFault.code)
    assert stopped.json["reference"].startswith("E-")
    again = office.post(f"/user-tasks/{task['id']}/completion", {"variables": {}})
    assert (again.status_code, again.json["code"]) == (423, "incident_open")


def test_an_instances_history_is_its_chain(call_as: CallAs) -> None:
    office = call_as("office")
    instance_id = started(office)
    task = first_task(office, instance_id)
    office.post(f"/user-tasks/{task['id']}/completion", {"variables": {"outcome": "yes"}})

    first, second = office.items(f"/process-instances/{instance_id}/events", limit=1)

    assert (first["type"], second["type"]) == ("instance_started", "user_task_completed")
    assert second["prev"] == first["hash"]
    assert second["payload"]["answers"] == {"outcome": "yes"}
