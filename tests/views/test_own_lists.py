"""Saved filters and columns of one's own, on all lists, and the default that a list opens with."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models.inbox_view import ListColumns, SavedFilter
from app.services import tasks
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.signatures import SIGNER, UNITS, reports_to_sign
from tests.views.test_inbox import shown, titles


@pytest.fixture
def ids(house: House) -> list[str]:
    return reports_to_sign(house)


def saved(house: House) -> list[tuple[str, dict[str, str], bool]]:
    with house.database.reading() as session:
        rows = session.scalars(select(SavedFilter).order_by(SavedFilter.id))
        return [(row.name, dict(row.terms), row.is_default) for row in rows]


def heads(page: str) -> list[str]:
    found = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.DOTALL)
    return [text for text in (re.sub(r"<[^>]+>", "", one).strip() for one in found) if text]


def test_what_the_list_is_filtered_by_is_saved_and_found_again(house: House, ids: list[str], sign_in: SignIn) -> None:
    head = sign_in(SIGNER)
    page = shown(head, "/inbox?unit=miit&q=&duty=")
    assert len(titles(page)) == 1
    assert 'value="市工信局"' in page

    answer = head.post("/inbox/filters", data={"list": "inbox", "name": "工信局", "query": "unit=miit&q=&x=1"})

    assert answer.location == "/inbox?unit=miit"
    assert saved(house) == [("工信局", {"unit": "miit"}, False)]
    page = shown(head, "/inbox?unit=miit")
    assert "已保存筛选“工信局”" in page
    assert 'href="/inbox?unit=miit" aria-current="true"' in page
    assert "还没有保存的筛选" in shown(sign_in("head.miit"), "/inbox/filters")


def test_a_list_opens_with_the_default_and_can_be_seen_whole(house: House, ids: list[str], sign_in: SignIn) -> None:
    head = sign_in(SIGNER)
    head.post("/inbox/filters", data={"list": "inbox", "name": "发改", "query": "unit=drc", "default": "1"})

    assert head.get("/inbox").location == "/inbox?unit=drc"
    assert 'href="/inbox?all=1"' in shown(head, "/inbox?unit=drc")
    assert len(titles(shown(head, "/inbox?all=1"))) == len(UNITS)
    head.post("/inbox/filters/1", data={"default": "no"})
    assert head.get("/inbox").status_code == 200


def test_filters_are_renamed_and_removed_and_a_bad_one_is_refused(house: House, sign_in: SignIn) -> None:
    head, other = sign_in(SIGNER), sign_in("head.miit")
    head.post("/inbox/filters", data={"list": "done", "name": "年报", "query": "duty=december_report"})

    head.post("/inbox/filters/1", data={"name": " 年度  反馈 "})
    assert saved(house) == [("年度 反馈", {"duty": "december_report"}, False)]
    assert "年度反馈" in shown(head, "/inbox/filters")
    assert other.post("/inbox/filters/1", data={"name": "x"}).status_code == 404
    assert other.post("/inbox/filters/1/removal").status_code == 404
    assert "请先选择筛选条件" in head.post(
        "/inbox/filters", data={"list": "inbox", "name": "空", "query": ""}, follow_redirects=True
    ).text  # fmt: skip
    assert head.post("/inbox/filters", data={"list": "none", "name": "空", "query": "q=a"}).status_code == 404
    head.post("/inbox/filters/1/removal")
    assert saved(house) == []


def test_columns_are_chosen_moved_and_kept(house: House, ids: list[str], sign_in: SignIn) -> None:
    head = sign_in(SIGNER)
    order = ["step", "giver", "clause", "due", "unit"]

    moved = head.post("/inbox/columns/inbox", data={"order": order, "column": ["step", "due"], "up": "due"})
    assert re.findall(r'name="order" value="(\w+)"', moved.text) == ["step", "giver", "due", "clause", "unit"]
    head.post("/inbox/columns/inbox", data={"order": ["due", "unit", "step"], "column": ["unit", "step"]})

    page = shown(head, "/inbox")
    assert heads(page) == ["状态", "事项", "责任单位", "环节", "办理时限", "办理"]
    assert heads(shown(head, "/inbox/done")) == heads(shown(sign_in("head.miit"), "/inbox/done"))
    assert head.get("/inbox/columns/none").status_code == 404
    assert head.get("/inbox/columns/started").status_code == 200
    head.post("/inbox/columns/inbox", data={"order": order, "usual": "1"})
    with house.database.reading() as session:
        assert session.scalars(select(ListColumns)).all() == []


def test_done_and_started_have_the_same_filters(house: House, ids: list[str], sign_in: SignIn) -> None:
    for number, task_id in enumerate(ids):
        tasks.complete(house, actor(house, SIGNER), task_id, {"outcome": "yes"}, key=f"sign-{number}")
    head, office = sign_in(SIGNER), sign_in("office")

    page = shown(head, "/inbox/done")
    assert len(titles(page)) == len(UNITS)
    assert '<select name="unit">' in page
    assert len(titles(shown(head, "/inbox/done?unit=drc"))) == 1
    assert "已筛选：市发改委、“无”" in shown(head, "/inbox/done?unit=drc&q=无")
    assert len(titles(shown(office, "/inbox/started?duty=december_report"))) == 1
    assert titles(shown(office, "/inbox/started?duty=assessment")) == []
