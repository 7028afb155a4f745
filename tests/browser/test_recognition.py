"""An application from the enterprise's home to its title, and an objection on the way, as people do it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.models.recognition import PublicNotice
from app.services.house import House
from tests.browser.conftest import WAIT, Enter
from tests.browser.test_december import fill, open_from_inbox, send
from tests.services.recognition_walk import Recognition, application_answers, morning

pytestmark = pytest.mark.browser

LEVEL = "市级专精特新中小企业"
FACTS = "该企业厂房早已停工，所报营业收入与实际经营情况明显不符。"


@pytest.fixture
def walk(house: House) -> Recognition:
    """Two enterprises before an open batch; made before the site, so that everybody gets its password."""
    walk = Recognition(house, day="2024-12-25", firms=2)
    walk.publish(window_to="2025-01-09", expected_on="2025-02-28", visit_share=0)
    return walk


def answers() -> dict[str, object]:
    """What can be typed without adding rows: met by the research of two years, not by points."""
    told = application_answers(certificates=[], ip=[])
    for row in told["years"]:
        row["year"] += 1
    told["years"][0]["rd_wan"], told["years"][1]["rd_wan"] = 1200, 1000
    return {name: value for name, value in told.items() if name not in ("certificates", "ip")}


def apply(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="开始申报").first.click()
    expect(page.locator("h1")).to_contain_text(LEVEL)
    fill(page, answers())
    send(page, "提交申请")


def judge(page: Page) -> None:
    open_from_inbox(page, LEVEL)
    expect(page.get_by_text("认定条件比对").first).to_be_visible()
    for select in page.locator('select[name^="judgements"]').all():
        select.select_option("yes")
    page.locator('[name="outcome"][value="pass"]').check()
    send(page, "送出初审意见")


def to_the_notice(walk: Recognition, key: str) -> None:
    if "visit_enterprise" in walk.open_elements(key):
        seen = dict.fromkeys(("production", "rd", "books"), "agrees")
        visit = {"first_visitor": "张三", "second_visitor": "李四", "address": "邗江区", "finding": "情况属实，" * 8}
        walk.do("contact.hanjiang", "visit_enterprise", key, **visit, **seen)
    walk.do("head.hanjiang", "sign_locality_opinion", key, outcome="yes")
    batch = walk.on("2025-01-10").instance(key).data["batch_key"]
    walk.check(batch)
    walk.score(batch)
    walk.decide(batch)
    walk.do("contact.miit", "publish_notice", batch)


def test_an_application_becomes_a_title_and_an_objection_is_answered(walk: Recognition, enter: Enter) -> None:
    apply(enter("firm1"))
    key = walk.application(1).key
    assert walk.open_elements(key) == ["check_at_locality"]
    judge(enter("contact.hanjiang"))
    to_the_notice(walk, key)
    [notice] = walk.rows(PublicNotice)
    clock.start_at(morning("2025-01-10"))

    other = enter("firm2")
    other.goto(f"/notices/{notice.id}")
    other.locator('[name="rows"]').first.check()
    other.fill('[name="facts"]', FACTS)
    other.locator("#objecting").get_by_role("button", name="提出异议").click()
    expect(other.locator(".d-toast").first).to_be_visible(timeout=WAIT)
    expect(other.get_by_text("异议核查中").first).to_be_visible()
    objection = f"objection:{notice.key}:1"
    walk.examine(objection, "false")
    walk.settle(objection, "dismissed")
    walk.on("2025-01-18")
    clock.start_at(morning("2025-01-18"))

    home = enter("firm1")
    home.goto("/")
    expect(home.get_by_text(LEVEL).first).to_be_visible()
    home.get_by_role("link", name="依据").last.click()
    expect(home.get_by_text("满足认定条件")).to_be_visible()
