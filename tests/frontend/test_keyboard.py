"""The keyboard works the elements that name their keys, walks lists, and keeps quiet while a person types."""

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.conftest import Show

pytestmark = pytest.mark.browser

ELEMENTS = """
<a data-key="g i" href="#inbox">待办</a> <a data-key="g b" href="#board">督办</a> <input data-key="/" aria-label="搜索">
<form action="#saved"><button data-key="Ctrl+S" formaction="#saved">暂存</button></form>
<table><tbody data-rows>
<tr data-row><td><input type="checkbox" aria-label="选"></td><td><a href="#first">甲</a></td></tr>
<tr data-row><td><input type="checkbox" aria-label="选"></td><td><a href="#second">乙</a></td></tr>
</tbody></table>
"""


def fragment(page: Page) -> str:
    value: str = page.evaluate("location.hash")
    return value


def test_a_sequence_follows_its_link(show: Show) -> None:
    page = show(ELEMENTS)

    page.keyboard.type("gb")

    assert fragment(page) == "#board"


def test_a_slash_focuses_the_search_and_is_not_typed(show: Show) -> None:
    page = show(ELEMENTS)

    page.keyboard.press("/")

    expect(page.get_by_label("搜索")).to_be_focused()
    expect(page.get_by_label("搜索")).to_have_value("")


def test_letters_typed_into_a_field_work_nothing(show: Show) -> None:
    page = show(ELEMENTS)
    page.get_by_label("搜索").focus()

    page.keyboard.type("gbj")

    assert fragment(page) == ""
    expect(page.get_by_label("搜索")).to_have_value("gbj")
    expect(page.locator("tr.sel")).to_have_count(0)


def test_single_keys_can_be_switched_off(show: Show) -> None:
    page = show(ELEMENTS)
    page.evaluate("document.body.dataset.singleKeys = 'off'")

    page.keyboard.type("gbj")

    assert fragment(page) == ""
    expect(page.locator("tr.sel")).to_have_count(0)


def test_rows_are_walked_ticked_and_opened(show: Show) -> None:
    page = show(ELEMENTS)

    page.keyboard.type("jjx")
    expect(page.locator("tr.sel a")).to_have_text("乙")
    expect(page.locator("tr.sel input")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("Enter")

    assert fragment(page) == "#first"


def test_a_chord_works_while_typing(show: Show) -> None:
    page = show(ELEMENTS)
    page.evaluate(
        "document.querySelector('form').addEventListener('submit', (event) => {"
        "event.preventDefault(); document.title = '已存'; })"
    )
    page.get_by_label("搜索").focus()

    page.keyboard.press("Control+s")

    expect(page).to_have_title("已存")
