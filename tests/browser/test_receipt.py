"""Done, sealed, shown: a receipt from the toast to the sheet and back, and the state of the seal on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.user_task import UserTask
from app.services.house import House
from tests import sealing, walks
from tests.browser.conftest import Enter

pytestmark = pytest.mark.browser

PHONE = 390
POLLED = 30_000  # milliseconds; the page looks again after ten seconds


@pytest.fixture
def task(house: House) -> str:
    """An open task of the office, in a house whose log was signed before."""
    instance_id = walks.started(house, "linear")
    sealing.checkpoint(house, cosigned=True)
    with house.database.reading() as session:
        return session.scalars(select(UserTask.id).where(UserTask.instance_id == instance_id)).one()


def test_a_receipt_comes_by_itself_is_printed_and_verified(
    house: House, task: str, enter: Enter, tmp_path: Path
) -> None:
    office = enter("office")
    office.goto(f"/tasks/{task}")
    office.get_by_role("button", name="认领").click()
    office.locator("#task-form").locator("textarea, input[type=text]").first.fill("情况属实")
    office.locator(".d-bar .btn-primary").click()
    office.locator("[data-toast] a", has_text="回执").click()
    expect(office.get_by_text("已记录，正在封存")).to_be_visible()

    sealing.checkpoint(house)

    expect(office.get_by_text("已封存")).to_be_visible(timeout=POLLED)
    expect(office.locator("svg.qr")).to_be_visible()
    office.reload()
    with office.expect_download() as found:
        office.get_by_role("link", name="下载回执文件").click()
    file = tmp_path / found.value.suggested_filename
    found.value.save_as(file)
    address = office.url
    office.get_by_role("link", name="打印回执").click()
    sheet = office.locator(".paper.receipt")
    expect(sheet).to_contain_text("周文博")
    assert sheet.evaluate("sheet => sheet.scrollHeight <= sheet.clientHeight"), "one sheet"

    office.goto("/receipts")
    office.set_input_files("#receipt-file", file)
    office.get_by_role("button", name="核验").click()
    expect(office.get_by_text("回执真实有效")).to_be_visible()
    expect(office.get_by_role("link", name="查看这份回执")).to_have_attribute("href", re.compile("/receipts/"))
    file.write_text(file.read_text("utf-8").replace("user_task_completed", "user_task_returned"), "utf-8")
    office.set_input_files("#receipt-file", file)
    office.get_by_role("button", name="核验").click()
    expect(office.get_by_text("核验不通过")).to_be_visible()
    office.set_viewport_size({"width": PHONE, "height": 800})
    office.goto(address)
    assert not _overflows(office)


@pytest.mark.parametrize("width", [1440, PHONE])
def test_the_state_of_the_seal_fits_the_screen_and_its_checkpoint_is_copied(
    house: House, task: str, enter: Enter, width: int
) -> None:
    auditor = enter("auditor", width=width)
    auditor.context.grant_permissions(["clipboard-read", "clipboard-write"])

    auditor.goto("/seal")
    auditor.get_by_role("button", name="复制").click()

    expect(auditor.locator("[data-toasts]")).to_contain_text("检查点已复制")
    copied = auditor.evaluate("navigator.clipboard.readText()")
    assert copied == auditor.locator("#newest-note").text_content()
    assert copied.startswith("duban/")
    assert not _overflows(auditor)
    auditor.get_by_role("link", name="立即校验").click()
    expect(auditor.get_by_text("未发现改动")).to_be_visible()


def _overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
