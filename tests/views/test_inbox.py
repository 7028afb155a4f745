"""The list of what is due: its headline, groups, filters, pages and verbs, as a browser gets it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock
from app.models.user_task import UserTask
from app.services import tasks
from app.services.house import House
from tests import inboxes
from tests.applications import SignIn
from tests.factories import actor
from tests.inboxes import some_instance


@pytest.fixture
def instance_id(house: House) -> str:
    return some_instance(house)


def put(house: House, instance_id: str, days: int, number: int = 0) -> str:
    due_on = clock.today() + timedelta(days=days)
    named = {"title": f"年度反馈 {days} {number}", "duty": "december_report"}
    return inboxes.put(house, instance_id, due_on, **named)


def shown(client: FlaskClient, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="title"[^>]*>(.*?)</a>', page)


def headline(page: str) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)[1])  # type: ignore[index]


def test_the_headline_counts_and_the_groups_follow_it(house: House, instance_id: str, sign_in: SignIn) -> None:
    with clock.held(datetime(2024, 12, 16, 2, tzinfo=UTC)):
        for days in (-3, 2, 30):
            put(house, instance_id, days)
        page = shown(sign_in("contact.miit"), "/inbox")

    assert headline(page) == "逾期 1 件，5 个工作日内到期 1 件"
    assert titles(page) == ["年度反馈 -3 0", "年度反馈 2 0", "年度反馈 30 0"]
    assert page.index("已逾期 1") < page.index("临期 1") < page.index("正常 1")
    assert "已超 1 个工作日" in page
    assert "2 个工作日后" in page
    assert "重点任务25" in page


def test_an_empty_inbox_says_so(sign_in: SignIn) -> None:
    page = shown(sign_in("contact.miit"), "/inbox")

    assert headline(page) == "没有待办事项"
    assert titles(page) == []


def test_no_late_matter_names_the_next_one(house: House, instance_id: str, sign_in: SignIn) -> None:
    put(house, instance_id, 40)

    page = shown(sign_in("contact.miit"), "/inbox?light=red")

    assert "没有逾期事项" in page
    assert "下一件：年度反馈 40 0" in page
    assert "查看全部 1 件" in page


def test_filters_stay_in_the_address_and_can_be_cleared(house: House, instance_id: str, sign_in: SignIn) -> None:
    put(house, instance_id, 40)
    contact = sign_in("contact.miit")

    assert titles(shown(contact, "/inbox?q=40&clause=P25")) == ["年度反馈 40 0"]
    page = shown(contact, "/inbox?q=nothing&clause=P25&light=green")
    assert "没有符合条件的事项" in page
    assert "已筛选：正常、重点任务25、“nothing”" in page
    assert 'href="/inbox?q=nothing&amp;clause=P25&amp;light=red"' in page


def test_more_lines_come_as_rows_and_a_group_is_headed_once(house: House, instance_id: str, sign_in: SignIn) -> None:
    for number in range(60):
        put(house, instance_id, 40, number)
    contact = sign_in("contact.miit")

    first = shown(contact, "/inbox")
    more = re.search(r'hx-get="([^"]+after[^"]+)"', first)[1].replace("&amp;", "&")  # type: ignore[index]
    rest = shown(contact, more, **{"HX-Request": "true"})

    assert "余 10 条" in first
    assert len(titles(first)) == 50
    assert len(titles(rest)) == 10
    assert "<html" not in rest
    assert "正常" not in re.sub(r'<span class="light.*?</span>', "", rest)
    assert "data-pager" not in rest


def test_what_is_ticked_is_claimed_together_and_put_back(house: House, instance_id: str, sign_in: SignIn) -> None:
    office, other = sign_in("office"), actor(house, "office.drc")
    page = shown(office, "/inbox")
    task_id = re.search(r'name="task" value="([^"]+)"', page)[1]  # type: ignore[index]

    answer = office.post("/inbox/batch", data={"verb": "claim", "task": [task_id, "gone"], "_key": "k", "query": "q=a"})
    assert answer.location == "/inbox?q=a"
    page = shown(office, "/inbox")
    assert "已认领 1 件" in page
    assert "1 件没有办成：没有找到这件事，可能已归档。" in page
    assert 'data-can="unclaim"' in page
    assert titles(shown(sign_in("office.drc"), "/inbox")) == []

    office.post("/inbox/batch", data={"verb": "unclaim", "task": task_id})
    assert len(titles(shown(sign_in("office.drc"), "/inbox"))) == 1
    assert office.post("/inbox/batch", data={"verb": "burn", "task": task_id}).status_code == 400
    tasks.complete(house, other, task_id, {}, key="x")


def test_the_other_lists_show_what_was_handed_on_done_and_started(
    house: House, instance_id: str, sign_in: SignIn
) -> None:
    client, office = sign_in("office"), actor(house, "office")
    with house.database.reading() as session:
        task_id = session.query(UserTask.id).filter(UserTask.status == "open").scalar()
    tasks.complete(house, office, task_id, {"outcome": "yes"}, key="a")

    assert "linear" in shown(client, "/inbox/started")
    assert len(titles(shown(client, "/inbox/done"))) == 1
    assert titles(shown(client, "/inbox/handed-on")) == []
    assert "我发起的" not in shown(sign_in("contact.miit"), "/inbox")


def test_an_auditor_has_no_inbox(sign_in: SignIn) -> None:
    assert sign_in("auditor").get("/inbox").status_code == 403


def test_the_sort_by_arrival_has_no_groups(house: House, instance_id: str, sign_in: SignIn) -> None:
    put(house, instance_id, 40)

    page = shown(sign_in("contact.miit"), "/inbox?sort=new")

    assert titles(page) == ["年度反馈 40 0"]
    assert 'class="grp"' not in page


def test_rows_are_compact_when_asked(house: House, instance_id: str, sign_in: SignIn) -> None:
    put(house, instance_id, 40)

    assert "d-compact" in shown(sign_in("contact.miit"), "/inbox?rows=compact")
    assert "d-compact" not in shown(sign_in("contact.miit"), "/inbox")
