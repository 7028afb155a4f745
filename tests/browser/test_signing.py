"""Others sign with a task, it goes back to an earlier step, and a comment names somebody, in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.queries.actor import SYSTEM
from app.services import outbox, processes
from app.services.definitions import deploy
from app.services.house import House
from tests.browser.conftest import NOON, WAIT, Enter
from tests.factories import actor
from tests.models import ENGINE_MODELS

pytestmark = pytest.mark.browser

TITLE = "印章使用申请"


@pytest.fixture
def matter(house: House) -> House:
    """A process of three steps of the office, at its first."""
    with clock.held(NOON):
        model = (ENGINE_MODELS / "valid_linear.bpmn").read_bytes()
        model = model.replace(b'id="linear" ', f'id="linear" name="{TITLE}" '.encode())
        deploy(house, SYSTEM, {"linear.bpmn": model})
        processes.start(house, actor(house, "office"), "linear", {}, key="start")
    return house


def opened(page: Page, name: str) -> None:
    page.goto("/inbox")
    page.get_by_role("link", name=name).first.click()
    expect(page.locator("h1")).to_be_visible(timeout=WAIT)


def choose(page: Page, label: str) -> None:
    """In the list that can be searched by pinyin."""
    field = page.locator(".ts-control input")
    field.click()
    field.fill(label)
    options = page.locator(".ts-dropdown .option")
    expect(options.filter(has_not_text=label)).to_have_count(0, timeout=WAIT)  # the search has been done
    options.first.click()
    page.locator("h1").click()  # elsewhere, so that the list closes for good
    expect(page.locator(".ts-dropdown")).to_be_hidden(timeout=WAIT)


def sign(enter: Enter, login: str, word: str, text: str = "") -> None:
    page = enter(login)
    opened(page, "会签")
    page.get_by_label(word, exact=True).check()
    if text:
        page.locator("textarea[name=opinion_text]").fill(text)
    page.get_by_role("button", name="送出会签意见").click()
    expect(page.get_by_text("已送出会签意见").first).to_be_visible(timeout=WAIT)


def test_a_form_is_signed_before_and_after_it_is_sent_and_goes_back_to_an_earlier_step(
    matter: House, enter: Enter
) -> None:
    page = enter("office")
    opened(page, TITLE)
    page.get_by_role("button", name="认领").click()
    page.get_by_role("link", name="加签", exact=True).click()
    name = actor(matter, "leader").name
    choose(page, name)
    page.locator("textarea[name=text]").fill("请核对用印事由")
    page.get_by_role("button", name="加签", exact=True).click()
    expect(page.get_by_text("会签中，完成后才能报送")).to_be_visible(timeout=WAIT)
    sign(enter, "leader", "不同意", "请补充份数")
    page.reload()
    expect(page.get_by_text("请补充份数")).to_be_visible(timeout=WAIT)

    page.locator("textarea[name=remark]").fill("两份")
    page.get_by_role("button", name="办结上报").click()
    expect(page.get_by_text("已办结上报").first).to_be_visible(timeout=WAIT)
    opened(page, TITLE)
    page.get_by_role("button", name="认领").click()
    page.get_by_role("link", name="加签", exact=True).click()
    choose(page, name)
    page.get_by_label("报送后，通过才生效").check()
    page.get_by_role("button", name="加签", exact=True).click()
    page.locator("textarea[name=remark]").fill("已补充")
    page.get_by_role("button", name="办结上报").click()
    expect(page.get_by_text("已提交会签，通过后自动报送").first).to_be_visible(timeout=WAIT)
    sign(enter, "leader", "同意")
    outbox.drain(matter)

    opened(page, TITLE)
    page.get_by_role("button", name="认领").click()
    page.get_by_role("link", name="退回", exact=True).click()
    page.locator("#send-back-to").select_option("a")
    page.locator("#send-back-text").fill("事由不清")
    page.get_by_role("dialog").get_by_role("button", name="退回").click()
    opened(page, TITLE)
    expect(page.get_by_text("事由不清").first).to_be_visible(timeout=WAIT)
    expect(page.locator("textarea[name=remark]")).to_have_value("两份")


def test_a_name_is_chosen_behind_an_at_and_its_bearer_is_told(matter: House, enter: Enter) -> None:
    page, name = enter("office"), actor(matter, "leader").name
    opened(page, TITLE)

    page.locator("#comment").press_sequentially(f"请@{name[:2]}")
    expect(page.get_by_role("option").first).to_be_visible(timeout=WAIT)
    page.get_by_role("option", name=name).first.click()
    page.get_by_role("button", name="发表意见").click()
    expect(page.get_by_text(f"请@{name}").first).to_be_visible(timeout=WAIT)

    told = enter("leader", width=390, height=844)
    told.goto("/messages")
    expect(told.get_by_text("提到您").first).to_be_visible(timeout=WAIT)
