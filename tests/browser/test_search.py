"""An auditor finds what a unit did, saves the search, opens a moment of a history and takes the lines away."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.services.house import House
from tests.browser.conftest import Enter
from tests.events import filled
from tests.signatures import reports_to_sign

pytestmark = pytest.mark.browser


def test_an_auditor_searches_saves_opens_and_exports(house: House, enter: Enter) -> None:
    reports_to_sign(house)
    filled(house)
    page = enter("auditor")
    page.locator(".d-rail").get_by_text("检索").click()

    page.locator("select[name=unit]").select_option("市工信局")
    page.wait_for_url("**/events?*unit=miit*")
    page.locator("select[name=verb]").select_option("办理")
    page.wait_for_url("**verb=user_task_completed*")
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("市工信局联络员")

    page.get_by_text("已存检索").click()
    page.get_by_label("保存当前筛选").fill("工信局办理")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".d-saved summary")).to_contain_text("工信局办理")

    with page.expect_download() as csv:
        page.get_by_role("link", name="导出 CSV").click()
    assert csv.value.suggested_filename.endswith(".csv")

    rows.first.get_by_role("link").click()
    page.wait_for_url("**/histories/*?event=2")
    page.goto("/events")
    page.get_by_text("已存检索").click()
    page.get_by_role("link", name="工信局办理").click()
    expect(rows).to_have_count(1)

    filled(house)
    page.goto("/accesses")
    for word in ("打开流程历史", "导出检索结果", "市工信局、办理"):
        expect(page.locator("main")).to_contain_text(word)
