"""Agreeing to what is ticked: what is shown before, what becomes of each, and what cannot be done together."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app import clock
from app.models.user_task import UserTask
from app.services import tasks
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.inboxes import some_instance
from tests.services.december_report_walk import morning
from tests.signatures import SIGNER, reports_to_sign
from tests.views.test_inbox import shown

NOW = morning("2024-12-20")
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def ids(house: House) -> list[str]:
    return reports_to_sign(house)


def preview(client: FlaskClient, *ids: str) -> str:
    return client.post("/inbox/batch", data={"verb": "agree", "task": list(ids), "_key": "k", "query": "q=a"}).text


def sending(page: str) -> dict[str, object]:
    """The fields of the form that the preview shows."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        if name in ("_key", "query", "task") or name.startswith("revision."):
            fields.setdefault(name, []).append(value)
    return dict(fields)


def status(house: House, task_id: str) -> str:
    with house.database.reading() as session:
        return session.get_one(UserTask, task_id).status


def test_one_stale_row_stops_no_other(house: House, ids: list[str], sign_in: SignIn) -> None:
    with clock.held(NOW):
        head = sign_in(SIGNER)
        assert shown(head, "/inbox").count('data-can="claim agree"') == len(ids)
        page = preview(head, *ids)
        assert "同意报送" in page
        assert "签发并报领导小组办公室" in page
        tasks.complete(house, actor(house, "head.miit"), ids[1], {"outcome": "yes"}, key="first")

        answer = head.post("/inbox/agreement", data=sending(page))

    assert "已办理 2 件，1 件没有办成。" in answer.text
    assert "已由市工信局负责人在 12月20日 09:00 办理" in answer.text
    assert 'href="/inbox?q=a"' in answer.text
    assert [status(house, id_) for id_ in ids] == ["completed"] * 3


def test_a_script_sends_one_at_a_time_and_the_same_again_does_nothing_twice(
    house: House, ids: list[str], sign_in: SignIn
) -> None:
    with clock.held(NOW):
        head = sign_in(SIGNER)
        data = {"task": ids[0], "_key": "k", f"revision.{ids[0]}": "1"}
        answers = [head.post("/inbox/agreement", data=data, headers=SCRIPT).json for _ in range(2)]

    assert answers == [[{"task": ids[0], "is_done": True, "text": "已办理"}]] * 2
    assert status(house, ids[1]) == "open"


def test_what_changed_after_the_preview_is_left_to_be_looked_at(house: House, ids: list[str], sign_in: SignIn) -> None:
    with clock.held(NOW):
        head, other = sign_in(SIGNER), actor(house, "head.miit")
        page = preview(head, *ids)
        tasks.claim(house, other, ids[1], key="claim")
        tasks.unclaim(house, other, ids[1], key="unclaim")

        text = head.post("/inbox/agreement", data=sending(page)).text

    assert "市工信局负责人在 12月20日 09:00 有改动，请打开核对后办理" in text
    assert status(house, ids[1]) == "open"


def test_what_asks_for_more_or_is_over_stands_apart(house: House, ids: list[str], sign_in: SignIn) -> None:
    with clock.held(NOW):
        head = sign_in(SIGNER)
        tasks.save_draft(house, actor(house, SIGNER), ids[0], {"opinion_text": "再看看"})
        tasks.complete(house, actor(house, "head.miit"), ids[1], {"outcome": "yes"}, key="first")
        page = preview(head, *ids, "none")

    assert sending(page)["task"] == [ids[2]]
    assert "有暂存的意见，请打开核对后办理" in page
    assert "已由市工信局负责人在 12月20日 09:00 办理" in page
    assert "1 件没有找到，可能已归档。" in page


def test_a_form_with_fields_is_filled_in_one_by_one(house: House, sign_in: SignIn) -> None:
    some_instance(house)
    office = sign_in("office")
    page = shown(office, "/inbox")
    task_id = re.search(r'name="task" value="([^"]+)"', page)[1]  # type: ignore[index]

    assert 'data-can="claim"' in page
    assert "没有可以一并同意的事项" in preview(office, task_id)
    refused = office.post("/inbox/agreement", data={"task": task_id}, headers=SCRIPT).json
    assert [(row["is_done"], row["text"]) for row in refused] == [(False, "这个环节须逐件办理。")]
