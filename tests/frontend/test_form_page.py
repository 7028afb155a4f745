"""A whole form in the frame: rows, counters, prefilled values, dialogs, the menu; axe on wide and narrow screens."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.services.form_rules import read_form, validate
from tests.frontend.conftest import Drafts, Show
from tests.views.small_app import form_page

pytestmark = pytest.mark.browser

DRAFT, REVIEW, BREAKDOWN = (
    "december_report.draft_report",
    "annual_target.review_package",
    "annual_target.confirm_breakdown",
)
REPORT: dict[str, Any] = {
    "figures": [
        {"no": 14, "name": "星级上云企业", "unit": "家", "target": 100, "value": 96, "ratio": "96%", "light": "yellow"},
        {"no": 19, "name": "绿色化改造项目", "unit": "项", "target": 35, "value": 19, "ratio": "54%", "light": "red"},
    ],
    "measures": [{"no": 8, "title": "加快数字化应用", "lead": True, "result": "新增星级上云企业96家"}],
    "problems": "环评周期长",
    "priorities": [{"title": "梯队培育", "content": "新增小巨人30家", "measure_no": 2}],
}
MARKS = {"figures.0.value": {"text": "运行监测，11月，12月6日核实"}}
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@pytest.fixture
def report(show: Show) -> Page:
    return show(form_page(DRAFT, REPORT, errors=validate(read_form(DRAFT), REPORT), marks=MARKS))


def entries(page: Page) -> int:
    return page.locator("[data-table=priorities] .d-entry").count()


def test_a_row_is_added_with_names_of_its_own_and_takes_the_focus(report: Page) -> None:
    report.locator("[data-add=priorities]").click()

    assert entries(report) == 2
    expect(report.locator("[name='priorities.1.title']")).to_be_focused()
    assert report.locator("[name*=__row__]").count() == 0


def test_a_removed_row_can_be_brought_back(report: Page) -> None:
    report.locator("[data-table=priorities] [data-remove]").click()
    assert entries(report) == 0

    report.get_by_role("button", name="恢复", exact=True).click()

    assert entries(report) == 1
    expect(report.locator("[name='priorities.0.title']")).to_have_value("梯队培育")


def test_enter_in_a_field_sends_nothing(report: Page) -> None:
    report.locator("[name='priorities.0.title']").press("Enter")

    assert entries(report) == 1
    assert report.url.endswith("/")


def test_long_texts_are_counted(report: Page) -> None:
    report.locator("[name=problems]").fill("一二三")

    expect(report.locator("[data-count=f-problems]")).to_have_text("3 / 1000")


def test_a_changed_prefilled_value_opens_its_reason_and_can_be_restored(report: Page) -> None:
    value = report.locator("[name='figures.0.value']")
    reason = report.locator("[name='figures.0.change_reason']")
    expect(reason).to_be_hidden()

    value.fill("97")
    expect(reason).to_be_visible()
    report.get_by_role("button", name="恢复带出值").click()

    expect(value).to_have_value("96")
    expect(report.get_by_role("button", name="恢复带出值")).to_be_hidden()


def test_the_summary_leads_to_the_field(report: Page) -> None:
    report.locator("#form-errors").get_by_role("link", name="存在问题").click()

    expect(report.locator("[name=problems]")).to_be_focused()


def test_a_row_of_a_matrix_adds_itself_up(show: Show) -> None:
    data = {"rows": [{"no": 3, "name": "市级专精特新", "target": 100, "cells": {"guangling": 5, "hanjiang": 7}}]}
    page = show(form_page(BREAKDOWN, data, choices={"rows.cells": [("guangling", "广陵区"), ("hanjiang", "邗江区")]}))

    page.get_by_label("市级专精特新 广陵区").fill("1,000")

    expect(page.locator("output")).to_have_text("1,007")


def test_ticking_a_row_opens_what_it_must_say(show: Show) -> None:
    page = show(form_page(REVIEW, {"items": [{"no": 3, "name": "市级专精特新"}]}))

    page.get_by_label("市级专精特新 退回", exact=True).check()

    expect(page.locator("[name='items.0.return_reason']")).to_be_visible()


def test_an_act_on_many_wants_their_number(report: Page) -> None:
    report.get_by_role("link", name="发出督办单").click()
    verb = report.get_by_role("button", name="发出 8 份督办单")

    report.get_by_label("请输入件数确认").fill("7")
    expect(verb).to_be_disabled()
    report.get_by_label("请输入件数确认").fill("8")

    expect(verb).to_be_enabled()
    report.get_by_role("link", name="取消").click()
    expect(verb).to_be_hidden()


def test_a_question_mark_shows_the_keys_and_escape_closes_them(report: Page) -> None:
    report.locator("h1").click()
    report.keyboard.press("?")
    expect(report.get_by_role("dialog")).to_contain_text("快捷键")

    report.keyboard.press("Escape")

    expect(report.get_by_role("dialog")).to_have_count(0)


def test_the_menu_closes_when_one_goes_elsewhere(report: Page) -> None:
    report.locator(".d-menu summary").click()
    expect(report.get_by_role("button", name="退出登录")).to_be_visible()

    report.locator("h1").click()

    expect(report.get_by_role("button", name="退出登录")).to_be_hidden()


def test_ctrl_s_saves_the_draft_with_its_token(report: Page, drafts: Drafts) -> None:
    with report.expect_request("**/draft") as asked:
        report.keyboard.press("Control+s")

    expect(report.locator("[data-draft-state]")).to_have_text("10:23 已自动暂存")
    assert asked.value.headers["x-csrftoken"] == "a-token"
    assert drafts.received[0]["figures.0.value"] == "96"


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", [DRAFT, REVIEW, BREAKDOWN])
def test_forms_pass_axe_and_do_not_scroll_sideways(show: Show, page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    data = {
        **REPORT,
        "items": [{"no": 3, "name": "市级"}],
        "rows": [{"no": 3, "name": "市级", "cells": {"guangling": 5}}],
    }
    show(form_page(name, data, errors=validate(read_form(name), data), marks=MARKS))

    results = Axe().run(page, options={"runOnly": RULES})

    assert [(found["id"], json.dumps(found["nodes"][0]["target"])) for found in results.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


LIST = """<form><label><input type="checkbox" data-pick-all>全选</label><ul>
<li><label><input type="checkbox" name="task" value="1" data-pick data-can="urge extend">甲</label></li>
<li><label><input type="checkbox" name="task" value="2" data-pick data-can="urge">乙</label></li></ul>
<div class="d-batch" data-batch>已选 <b data-picked></b> 件
<button data-can="urge">催办 <span data-able></span> 件</button>
<button data-can="extend">延期 <span data-able></span> 件</button>
<button type="button" data-pick-none>取消选择</button></div></form>"""


def test_ticked_rows_open_the_bar_and_count_for_each_verb(show: Show) -> None:
    page = show(LIST)
    expect(page.locator("[data-batch]")).to_be_hidden()

    page.get_by_label("乙").check()
    expect(page.get_by_role("button", name="催办 1 件")).to_be_enabled()
    expect(page.get_by_role("button", name="延期 0 件")).to_be_disabled()
    page.get_by_label("全选").check()
    expect(page.get_by_role("button", name="催办 2 件")).to_be_enabled()
    page.get_by_role("button", name="取消选择").click()

    expect(page.locator("[data-batch]")).to_be_hidden()


def test_a_refused_part_is_not_swapped_in_and_its_note_stays_until_closed(
    show: Show, drafts: Drafts, tolerated: list[str]
) -> None:
    tolerated.append("403")
    drafts.answers = [(403, "<div class='d-note d-note-red'><b>您无权办理此事项。</b></div>")]
    page = show(
        '<form hx-post="/act"><label for="a">意见</label><input id="a" name="a"><button>催办</button></form>'
        '<div class="d-toasts" data-toasts data-close="关闭" data-fault="没有办理成功"></div>'
    )
    page.get_by_label("意见").fill("甲")

    page.get_by_role("button", name="催办").click()

    expect(page.locator(".d-toasts")).to_contain_text("您无权办理此事项。")
    expect(page.get_by_label("意见")).to_have_value("甲")
    page.get_by_role("button", name="关闭").click()
    expect(page.locator(".d-toasts")).to_be_empty()
