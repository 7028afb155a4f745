"""One report from the contact to the auditor, and one late unit, as people do it in the browser."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.services import outbox, posting
from app.services.check import check
from app.services.house import House
from tests.browser.conftest import WAIT, Enter
from tests.postbox import Postbox
from tests.services.december_report_walk import Walk, filled_in, unit_key

pytestmark = pytest.mark.browser

TITLE = "2024年度反馈：市科技局"


def fill(page: Page, answers: Any, at: str = "") -> None:
    """Type every answer into the field of its name that is on the page."""
    items = answers.items() if isinstance(answers, dict) else enumerate(answers)
    for name, value in items:
        path = f"{at}.{name}" if at else str(name)
        if isinstance(value, dict | list):
            fill(page, value, path)
        else:
            _put(page, path, value)


def _put(page: Page, path: str, value: Any) -> None:
    field = page.locator(f'[name="{path}"]')
    if field.count() == 0 or not field.first.is_visible():
        return
    if field.first.get_attribute("type") == "radio":
        page.locator(f'[name="{path}"][value="{value}"]').check()
    elif field.first.get_attribute("type") == "checkbox":
        field.first.check()
    elif field.first.evaluate("element => element.tagName") == "SELECT":
        field.first.select_option(str(value))
    else:
        field.first.fill(str(value))


def open_from_inbox(page: Page, title: str = TITLE) -> None:
    page.goto("/inbox")
    page.get_by_role("link", name=title).first.click()
    expect(page.locator("h1")).to_contain_text(title)


def send(page: Page, verb: str) -> None:
    page.get_by_role("button", name=verb).click()
    expect(page.locator(".d-toast").first).to_be_visible(timeout=WAIT)


def claim(page: Page) -> None:
    page.get_by_role("button", name="认领").click()
    expect(page.get_by_role("toolbar", name="办理").get_by_role("button", name="放回")).to_be_visible(timeout=WAIT)


def test_from_the_contact_to_the_auditor(house: House, site: str, enter: Enter) -> None:
    walk = Walk(house).collect("sci", "fin").on("2024-12-02")
    answers = filled_in(walk.form(walk.task("draft_report", unit_key("sci"))))

    contact = enter("contact.sci")
    open_from_inbox(contact)
    fill(contact, {**answers, "problems": "太短"})
    contact.get_by_role("button", name="报分管负责人签发").click()
    expect(contact.get_by_text("处需要修改").first).to_be_visible(timeout=WAIT)
    expect(contact.locator('[name="problems"]')).to_have_value("太短")
    fill(contact, {"problems": answers["problems"]})
    send(contact, "报分管负责人签发")

    head = enter("head.sci")
    open_from_inbox(head)
    fill(head, {"outcome": "yes"})
    send(head, "签发并报领导小组办公室")

    office = enter("office")
    open_from_inbox(office)
    claim(office)
    fill(office, {"outcome": "returned", "opinion_text": "请补充问题分析。"})
    if office.locator('[name="return_points.0.field"]').count() == 0:
        office.locator("[data-add=return_points]").click()
    fill(office, {"return_points": [{"field": "problems", "point": "请结合企业诉求具体说明"}]})
    send(office, "送出审核结果")

    open_from_inbox(contact)
    expect(contact.get_by_text("请结合企业诉求具体说明").first).to_be_visible()
    fill(contact, {"problems": "部分企业研发投入不足，诉求集中在融资和用工，基层服务力量偏少，需要加强统筹。"})
    send(contact, "报分管负责人签发")
    open_from_inbox(head)
    fill(head, {"outcome": "yes"})
    send(head, "签发并报领导小组办公室")
    open_from_inbox(office)
    claim(office)
    fill(office, {"outcome": "accepted", "quality_level": "good"})
    send(office, "送出审核结果")
    office.goto("/board")
    expect(office.locator("tr", has_text="市科技局").first).to_contain_text("1")

    auditor = enter("auditor")
    auditor.goto("/histories")
    auditor.get_by_role("link", name=TITLE).first.click()
    expect(auditor.locator("[data-diagram][data-ready='1']").first).to_be_visible(timeout=WAIT)
    slider = auditor.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    first = slider.get_attribute("aria-valuetext")
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") != first
    auditor.get_by_role("link", name="重新执行比对").first.click()
    expect(auditor.get_by_text("一致").first).to_be_visible(timeout=WAIT)
    assert check(house) == []


def test_a_late_unit_is_urged_and_the_letter_arrives(
    house: House, site: str, enter: Enter, postbox: tuple[Postbox, int]
) -> None:
    box, port = postbox
    Walk(house).collect("sci", "fin").on("2024-12-02")

    office = enter("office")
    office.goto("/board")
    office.get_by_role("button", name="催办").first.click()
    dialog = office.locator("dialog[open]")
    if dialog.count():
        dialog.get_by_role("button").last.click()
    expect(office.get_by_text("已催办").first).to_be_visible(timeout=WAIT)

    settings = dataclasses.replace(house.settings, mail_url=f"mailto://127.0.0.1:{port}?mode=insecure")
    outbox.drain(house)
    posting.send_due(House(settings, house.database), "mail")
    assert box.letters, "no letter arrived"
    assert "年度反馈" in str(box.letters[0]["Subject"]) + str(box.letters[0].get_body(("plain",)).get_content())
    contact = enter("contact.fin")
    contact.goto("/messages")
    expect(contact.get_by_text("催办").first).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    ("login", "paths"),
    [
        ("contact.sci", ("/inbox", "/messages", "/settings", "/plan", "TASK")),
        ("office", ("/board", "/campaigns", "/cockpit", "/indicators/2", "/histories")),
        ("system_admin", ("/people", "/units")),
    ],
)
def test_screens_have_no_barrier(house: House, enter: Enter, login: str, paths: tuple[str, ...], width: int) -> None:
    walk = Walk(house).collect("sci", "fin").on("2024-12-02")
    task_id = walk.task("draft_report", unit_key("sci")).id
    page = enter(login, width)
    found = {}
    for path in paths:
        page.goto(f"/tasks/{task_id}" if path == "TASK" else path)
        page.wait_for_load_state("networkidle")
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        found[path] = [violation["id"] for violation in results.response["violations"]]

    assert {path: violations for path, violations in found.items() if violations} == {}
