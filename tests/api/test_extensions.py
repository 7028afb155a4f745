"""More time asked for by a program: the request is opened with what was said, and refused where none can be had."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from app import clock
from app.clock import ZONE
from app.models.notification import Notification
from app.models.user_task import UserTask
from app.services import reminders
from app.services.house import House
from tests.api.conftest import CallAs
from tests.services.monitorings import Monitoring
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


@pytest.fixture
def progress(house: House) -> UserTask:
    """What a unit fills in by the end of the month's first days."""
    monitoring = Monitoring(house, "sci", "2022-Q2", datetime(2022, 7, 1, 9, tzinfo=ZONE))
    monitoring.start()
    return monitoring.tasks("fill_progress")[0]


class Asking:
    """One task, and what programs see of it day by day."""

    def __init__(self, house: House, call_as: CallAs, task: UserTask) -> None:
        self.desk, self.call_as, self.task = Desk(house, task.due_on.isoformat()), call_as, task

    def day(self, working_days: int) -> date:
        """So many after the due day."""
        return self.desk.house.calendar.add(self.task.due_on, working_days)

    def held(self, call: Callable[[], Any]) -> Any:
        with clock.held(self.desk.at):
            return call()

    def asked(self, until: date) -> None:
        body = {"until": until.isoformat(), "reason": REASON}
        opened = self.held(lambda: self.call_as("contact.sci").post(f"/user-tasks/{self.task.id}/extension", body))
        written = {"variables": {**ASKED, "new_due_on": until.isoformat()}}
        path = f"/user-tasks/{opened.json['user_task_id']}/completion"
        assert self.held(lambda: self.call_as("contact.sci").post(path, written)).status_code == 200
        self.desk.do("sign_extension", outcome="yes")

    def decided(self, **answers: Any) -> None:
        path = f"/user-tasks/{self.desk.task('review_extension').id}/completion"
        answer = self.held(lambda: self.call_as("office").post(path, {"variables": answers}))
        assert answer.status_code == 200, answer.text

    def order(self) -> Any:
        body = {"definition_key": "supervision_order", "variables": {"task_id": self.task.id}}
        return self.held(lambda: self.call_as("office").post("/process-instances", body))

    def light(self) -> str:
        answer = self.held(lambda: self.call_as("contact.sci").get(f"/user-tasks/{self.task.id}/light"))
        return str(answer.json["light"])

    def overdue(self) -> dict[str, int]:
        found = self.held(lambda: self.call_as("office").items("/supervision/overdue"))
        return {one["id"]: one["working_days"] for one in found}

    def red_on_the_board(self) -> int:
        rows = self.held(lambda: self.call_as("office").get("/supervision/board")).json["units"]
        return sum(row["total"]["overdue"] for row in rows if row["unit"] == "sci")

    def reminded(self) -> bool:
        with clock.held(self.desk.at):
            reminders.remind(self.desk.house)
        begun = clock.local(self.desk.at).replace(hour=0)
        told = [row for row in self.desk.rows(Notification, kind="reminder") if clock.local(row.at) >= begun]
        return any(self.task.title in row.title and "延期申请" not in row.title for row in told)


def test_asked_in_time_and_decided_after_every_day_nobody_was_late_meanwhile(
    house: House, call_as: CallAs, progress: UserTask
) -> None:
    asking = Asking(house, call_as, progress)
    asking.asked(asking.day(1))
    asking.desk.on(asking.day(3).isoformat())

    assert (asking.light(), asking.reminded()) == ("grey", False)
    assert progress.id not in asking.overdue()
    assert asking.red_on_the_board() == 0
    refused = asking.order()
    assert refused.status_code == 422
    assert "延期申请尚未批复" in str(refused.json)

    asking.decided(outcome="other_day", granted_on=asking.day(2).isoformat(), opinion_text="同意延期，请抓紧核对数据")
    assert (asking.light(), asking.overdue()[progress.id], asking.red_on_the_board()) == ("red", 1, 1)
    assert asking.order().status_code in (200, 201)


def test_asked_too_late_nothing_is_held_and_an_order_of_that_time_goes_on(
    house: House, call_as: CallAs, progress: UserTask
) -> None:
    asking = Asking(house, call_as, progress)
    asking.desk.on(asking.day(2).isoformat())
    assert asking.order().status_code in (200, 201)
    asking.desk.issued()
    asking.asked(asking.day(4))

    assert (asking.light(), asking.overdue()[progress.id]) == ("red", 2)
    assert asking.reminded()
    asking.decided(outcome="granted")

    assert asking.desk.fresh(progress).due_on == asking.day(4)
    assert (asking.light(), asking.overdue()) == ("yellow", {})
    assert asking.desk.order().state == "issued"


def test_more_time_that_is_over_already_is_not_asked_for(house: House, call_as: CallAs, progress: UserTask) -> None:
    asking = Asking(house, call_as, progress)
    asking.desk.on(asking.day(2).isoformat())

    with clock.held(asking.desk.at):
        unit = call_as("contact.sci")
        opened: Any = unit.post(f"/user-tasks/{progress.id}/extension", {"until": "2022-07-25", "reason": REASON})
        written = {"variables": {**ASKED, "new_due_on": asking.day(1).isoformat()}}
        refused = unit.post(f"/user-tasks/{opened.json['user_task_id']}/completion", written)

    assert refused.status_code == 422
    assert "申请延至日期不得早于今天" in str(refused.json)
