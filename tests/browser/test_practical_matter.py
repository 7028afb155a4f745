"""A practical matter in the browser: planned by its lead, accepted by the office, rated by a firm, seen in the list."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.services.house import House
from tests.browser.conftest import NOON, Enter
from tests.browser.test_december import claim, fill, open_from_inbox, send
from tests.services.matters import Matters

pytestmark = pytest.mark.browser

TITLE = "2024年实事2 惠企实事项目02"


@pytest.fixture
def matters(house: House) -> Matters:
    """The list of the year is published; made before the site, so that everybody gets a password."""
    matters = Matters(house, NOON)
    matters.firms(1).account(1, "firm.one")
    return matters.published().of(2)


def test_a_matter_is_planned_accepted_and_rated(matters: Matters, enter: Enter) -> None:
    contact = enter("contact.sci")
    open_from_inbox(contact, TITLE)
    contact.get_by_role("button", name="增加一项").click()
    steps = [{"content": f"完成第{number}批次兑付", "by": "2024-12-30", "success": "资金到账"} for number in (1, 2)]
    fill(contact, {"milestones": steps, "public_text": "可在企业首页了解办理条件并提出申请。"})
    send(contact, "报分管负责人审签")
    matters.send(matters.one("sign_milestones"), outcome="yes")
    matters.requested(done=2, firms=(1,))

    office = enter("office")
    office.goto("/practical-matters")
    expect(office.get_by_text("验收中")).to_be_visible()
    open_from_inbox(office, TITLE)
    claim(office)
    fill(office, {"outcome": "accepted", "quality_level": "good"})
    send(office, "提交验收结论")

    firm = enter("firm.one", width=390, height=844)
    firm.goto("/portal")
    firm.get_by_role("link", name="查看和评价").click()
    fill(firm, {"grade": "satisfied", "text": "兑付很快"})
    firm.get_by_role("button", name="提交评价").click()
    expect(firm.get_by_text("感谢评价")).to_be_visible()

    office.goto("/practical-matters")
    expect(office.get_by_text("完成率 100%")).to_be_visible()
    assert Axe().run(office).response["violations"] == []
    office.get_by_role("link", name="2. 惠企实事项目02").click()
    expect(office.get_by_text("兑付很快")).to_be_visible()
    assert Axe().run(office).response["violations"] == []
