"""From a late annual report to a blue order by the ladder, and to more time; the order ends with its matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from app import clock
from app.models.december_report import DecemberReport
from app.models.person import Person
from app.services import outbox, processes, reminders
from app.services.check import check
from app.services.house import House
from tests.factories import actor, house_on, load_office
from tests.services.december_report_walk import Walk
from tests.services.orders import Desk

ANSWER = {
    "result": "solved",
    "answer_text": "已协调银行办理续贷，资金已于本周到账，请核对。",
    "manner": "phone",
}


@pytest.fixture
def walk(house: House) -> Iterator[Walk]:
    """The science bureau has to report for 2024: its draft is due on the twenty-fourth of December."""
    with house.database.transaction() as session:
        session.execute(update(Person).values(wants_mail=False))
    found = Walk(house).collect("sci")
    yield found
    with clock.held(Desk(house, found.day).at):
        assert [finding.text for finding in check(house)] == []


def on(walk: Walk, day: str) -> Desk:
    walk.on(day)
    return Desk(walk.house, day)


def test_the_ladder_drafts_a_blue_order_once_and_the_late_report_ends_it(walk: Walk) -> None:
    desk = on(walk, "2024-12-27")
    for day in ("2024-12-27", "2024-12-30"):
        desk = on(walk, day)
        with clock.held(desk.at):
            reminders.remind(walk.house)
            outbox.drain(walk.house)
    order = desk.order("2024-1")
    assert (order.source, order.unit_id, order.level) == ("ladder", "sci", "blue")
    form = desk.form(desk.task("draft_order"))
    assert "已超 3 个工作日" in form["content"]
    desk.do("draft_order", outcome="issue").do("sign_order", outcome="yes").signed_for()

    walk.draft("sci")

    assert desk.open_elements == ["sign_report", "verify_report"]  # the head still has to sign the annual report
    form = desk.form(desk.task("verify_report"))
    assert form["facts"] == "未反馈"
    assert form["how_ended"] == "该事项现已办结"
    desk.accepted()
    assert desk.end_of() == ["order_closed"]


def test_a_campaign_that_is_dropped_needs_no_order(walk: Walk) -> None:
    desk = on(walk, "2024-12-26")
    task = desk.task("draft_report")
    desk.start("office", "supervision_order", task_id=task.id)
    desk.do("draft_order", outcome="issue").do("sign_order", outcome="yes")
    with clock.held(desk.at):
        campaign = desk.instance("december_report").id
        processes.cancel(walk.house, actor(walk.house, "office"), campaign, "改由省级统一布置", key="drop")
    desk.settle()

    assert desk.end_of() == ["order_needless"]


def test_more_time_for_the_annual_report_is_the_leading_groups(walk: Walk) -> None:
    """Its limit, the day it is judged by, its escalation and its reminders move together."""
    desk = on(walk, "2024-12-20")
    task = desk.task("draft_report")
    escalates = desk.waiting_timers()["report_overdue"]
    desk.ask_time(task).asked("2024-12-26")
    assert "report_overdue" not in desk.waiting_timers()
    passed = {"outcome": "to_leader", "opinion_text": "年度反馈延期请领导小组审定"}
    desk.do("review_extension", login="office", **passed)
    paper = {"mode": "paper", "sheet": ["f1"]}

    desk.do("decide_extension", login="signer", outcome="granted", **paper)

    moved = desk.task("draft_report")
    assert (moved.due_on, moved.reminded_on) == (date(2024, 12, 26), None)
    report = next(row for row in desk.rows(DecemberReport) if row.unit_id == "sci")
    assert report.due_on == date(2025, 1, 3)
    assert desk.waiting_timers()["report_overdue"] > escalates
    walk.draft("sci")
    assert desk.task("sign_report").due_on == date(2025, 1, 3)


def test_an_extension_that_meets_the_limit_on_both_databases(database_url: str, tmp_path: Path) -> None:
    house = house_on(database_url, tmp_path)
    try:
        load_office(house)
        desk = Desk(house).matter().issued().signed_for()
        desk.on("2022-07-19").ask_time(desk.task("report_back")).asked("2022-07-25")
        desk.do("review_extension", login="office", outcome="refused", opinion_text="理由不充分，请按时限办理")
        desk.on("2022-07-25").do("decide_next", outcome="raise", reason="逾期未反馈，情况没有进展")
        desk.issued("orange").signed_for().reported().accepted()

        assert desk.end_of() == ["order_closed"]
        with clock.held(desk.at):
            assert [finding.text for finding in check(house)] == []
    finally:
        house.close()


def test_a_late_answer_to_a_demand_is_ordered_and_the_answer_ends_the_order(house: House) -> None:
    desk = Desk(house, "2022-08-08")
    desk.ask(desk.firm())
    desk.do("accept_demand", outcome="yes").on("2022-08-25")
    desk.do("judge_delay", outcome="order", reason="已超过答复时限，企业多次询问")
    order = desk.order("2022-1")
    assert (order.source, order.unit_id, order.task_id) == ("duty", "lfb", desk.task("answer_demand").id)
    form = desk.form(desk.task("draft_order"))
    assert form["content"].startswith("已超过答复时限，企业多次询问")
    desk.do("draft_order", outcome="issue", wants_evidence=True).do("sign_order", outcome="yes").signed_for()

    desk.do("answer_demand", **ANSWER)

    assert desk.open_elements == ["sign_answer", "verify_report"]
    desk.accepted()
    assert desk.order("2022-1").state == "closed"
    with clock.held(desk.at):
        assert [finding.text for finding in check(house)] == []
