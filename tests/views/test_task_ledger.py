"""事项台账: all tasks of a year with their days, extensions and orders, for a reader all, for a unit its own."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from app.db import table_of
from app.models.process import ProcessInstance
from app.models.supervision_order import ExtensionRequest, SupervisionOrder
from app.queries import task_ledger
from app.services.house import House
from tests.applications import SignIn
from tests.inboxes import put, some_instance
from tests.views.test_inbox import shown, titles

DUTY = {"duty": "december_report"}


@pytest.fixture
def instance_id(house: House) -> str:
    id_ = some_instance(house)
    with house.database.writing() as connection:
        connection.execute(update(table_of(ProcessInstance)).values(year=2024))
    return id_


def rows(content: bytes) -> list[dict[str, Any]]:
    lines = list(openpyxl.load_workbook(BytesIO(content)).active.values)[2:]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def extended_and_ordered(house: House, task_id: str) -> None:
    order = {"source_key": "t", "source": "manual", "subject_key": "t", "subject": "s", "title": "t", "content": "c"}
    with house.database.transaction() as session:
        session.add(ExtensionRequest(key="a", task_id=task_id, position=1, unit_id="miit", state="granted",
                                     asked_on=date(2024, 12, 2), old_due_on=date(2024, 12, 10),
                                     granted_on=date(2024, 12, 13)))  # fmt: skip
        session.add(ExtensionRequest(key="b", task_id=task_id, position=2, unit_id="miit", state="refused",
                                     asked_on=date(2024, 12, 12), old_due_on=date(2024, 12, 13)))  # fmt: skip
        for number, state in (("2024-1", "working"), ("2024-2", "drafting")):
            session.add(SupervisionOrder(**{**order, "source_key": number}, number=number, year=2024, task_id=task_id,
                                         unit_id="miit", state=state, opened_on=date(2024, 12, 14)))  # fmt: skip


def test_a_row_tells_states_days_extensions_and_orders(house: House, instance_id: str, sign_in: SignIn) -> None:
    late = put(house, instance_id, date(2024, 12, 13), title="=迟报的事项", **DUTY)
    extended_and_ordered(house, late)
    over = {"status": "completed", "completed_at": datetime.fromisoformat("2024-12-11T10:00:00+08:00")}
    put(house, instance_id, date(2024, 12, 10), title="迟办的事项", **DUTY, **over)
    put(house, instance_id, None, title="取消的事项", **DUTY, status="cancelled")

    answer = sign_in("office").get("/ledger/tasks.xlsx?year=2024")

    found = {row["事项"]: row for row in rows(answer.data)}
    row = found["=迟报的事项"]
    assert [row[name].date() for name in ("原时限", "延期至", "办理时限")] == [
        date(2024, 12, 10), date(2024, 12, 13), date(2024, 12, 13),
    ]  # fmt: skip
    assert (row["责任单位"], row["职责事项"], row["状态"]) == ("市工信局", "年度反馈", "逾期")
    assert row["督办单"] == "2024-1（蓝色提示）"
    assert (found["迟办的事项"]["状态"], found["迟办的事项"]["超期工作日"]) == ("逾期办结", 1)
    assert found["取消的事项"]["状态"] == "已取消"


def test_the_page_is_narrowed_and_a_unit_sees_its_own(house: House, instance_id: str, sign_in: SignIn) -> None:
    put(house, instance_id, date(2024, 12, 31), title="本单位的", **DUTY)
    put(house, instance_id, date(2024, 12, 31), "contact:sci", unit_id="sci", title="他单位的", **DUTY)
    office, contact = sign_in("office"), sign_in("contact.sci")

    assert titles(shown(office, "/ledger?year=2024")) == ["本单位的", "他单位的"]
    assert titles(shown(office, "/ledger?year=2024&unit=sci")) == ["他单位的"]
    assert titles(shown(office, "/ledger?year=2024&duty=assessment")) == []
    assert titles(shown(office, "/ledger?year=2023")) == []
    assert titles(shown(contact, "/ledger?year=2024")) == ["他单位的"]
    assert [row["事项"] for row in rows(contact.get("/ledger/tasks.xlsx?year=2024").data)] == ["他单位的"]


def test_more_than_a_file_holds_is_to_be_narrowed(
    house: House, instance_id: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        put(house, instance_id, date(2024, 12, 31), title=f"事项{number}", **DUTY)
    monkeypatch.setattr(task_ledger, "MOST_ROWS", 2)

    answer = sign_in("office").get("/ledger/tasks.xlsx?year=2024", follow_redirects=True)

    assert "请按职责事项或单位缩小范围后导出" in answer.text
