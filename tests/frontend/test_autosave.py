"""A form saves itself after a pause, says so, keeps the text while there is no network, and says who was first."""

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.conftest import Drafts, Show

pytestmark = pytest.mark.browser

FORM = """
<form data-draft="/draft" action="/sent" method="post"><input type="hidden" name="revision" value="4">
<label for="a">成效</label><textarea id="a" name="result" data-prefilled="旧"></textarea>
<label><input type="checkbox" name="sure" value="true">属实</label><button data-save>暂存</button></form>
<p role="status" data-draft-state data-saving="正在暂存…" data-offline="网络已断开" data-refused="没有暂存成功"
  data-signed-out="登录已过期" data-kept="本机有一份未上传的内容。" data-restore="恢复这份内容" data-retry="立即重试">
</p>
"""


@pytest.fixture
def clocked(page: Page) -> None:
    """The page's clock goes only when told to."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def type_and_wait(page: Page, text: str) -> None:
    page.get_by_label("成效").fill(text)
    page.clock.run_for(2100)


def test_a_draft_is_saved_two_seconds_after_the_last_key(clocked: None, show: Show, drafts: Drafts) -> None:
    page = show(FORM)

    page.get_by_label("成效").fill("甲")
    page.clock.run_for(1500)
    page.get_by_label("成效").fill("甲乙")
    page.clock.run_for(1500)
    assert drafts.received == []
    page.clock.run_for(600)

    expect(page.get_by_role("status")).to_have_text("10:23 已自动暂存")
    assert drafts.received == [{"revision": "4", "result": "甲乙"}]


def test_the_next_draft_carries_the_revision_of_the_last_answer(clocked: None, show: Show, drafts: Drafts) -> None:
    drafts.answers = [(200, {"text": "10:23 已自动暂存", "revision": 5}), (200, {"text": "10:24 已自动暂存"})]
    page = show(FORM)

    type_and_wait(page, "甲")
    expect(page.get_by_role("status")).to_have_text("10:23 已自动暂存")
    type_and_wait(page, "乙")
    expect(page.get_by_role("status")).to_have_text("10:24 已自动暂存")

    assert drafts.received[1]["revision"] == "5"


def test_the_button_saves_at_once(show: Show, drafts: Drafts) -> None:
    page = show(FORM)
    page.get_by_label("属实").check()

    page.get_by_role("button", name="暂存").click()

    expect(page.get_by_role("status")).to_have_text("10:23 已自动暂存")
    assert drafts.received[-1]["sure"] == "true"


def test_without_network_the_text_is_kept_and_offered_on_the_next_page(
    clocked: None, show: Show, page: Page, drafts: Drafts, tolerated: list[str]
) -> None:
    tolerated.append("ERR_INTERNET_DISCONNECTED")
    page.route("**/draft", lambda route: route.abort("internetdisconnected"))
    show(FORM)
    type_and_wait(page, "断网时写的")
    expect(page.get_by_role("status")).to_contain_text("网络已断开")
    expect(page.get_by_role("button", name="立即重试")).to_be_visible()

    page.unroute("**/draft")
    page.reload()
    page.get_by_role("button", name="恢复这份内容").click()

    expect(page.get_by_label("成效")).to_have_value("断网时写的")
    expect(page.get_by_role("status")).to_have_text("10:23 已自动暂存")
    assert drafts.received[-1]["result"] == "断网时写的"


def test_the_draft_is_tried_again_by_itself(clocked: None, show: Show, drafts: Drafts, tolerated: list[str]) -> None:
    tolerated.append("503")
    drafts.answers = [(503, {}), (200, {"text": "10:24 已自动暂存"})]
    page = show(FORM)

    type_and_wait(page, "甲")
    expect(page.get_by_role("status")).to_contain_text("没有暂存成功")
    page.clock.run_for(16_000)

    expect(page.get_by_role("status")).to_have_text("10:24 已自动暂存")
    assert page.evaluate("localStorage.length") == 0


def test_whoever_was_first_is_named_and_nothing_more_is_sent(
    clocked: None, show: Show, drafts: Drafts, tolerated: list[str]
) -> None:
    tolerated.append("409")
    drafts.answers = [(409, {"text": "这件事已由李静（市工信局）在 10:22 报送。"})]
    page = show(FORM)

    type_and_wait(page, "甲")
    expect(page.get_by_role("status")).to_have_text("这件事已由李静（市工信局）在 10:22 报送。")
    type_and_wait(page, "乙")

    assert len(drafts.received) == 1
