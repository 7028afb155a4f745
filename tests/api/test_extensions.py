"""More time asked for by a program: the request is opened with what was said, and refused where none can be had."""

from __future__ import annotations

from app import clock
from app.services.house import House
from tests.api.conftest import CallAs
from tests.services.orders import ASKED, Desk

REASON = "统计数据尚未发布，需要等待数据后逐项核对再填报。"


def test_a_request_is_opened_once_and_written_where_it_says(house: House, call_as: CallAs) -> None:
    desk = Desk(house).matter().issued().signed_for().on("2022-07-19")
    task = desk.task("report_back")
    path, once = f"/user-tasks/{task.id}/extension", {"Idempotency-Key": "once"}
    with clock.held(desk.at):
        unit = call_as("contact.miit")
        answer = unit.post(path, {"until": "2022-07-25", "reason": REASON}, once)
        again = unit.post(path, {"until": "2022-07-25", "reason": REASON}, once)
        assert answer.status_code == 200, answer.text
        assert again.json == answer.json
        form = unit.get(f"/user-tasks/{answer.json['user_task_id']}").json["data"]
        assert (form["new_due_on"], form["reason"]) == ("2022-07-25", REASON)
        second = unit.post(path, {"until": "2022-07-26", "reason": REASON})
        assert second.status_code == 422
        assert second.json["detail"] == "已有延期申请在办"
        written = {**ASKED, "new_due_on": "2022-07-25"}
        done = unit.post(f"/user-tasks/{answer.json['user_task_id']}/completion", {"variables": written})
        assert done.status_code == 200, done.text


def test_another_units_task_is_not_found_and_the_office_asks_for_none(house: House, call_as: CallAs) -> None:
    desk = Desk(house).matter().issued()
    task = desk.task("sign_for")
    with clock.held(desk.at):
        assert call_as("contact.sci").post(f"/user-tasks/{task.id}/extension", {}).status_code == 404
        assert call_as("office").post(f"/user-tasks/{task.id}/extension", {}).status_code == 403
        refused = call_as("contact.miit").post(f"/user-tasks/{task.id}/extension", {"until": "2022-07-25"})
        assert refused.status_code == 422
