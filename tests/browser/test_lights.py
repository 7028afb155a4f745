"""A light explains itself: by the pointer, by the keyboard, and by a tap on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.services.house import House
from tests.browser.conftest import Enter
from tests.services.december_report_walk import Walk

pytestmark = pytest.mark.browser


@pytest.fixture
def late(house: House) -> House:
    """A draft that was due on 24 December; made before the site, so that the clock goes on from there."""
    Walk(house).collect("sci").on("2024-12-02")
    return house


def test_a_light_opens_under_the_pointer_and_by_the_keyboard_and_closes_by_escape(late: House, enter: Enter) -> None:
    page = enter("contact.sci")
    light, panel = page.locator("tbody a.light-why").first, page.locator("#light-panel")

    light.hover()
    expect(panel).to_contain_text("为什么是红灯")
    expect(panel).to_contain_text("到期前 5 个工作日起为黄灯")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    page.locator("tbody [data-pick]").first.focus()
    page.keyboard.press("Tab")
    expect(panel).to_be_visible()
    panel.get_by_role("link", name="规则“办理时限灯色”第1版").click()
    expect(page.locator("h1")).to_contain_text("办理时限灯色")


def test_on_a_phone_a_tap_opens_it_and_another_place_closes_it(late: House, enter: Enter) -> None:
    page = enter("contact.sci", 390, 844)

    page.locator("a.light-why").first.click()
    expect(page.locator("#light-panel")).to_contain_text("为什么是红灯")
    page.locator("h1").click()
    expect(page.locator("#light-panel")).to_be_hidden()


def test_a_tile_of_the_cockpit_says_why_it_has_its_light(late: House, enter: Enter) -> None:
    page = enter("leader")
    page.goto("/cockpit")

    page.locator(".d-ind a.light-why").first.hover()

    expect(page.locator("#light-panel")).to_contain_text("为什么")
