"""The calendar: what is due by day, for whom, with the plan's days, holidays and make-up days; and its file."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from app import clock
from app.documents.calendar_file import Event, render
from app.services.house import House
from tests.applications import SignIn
from tests.inboxes import put, some_instance
from tests.views.test_inbox import shown, titles

NOW = datetime.fromisoformat("2024-12-16T10:00:00+08:00")


@pytest.fixture
def instance_id(house: House) -> str:
    return some_instance(house)


def cell(page: str, day: str) -> str:
    """What stands under a day."""
    begin = page.index(f'href="/calendar/{day}')
    return page[begin : page.index("</td>", begin)]


def test_a_month_counts_by_step_and_leads_to_the_task_or_the_day(
    house: House, instance_id: str, sign_in: SignIn
) -> None:
    one = put(house, instance_id, date(2024, 12, 13), title="迟报的事项")
    for number in range(3):
        put(house, instance_id, date(2024, 12, 24), title=f"事项{number}", name="审签")
    put(house, instance_id, date(2025, 1, 2), title="下月的事项")
    put(house, instance_id, date(2024, 12, 24), "contact:sci", unit_id="sci", title="他人的事项")
    with clock.held(NOW):
        page, office = shown(sign_in("contact.miit"), "/calendar"), shown(sign_in("office"), "/calendar?unit=sci")

    assert "2024年12月应办 4 件，其中逾期 1 件" in page
    assert f'<a class="entry red" title="迟报的事项：填报" href="/tasks/{one}"' in cell(page, "2024-12-13")
    assert "step=%E5%AE%A1%E7%AD%BE" in cell(page, "2024-12-24")
    assert "<b>3</b>" in cell(page, "2024-12-24")
    assert "下月的事项" in page
    assert "他人的事项" not in page
    assert "他人的事项" in cell(office, "2024-12-24")


def test_a_day_lists_each_task(house: House, instance_id: str, sign_in: SignIn) -> None:
    for number in range(2):
        put(house, instance_id, date(2024, 12, 24), title=f"事项{number}", name=("填报", "审签")[number])
    contact = sign_in("contact.miit")

    assert titles(shown(contact, "/calendar/2024-12-24")) == ["事项0", "事项1"]
    assert titles(shown(contact, "/calendar/2024-12-24?step=审签")) == ["事项1"]
    assert "这一天没有应办事项" in shown(contact, "/calendar/2024-12-25")
    assert contact.get("/calendar/2024-13-01").status_code == 404
    assert contact.get("/calendar/2024-12-24?unit=sci").status_code == 404


def test_holidays_make_up_days_and_the_plan_stand_in_it(sign_in: SignIn) -> None:
    contact = sign_in("contact.miit")
    october, december = shown(contact, "/calendar?on=2024-10-01"), shown(contact, "/calendar?on=2024-12-01")

    assert '<i class="cal-off">休</i><small>国庆节</small>' in cell(october, "2024-10-01")
    assert '<i class="cal-on">班</i><small>国庆节</small>' in cell(october, "2024-10-12")
    assert "cal-o" not in cell(october, "2024-10-09")
    assert "年度反馈报送截止" in cell(december, "2024-12-31")


def test_a_week_has_seven_days_and_its_neighbours(sign_in: SignIn) -> None:
    page = shown(sign_in("contact.miit"), "/calendar?view=week&on=2024-12-19")

    days = re.findall(r'<div class="head"><a href="/calendar/([\d-]+)', page)
    assert (days[0], days[-1], len(days)) == ("2024-12-16", "2024-12-22", 7)
    assert "view=week&amp;on=2024-12-12" in page
    assert "view=week&amp;on=2024-12-26" in page
    assert sign_in("contact.miit").get("/calendar?view=year").status_code == 400


def test_the_file_holds_what_is_due_and_the_days_of_the_plan(house: House, instance_id: str, sign_in: SignIn) -> None:
    task_id = put(house, instance_id, date(2024, 12, 13), title="迟报的事项, 甲;乙")
    put(house, instance_id, date(2024, 12, 13), "contact:sci", unit_id="sci", title="他人的事项")
    with clock.held(NOW):
        answer = sign_in("contact.miit").get("/calendar/due.ics")

    text = answer.text.replace("\r\n ", "")
    assert answer.mimetype == "text/calendar"
    assert f"UID:{task_id}@duban\r\n" in text
    assert "DTSTART;VALUE=DATE:20241213\r\nDTEND;VALUE=DATE:20241214" in text
    assert "SUMMARY:【逾期】迟报的事项\\, 甲\\;乙：填报\r\n" in text
    assert "SUMMARY:年度反馈报送截止" in text
    assert "他人的事项" not in text


def test_no_line_of_a_file_is_longer_than_75_octets_and_no_sign_is_cut() -> None:
    title = "年度反馈" * 30
    content = render("日历", [Event("a@duban", date(2024, 12, 31), title, "一\n二")], NOW)

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    whole = content.decode().replace("\r\n ", "")
    assert f"SUMMARY:{title}\r\n" in whole
    assert "DESCRIPTION:一\\n二\r\n" in whole
    assert "DTSTAMP:20241216T020000Z" in whole
    assert whole.endswith("END:VCALENDAR\r\n")
