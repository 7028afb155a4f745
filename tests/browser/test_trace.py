"""From a figure of the plan to the rule behind each enterprise in it, by clicking; and the same screens on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.models.enterprise import Title
from app.models.recognition import RecognitionBatch
from app.services.house import House
from tests.browser.conftest import Enter
from tests.browser.test_december import fill, open_from_inbox, send
from tests.services.recognition_walk import Recognition, application_answers, morning
from tests.services.servings import City

pytestmark = pytest.mark.browser

FIRM = "扬州第1精密机械有限公司"
PHONE = 390


@pytest.fixture
def walk(house: House) -> Recognition:
    """A little giant whose specialist was asked by itself; made before the site, so that all get a password."""
    walk = Recognition(house, day="2024-03-20")
    City(house, morning("2024-03-20")).specialist("wang")
    since = {"from_on": date(2023, 6, 1), "until_on": date(2026, 5, 31), "announced_on": date(2023, 6, 1)}
    walk.add(Title(enterprise_id=walk.firms[0], level="specialised", **since))
    batch = walk.open_batch("little_giant", year=2024)
    walk.do("contact.miit", "open_batch", batch, window_to="2024-04-10", expected_on="2024-06-30")
    walk.do("head.miit", "sign_batch_notice", batch, outcome="yes")
    years = [{**row, "year": row["year"] + 1} for row in application_answers()["years"]]
    manual = {"asks_manual_check": True, "manual_reason": "市场占有率证明由行业协会出具，系统无法比对，请人工复核。"}
    walk.review(walk.apply(years=years, market_share_pct=12.5, market_rank=3, **manual))
    walk.on("2024-04-22").check(batch)
    walk.score(batch)
    rows = walk.form_of("decide_list", batch)["rows"]
    walk.decide(batch, rows=[{**row, "decision": "granted", "reason": "经复核达到条件"} for row in rows])
    walk.do("contact.miit", "publish_notice", batch)
    walk.on("2024-05-06").do("head.miit", "send_recommendation", batch, document_no="扬工信〔2024〕40号")
    told = {"result": "granted", "document_no": "工信部企业函〔2024〕1号", "announced_on": "2024-05-05"}
    walk.do(
        "contact.miit",
        "record_outcome",
        batch,
        rows=[{**row, **told} for row in walk.form_of("record_outcome", batch)["rows"]],
    )
    return walk.on("2024-05-07")


def test_a_figure_is_traced_to_the_rows_of_the_rules(walk: Recognition, enter: Enter) -> None:
    office = enter("office")
    office.goto("/cockpit")
    office.locator('a[href^="/indicators/2?"]').first.click()
    office.get_by_role("link", name="查看计入的企业").click()
    expect(office.get_by_role("heading", name="企业名单")).to_contain_text("共 1 家")

    office.get_by_role("link", name=FIRM).click()
    expect(office.get_by_text("专精特新“小巨人”企业").first).to_be_visible()
    office.get_by_role("link", name="依据").last.click()
    expect(office.locator("h1")).to_contain_text("小巨人")
    expect(office.get_by_role("heading", name="所用数据")).to_be_visible()
    condition = office.locator("tr[id]").first
    number = condition.get_attribute("id") or "?"
    expect(condition.locator("td").last).to_contain_text("满足")

    office.get_by_role("link", name="认定标准").click()
    expect(office.locator("#little_giant").get_by_text(number, exact=True).first).to_be_visible()


def test_a_little_giant_gets_its_specialist_unasked(walk: Recognition, enter: Enter) -> None:
    locality = enter("contact.hanjiang")
    open_from_inbox(locality, "结对")
    expect(locality.get_by_text("专员wang").first).to_be_visible()
    send(locality, "确定人选")

    specialist = enter("wang")
    open_from_inbox(specialist, "结对")
    fill(specialist, {"outcome": "yes"})
    send(specialist, "送出答复")
    specialist.goto("/my-enterprises")
    expect(specialist.get_by_text(FIRM).first).to_be_visible()


def test_no_screen_is_wider_than_a_phone(walk: Recognition, enter: Enter) -> None:
    [batch] = walk.rows(RecognitionBatch)
    own = {
        "firm1": ("/portal", "/portal/demands", "/portal/library"),
        "contact.hanjiang": ("/enterprises", f"/enterprises/{walk.firms[0]}", "/library", "/demands"),
        "contact.miit": ("/recognition", f"/recognition/{batch.id}", "/policies"),
        "wang": ("/my-enterprises",),
    }
    wide = [
        (login, path, width)
        for login, paths in own.items()
        for path, width in widths(enter(login, width=PHONE, height=844), paths)
        if width > PHONE
    ]
    assert wide == []


def widths(page: Page, paths: tuple[str, ...]) -> list[tuple[str, int]]:
    """Of the whole page, each address opened."""
    found = []
    for path in paths:
        answer = page.goto(path)
        assert answer is not None, path
        assert answer.ok, (path, answer.status)
        found.append((path, int(page.evaluate("document.documentElement.scrollWidth"))))
    return found
