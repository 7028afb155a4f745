"""Several user tasks with one verb, and saved filters, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from app import clock
from app.models.user_task import Draft
from app.services.house import House
from tests.api.conftest import CallAs
from tests.api.linear import first_task, started
from tests.services.december_report_walk import morning
from tests.signatures import SIGNER, reports_to_sign

NOW = morning("2024-12-20")


def agree(*items: Any) -> dict[str, Any]:
    return {"verb": "agree", "items": [item if isinstance(item, dict) else {"id": item} for item in items]}


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def test_one_stale_row_stops_no_other_and_says_who_was_first(house: House, call_as: CallAs) -> None:
    ids = reports_to_sign(house)
    with clock.held(NOW):
        signer, other = call_as(SIGNER), call_as("head.miit")
        seen = {task["id"]: task["revision"] for task in signer.items("/user-tasks", mine="true")}
        other.post(f"/user-tasks/{ids[1]}/completion", {"variables": {"outcome": "yes"}})

        body = agree(*({"id": id_, "revision": seen[id_]} for id_ in ids))
        answer = signer.post("/user-tasks/batch", body, {"Idempotency-Key": "together"})
        again = signer.post("/user-tasks/batch", body, {"Idempotency-Key": "together"})

    results = answer.json["results"]
    assert [(row["id"], row["done"], row["code"]) for row in results] == [
        (ids[0], True, "done"), (ids[1], False, "already_completed"), (ids[2], True, "done"),
    ]  # fmt: skip
    assert (results[1]["by"], results[1]["at"]) == ("市工信局负责人", "2024-12-20T09:00:00+08:00")
    assert again.json == answer.json
    assert [signer.get(f"/user-tasks/{id_}").json["status"] for id_ in ids] == ["completed"] * 3


def test_what_changed_since_it_was_seen_and_what_somebody_has_begun_is_left(house: House, call_as: CallAs) -> None:
    ids = reports_to_sign(house)
    with clock.held(NOW):
        signer, other = call_as(SIGNER), call_as("head.miit")
        seen = signer.get(f"/user-tasks/{ids[1]}").json["revision"]
        other.post(f"/user-tasks/{ids[1]}/claim")
        other.post(f"/user-tasks/{ids[1]}/unclaim")
        signer.put(f"/user-tasks/{ids[2]}/draft", {"variables": {"opinion_text": "数据请再核对"}})

        answer = signer.post("/user-tasks/batch", agree(ids[0], {"id": ids[1], "revision": seen}, ids[2], "none"))

    assert [row["code"] for row in answer.json["results"]] == ["done", "stale", "invalid", "not_found"]
    with house.database.reading() as session:
        assert session.get_one(Draft, ids[2]).data == {"opinion_text": "数据请再核对"}


def test_a_form_that_asks_for_more_is_no_matter_for_a_batch(house: House, call_as: CallAs) -> None:
    office = call_as("office")
    task = first_task(office, started(office))

    claimed = office.post("/user-tasks/batch", {"verb": "claim", "items": [{"id": task["id"]}]})
    agreed = office.post("/user-tasks/batch", agree(task["id"]))

    assert [row["code"] for row in claimed.json["results"]] == ["done"]
    assert [row["detail"] for row in agreed.json["results"]] == ["这个环节须逐件办理。"]
    assert office.post("/user-tasks/batch", {"verb": "burn", "items": []}).status_code == 422


def test_saved_filters_are_kept_by_name_and_one_is_the_default(house: House, call_as: CallAs) -> None:
    contact = call_as("contact.sci")
    first = contact.post("/saved-filters", {"name": "逾期", "terms": {"light": "red"}, "is_default": True})
    second = contact.post("/saved-filters", {"name": "年度反馈", "terms": {"duty": "december_report", "q": "年"}})
    assert (first.status_code, second.status_code) == (201, 201)

    changed = contact.put(f"/saved-filters/{second.json['id']}", {"is_default": True, "name": "年报"})
    replaced = contact.post("/saved-filters", {"name": "逾期", "terms": {"light": "yellow"}})

    assert changed.json["name"] == "年报"
    assert replaced.json["id"] == first.json["id"]
    kept = contact.get("/saved-filters", list="inbox").json["items"]
    assert [(one["name"], one["terms"], one["is_default"]) for one in kept] == [
        ("逾期", {"light": "yellow"}, False),
        ("年报", {"duty": "december_report", "q": "年"}, True),
    ]
    assert contact.delete(f"/saved-filters/{first.json['id']}").json["name"] == "逾期"
    assert len(contact.get("/saved-filters").json["items"]) == 1


def test_a_saved_filter_is_nobody_elses(house: House, call_as: CallAs) -> None:
    saved = call_as("contact.sci").post("/saved-filters", {"name": "逾期", "terms": {"light": "red"}}).json
    other = call_as("contact.miit")

    assert other.get("/saved-filters").json["items"] == []
    assert other.put(f"/saved-filters/{saved['id']}", {"name": "x"}).status_code == 404
    assert other.delete(f"/saved-filters/{saved['id']}").status_code == 404
    for wrong in (
        {"name": "", "terms": {"light": "red"}},
        {"name": "空", "terms": {}},
        {"name": "x" * 21, "terms": {"q": "a"}},
    ):
        assert other.post("/saved-filters", wrong).status_code == 422
