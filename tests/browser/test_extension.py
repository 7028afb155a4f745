"""More time asked for a day too late: the light stays red until it is granted, and an order of that time goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.services.house import House
from tests.browser.conftest import WAIT, Enter
from tests.browser.test_december import TITLE, fill, open_from_inbox, send
from tests.browser.test_signing import opened
from tests.services.december_report_walk import Walk, unit_key
from tests.services.orders import ASKED

pytestmark = pytest.mark.browser

REQUEST = f"延期申请：{TITLE}"


@pytest.fixture
def late(house: House) -> str:
    """The path of a draft that was due on 24 December; made before the site, so that the clock goes on from there."""
    walk = Walk(house).collect("sci").on("2024-12-02")
    return f"/tasks/{walk.task('draft_report', unit_key('sci')).id}"


def seen(page: Page, path: str, *words: str) -> None:
    page.goto(path)
    for one in words:
        expect(page.locator("main").get_by_text(one).first).to_be_visible(timeout=WAIT)


def test_asked_too_late_it_stays_red_until_it_is_granted(late: str, enter: Enter) -> None:
    contact, head, office, leader = (enter(login) for login in ("contact.sci", "head.sci", "office", "leader"))
    open_from_inbox(contact)
    contact.get_by_role("button", name="申请延期").click()
    fill(contact, {**ASKED, "new_due_on": "2024-12-27"})
    send(contact, "报分管负责人审签")
    opened(head, REQUEST)
    fill(head, {"outcome": "yes"})
    send(head, "审签")

    seen(contact, late, "逾期")
    office.goto(late)
    office.get_by_role("button", name="拟督办单").click()
    expect(office.locator("h1")).to_contain_text("督办单", timeout=WAIT)
    opened(office, REQUEST)
    office.get_by_role("button", name="认领").click()
    fill(office, {"outcome": "to_leader", "opinion_text": "逾期后提出的申请，请领导小组审定"})
    send(office, "送出审核意见")
    opened(leader, REQUEST)
    fill(leader, {"outcome": "granted", "mode": "online"})
    send(leader, "送出意见")

    seen(contact, late, "2024年12月27日", "临期")
    seen(office, "/inbox", "督办单2024-1")


def test_a_phone_has_all_verbs_behind_more(late: str, enter: Enter) -> None:
    page = enter("contact.sci", 390, 844)
    page.goto(late)
    bar = page.get_by_role("toolbar", name="办理")
    expect(bar.get_by_role("link", name="加签")).to_be_hidden()

    bar.get_by_text("更多").click()
    for verb in ("转办", "委派", "加签", "抄送"):
        expect(bar.get_by_role("link", name=verb, exact=True)).to_be_visible()
    expect(bar.get_by_role("button", name="申请延期")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bar.get_by_role("link", name="加签", exact=True).click()
    expect(page.locator("h1")).to_contain_text("加签", timeout=WAIT)
