"""The inbox by hand and by keyboard: a batch with one stale row, saved filters, columns, and a preview of a file."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import expect

from app.services import attachments, tasks
from app.services.attachments import Upload
from app.services.house import House
from tests.browser.conftest import Enter
from tests.factories import actor
from tests.signatures import SIGNER, UNITS, reports_to_sign

pytestmark = pytest.mark.browser

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a34ee5b0000000049454e44ae426082"
)


@pytest.fixture
def ids(house: House) -> list[str]:
    """Made before the site, so that the clock goes on from there."""
    return reports_to_sign(house)


def test_a_batch_with_one_stale_row(house: House, ids: list[str], enter: Enter) -> None:
    page = enter(SIGNER)
    page.get_by_label("全选").check()
    page.get_by_role("button", name="一并同意 3 件").click()
    expect(page.get_by_role("heading", name="审签年度反馈")).to_be_visible()
    expect(page.get_by_text("签发并报领导小组办公室")).to_be_visible()
    tasks.complete(house, actor(house, "head.miit"), ids[1], {"outcome": "yes"}, key="first")

    page.get_by_role("button", name="同意报送 3 件").click()

    expect(page.get_by_role("status").filter(has_text="已办理 2 件，1 件没有办成。")).to_be_visible()
    expect(page.locator(f"[data-each-row='{ids[0]}'] [data-each-result]")).to_have_text("已办理")
    stale = page.locator(f"[data-each-row='{ids[1]}'] [data-each-result]")
    expect(stale).to_contain_text("已由市工信局负责人在 12月25日 10:")
    assert page.locator("progress").evaluate("bar => bar.value") == len(UNITS)
    page.get_by_role("link", name="回到待办").click()
    expect(page.locator("h1")).to_contain_text("没有待办事项")


def test_filters_and_columns_by_keyboard(ids: list[str], enter: Enter) -> None:
    page = enter(SIGNER)
    page.get_by_label("责任单位").select_option("miit")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.keyboard.press("f")
    page.get_by_label("保存当前筛选").fill("工信局的")
    page.keyboard.press("Enter")
    expect(page.locator(".d-saved summary")).to_contain_text("工信局的")

    page.goto("/inbox/columns/inbox")
    page.get_by_label("责任单位", exact=True).check()
    button = page.get_by_role("button", name="上移 责任单位")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    expect(page.locator("[data-reorder-said]")).to_contain_text("责任单位，第")
    while button.is_visible():
        page.keyboard.press("Enter")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("thead th").nth(3)).to_have_text("责任单位")


def test_a_picture_is_seen_beside_its_task(house: House, ids: list[str], enter: Enter) -> None:
    attachments.store(house, actor(house, SIGNER), ids[0], [Upload("现场.png", BytesIO(PIXEL))])
    page = enter(SIGNER)
    page.goto(f"/tasks/{ids[0]}")
    page.get_by_role("link", name="现场.png").click()

    image = page.locator(".d-preview img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") == 1


def test_no_screen_is_wider_than_a_phone(ids: list[str], enter: Enter) -> None:
    page = enter(SIGNER, width=390, height=844)
    paths = (
        "/inbox",
        "/inbox/done",
        "/inbox/filters",
        "/inbox/columns/inbox",
        "/calendar",
        "/calendar?view=week",
        "/ledger",
    )
    widths = {}
    for path in paths:
        page.goto(path)
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert max(widths.values()) <= 390, widths
