"""User tasks over HTTP: who sees which, what they look like, and what each verb answers when it comes too late."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app import clock
from app.services.house import House
from tests.api.conftest import CallAs
from tests.api.linear import first_task, started
from tests.services.december_report_walk import Walk, morning, unit_key

SHAPE = {
    "id", "instance_id", "definition_key", "element_id", "name", "status", "unit", "assignee", "candidates", "due_at",
    "light", "revision", "created_at", "completed_at", "clause",
}  # fmt: skip


@pytest.fixture
def walk(house: House) -> Walk:
    """Two units with a report to draft, since 1 December."""
    return Walk(house).collect("sci", "miit")


def test_a_user_task_has_the_shape_of_the_contract(walk: Walk, call_as: CallAs) -> None:
    with clock.held(morning("2024-12-16")):
        task = call_as("office").items("/user-tasks", unit="sci")[0]

    assert set(task) >= SHAPE
    assert (task["element_id"], task["status"], task["light"], task["assignee"]) == (
        "draft_report", "open", "green", None,
    )  # fmt: skip
    assert task["due_at"] == "2024-12-24T23:59:59+08:00"
    assert task["candidates"] == ["contact.sci"]
    assert task["clause"]


def test_nobody_is_a_candidate_for_what_her_own_unit_hands_in(walk: Walk, call_as: CallAs) -> None:
    walk.on("2024-12-20").submit("miit")

    (review,) = [task for task in call_as("auditor").items("/user-tasks") if task["element_id"] == "review_report"]

    assert set(review["candidates"]) == {"office", "office.drc"}
    assert call_as("office.miit").items("/user-tasks", mine="true") == []


def test_a_person_lists_her_own_scope_and_the_readers_all(walk: Walk, call_as: CallAs) -> None:
    def units(login: str) -> set[str]:
        return {task["unit"] for task in call_as(login).items("/user-tasks", status="open")}

    assert units("contact.sci") == units("head.sci") == {"sci"}
    for reader in ("office", "leader", "auditor"):
        assert units(reader) >= {"sci", "miit"}
    assert units("system_admin") == set()


def test_what_is_mine_lies_in_my_inboxes_and_once_done_with_me(walk: Walk, call_as: CallAs) -> None:
    contact, head = call_as("contact.sci"), call_as("head.sci")
    assert [task["element_id"] for task in contact.items("/user-tasks", mine="true")] == ["draft_report"]
    assert head.items("/user-tasks", mine="true") == []

    walk.on("2024-12-20").draft("sci")

    assert contact.items("/user-tasks", mine="true") == []
    assert [task["status"] for task in contact.items("/user-tasks", mine="true", status="completed")] == ["completed"]
    assert [task["element_id"] for task in head.items("/user-tasks", mine="true")] == ["sign_report"]


@pytest.mark.parametrize(("day", "light"), [("2024-12-16", "green"), ("2024-12-20", "yellow"), ("2024-12-26", "red")])
def test_the_filter_by_light_finds_what_the_list_shows(walk: Walk, call_as: CallAs, day: str, light: str) -> None:
    with clock.held(morning(day)):
        office = call_as("office")
        drafts = {"definition_key": "december_report_unit", "q": "年度反馈", "status": "open"}
        shown = {task["id"] for task in office.items("/user-tasks", **drafts)}
        for other in ("green", "yellow", "red", "blue", "grey"):
            found = office.items("/user-tasks", **drafts, light=other)
            assert {task["id"] for task in found} == (shown if other == light else set())
            assert {task["light"] for task in found} <= {light}


def test_pages_follow_one_another_without_a_gap(walk: Walk, call_as: CallAs) -> None:
    office = call_as("office")
    whole = [task["id"] for task in office.items("/user-tasks")]

    for sort in ("due_at", "-due_at", "created_at", "-created_at"):
        assert sorted(task["id"] for task in office.items("/user-tasks", limit=1, sort=sort)) == sorted(whole)
    completed = [task["completed_at"] for task in office.items("/user-tasks", limit=1, sort="-completed_at")]
    assert completed == sorted(completed, reverse=True)


def test_a_task_comes_with_its_form_and_what_was_typed(walk: Walk, call_as: CallAs) -> None:
    contact = call_as("contact.sci")
    task_id = walk.task("draft_report", unit_key("sci")).id
    before = contact.get(f"/user-tasks/{task_id}")
    assert before.json["form"]["properties"]["problems"]["type"] == "string"
    assert before.json["data"]["figures"]
    assert before.headers["ETag"] == f'"{before.json["revision"]}"'

    saved = contact.put(f"/user-tasks/{task_id}/draft", {"data": {"problems": "先写一半"}})

    assert saved.status_code == 200
    after = contact.get(f"/user-tasks/{task_id}").json
    assert after["data"]["problems"] == "先写一半"
    assert after["data"]["figures"] == [
        {name: value for name, value in row.items() if name in now} for row, now in _pairs(before.json, after)
    ]


def _pairs(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return list(zip(before["data"]["figures"], after["data"]["figures"], strict=True))


def test_a_completed_task_shows_what_was_sent(walk: Walk, call_as: CallAs) -> None:
    task_id = walk.task("draft_report", unit_key("sci")).id
    walk.on("2024-12-20").draft("sci", problems="送出的存在问题，" * 8)

    task = call_as("contact.sci").get(f"/user-tasks/{task_id}").json

    assert (task["status"], task["light"]) == ("completed", "blue")
    assert task["data"]["problems"] == "送出的存在问题，" * 8


def test_a_form_that_breaks_rules_is_refused_by_field(walk: Walk, call_as: CallAs) -> None:
    contact, task_id = call_as("contact.sci"), walk.task("draft_report", unit_key("sci")).id

    refused = contact.post(f"/user-tasks/{task_id}/completion", {"variables": {"problems": 7, "statement": "是"}})

    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    fields = {error["field"] for error in refused.json["errors"]}
    assert {"problems", "statement"} <= fields


def test_the_second_to_complete_learns_who_was_first(call_as: CallAs) -> None:
    office, colleague = call_as("office"), call_as("office.drc")
    task = first_task(office, started(office))
    office.post(f"/user-tasks/{task['id']}/completion", {"variables": {}})

    late = colleague.post(f"/user-tasks/{task['id']}/completion", {"variables": {}})

    assert (late.status_code, late.json["code"], late.json["by"]) == (409, "already_completed", "周文博")
    assert late.json["at"].startswith(str(clock.now().year))


def test_the_same_key_is_answered_again_and_another_content_refused(call_as: CallAs) -> None:
    office = call_as("office")
    task = first_task(office, started(office))
    path, key = f"/user-tasks/{task['id']}/completion", {"Idempotency-Key": "一次"}

    first = office.post(path, {"variables": {"outcome": "yes"}}, key)
    again = office.post(path, {"variables": {"outcome": "yes"}}, key)
    other = office.post(path, {"variables": {"outcome": "no"}}, key)

    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert (other.status_code, other.json["code"]) == (409, "key_reused")


def test_an_old_revision_is_stale_and_one_that_is_none_is_no_request(call_as: CallAs) -> None:
    office = call_as("office")
    task = first_task(office, started(office))
    claimed = office.post(f"/user-tasks/{task['id']}/claim", headers={"If-Match": '"1"'})
    assert claimed.json["revision"] == 2

    path = f"/user-tasks/{task['id']}/completion"
    stale = office.post(path, {"variables": {}}, {"If-Match": '"1"'})
    wrong = office.post(path, {"variables": {}}, {"If-Match": "one"})
    right = office.post(path, {"variables": {}}, {"If-Match": '"2"'})

    assert (stale.status_code, stale.json["code"], stale.json["revision"]) == (409, "stale", 2)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (400, "If-Match")
    assert right.status_code == 200


def test_a_claimed_task_is_its_claimers_until_it_is_put_back(call_as: CallAs) -> None:
    office, colleague = call_as("office"), call_as("office.drc")
    task = first_task(office, started(office))
    office.post(f"/user-tasks/{task['id']}/claim")

    assert office.get(f"/user-tasks/{task['id']}").json["assignee"] == "office"
    assert colleague.post(f"/user-tasks/{task['id']}/claim").json["code"] == "reassigned"
    assert colleague.items("/user-tasks", mine="true") == []
    office.post(f"/user-tasks/{task['id']}/unclaim")
    assert colleague.post(f"/user-tasks/{task['id']}/claim").status_code == 200


def test_another_units_task_answers_like_a_missing_one(walk: Walk, call_as: CallAs) -> None:
    contact, theirs = call_as("contact.sci"), walk.task("draft_report", unit_key("miit")).id

    for task_id in (theirs, "no-such-task"):
        answers = [
            contact.get(f"/user-tasks/{task_id}"),
            contact.post(f"/user-tasks/{task_id}/claim"),
            contact.post(f"/user-tasks/{task_id}/unclaim"),
            contact.post(f"/user-tasks/{task_id}/completion", {"variables": {}}),
            contact.post(f"/user-tasks/{task_id}/return", {"reason": "退回"}),
            contact.post(f"/user-tasks/{task_id}/withdrawal"),
            contact.put(f"/user-tasks/{task_id}/draft", {"variables": {}}),
        ]
        assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(404, "not_found")] * len(answers)


def test_a_first_step_cannot_be_returned(walk: Walk, call_as: CallAs) -> None:
    task_id = walk.task("draft_report", unit_key("sci")).id

    refused = call_as("contact.sci").post(f"/user-tasks/{task_id}/return", {"reason": "退回"})

    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "outcome")


def test_only_the_office_urges_and_once_a_day(walk: Walk, call_as: CallAs) -> None:
    path = f"/user-tasks/{walk.task('draft_report', unit_key('sci')).id}/urging"
    with clock.held(morning("2024-12-16")):
        office = call_as("office")

        assert call_as("contact.sci").post(path, {"text": "请尽快"}).status_code == 403
        assert office.post(path, {"text": "请尽快"}).json == {"urged": 1}
        assert office.post(path, {"text": "再催"}).status_code == 409
        assert office.post(path.replace("urging", "claim")).status_code == 403


def test_the_overdue_list_says_by_how_many_working_days(walk: Walk, call_as: CallAs) -> None:
    with clock.held(morning("2024-12-26")):
        late = call_as("leader").items("/supervision/overdue")

    assert {task["unit"] for task in late} == {"sci", "miit"}
    assert {task["working_days"] for task in late} == {2}
    assert date.fromisoformat(late[0]["due_at"][:10]) == date(2024, 12, 24)
    assert call_as("contact.sci").get("/supervision/overdue").status_code == 403


def test_a_task_is_delegated_handed_back_transferred_and_copied(call_as: CallAs) -> None:
    office, colleague = call_as("office"), call_as("office.drc")
    path = f"/user-tasks/{first_task(office, started(office))['id']}"

    delegated = office.post(f"{path}/delegation", {"to": "office.drc", "reason": "请准备"})
    back = colleague.post(f"{path}/delegation/end", {"note": "已备好"})
    given = office.post(f"{path}/transfer", {"to": "office.drc"})
    copied = colleague.post(f"{path}/copies", {"to": ["leader", "contact.sci"], "note": "请知悉"})

    assert [answer.json["assignee"] for answer in (delegated, back, given)] == ["office.drc", "office", "office.drc"]
    assert copied.json["copied"] == 2
    assert office.post(f"{path}/completion", {"variables": {}}).status_code == 409
    refused = colleague.post(f"{path}/transfer", {"to": "contact.sci"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "to")
