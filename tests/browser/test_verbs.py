"""The verbs that put a task into other hands, take it back, or ask for more time, each by its button."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.services.house import House
from tests.browser.conftest import WAIT, Enter
from tests.browser.test_signing import TITLE, choose, matter, opened
from tests.factories import actor
from tests.services.december_report_walk import Walk

__all__ = ["matter"]

pytestmark = pytest.mark.browser

REMARK = "textarea[name=remark]"


def verb(page: Page, name: str) -> None:
    """A button or a link of the bar."""
    bar = page.get_by_role("toolbar", name="办理")
    bar.get_by_role("button", name=name, exact=True).or_(bar.get_by_role("link", name=name, exact=True)).click()


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=WAIT)


def handed(page: Page, name: str, to: str) -> None:
    verb(page, name)
    choose(page, to)
    page.get_by_role("button", name=name, exact=True).click()


def test_a_task_goes_from_hand_to_hand(matter: House, enter: Enter) -> None:
    owner, helper, helped = enter("office"), enter("office.drc"), actor(matter, "office.drc").name
    opened(owner, TITLE)
    verb(owner, "认领")
    verb(owner, "放回")
    says(owner, "已放回")
    opened(owner, TITLE)
    verb(owner, "认领")
    owner.locator(REMARK).fill("待核实")
    verb(owner, "暂存")
    expect(owner.locator("[data-draft-state]")).to_contain_text("暂存")

    handed(owner, "委派", helped)
    opened(helper, TITLE)
    expect(helper.locator(REMARK)).to_have_value("待核实")
    helper.locator(REMARK).fill("已核实")
    verb(helper, "交回")
    helper.get_by_role("dialog").get_by_role("button", name="交回").click()
    says(helper, "已交回委派人")
    opened(owner, TITLE)
    handed(owner, "委派", helped)
    says(owner, "已委派")
    owner.goto("/inbox/handed-on")
    owner.get_by_role("link", name=TITLE).first.click()
    verb(owner, "收回")
    handed(owner, "抄送", actor(matter, "leader").name)
    says(owner, "已抄送 1 人")
    handed(owner, "转办", helped)
    says(owner, "已转办")

    opened(helper, TITLE)
    verb(helper, "办结上报")
    says(helper, "已办结上报")
    told = enter("leader")
    told.goto("/inbox/copies")
    expect(told.get_by_role("link", name=TITLE).first).to_be_visible(timeout=WAIT)


def test_what_was_handed_in_is_taken_back_and_more_time_is_asked_for(house: House, enter: Enter) -> None:
    walk = Walk(house).collect("sci").on("2024-12-02")
    walk.submit("sci")
    contact = enter("contact.sci")

    contact.goto("/inbox/handed-on")
    contact.get_by_role("link", name="年度反馈").first.click()
    contact.get_by_role("button", name="撤回（对方处理前有效）").first.click()
    says(contact, "已撤回，可以修改后再次报送")

    contact.get_by_role("button", name="申请延期").click()
    expect(contact.locator("h1")).to_contain_text("延期申请", timeout=WAIT)
