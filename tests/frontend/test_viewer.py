"""The diagram viewer draws a BPMN file, marks what happened, and follows a time slider without reading it again."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.conftest import Show

pytestmark = pytest.mark.browser


def diagram(**asked: Any) -> str:
    value = json.dumps({"url": "/diagram.bpmn", **asked}).replace("'", "&#39;")
    return f"<div class='d-diagram big' data-diagram='{value}'></div>"


def marked(page: Page, mark: str) -> set[str]:
    found: list[str] = page.eval_on_selector_all(f"g.djs-element.{mark}", "all => all.map((g) => g.dataset.elementId)")
    return set(found)


def test_marks_flows_and_notes_are_drawn(show: Show) -> None:
    marks = {"done": ["opened"], "now": ["draft_report"], "flows": ["f1"]}

    page = show(diagram(marks=marks, notes={"draft_report": {"text": "在办", "cls": "blue"}}), "viewer")

    expect(page.locator("[data-ready='1']")).to_have_count(1)
    assert marked(page, "done") == {"opened", "f1"}
    assert marked(page, "now") == {"draft_report"}
    expect(page.locator(".bp-note.blue")).to_have_text("在办")
    expect(page.locator(".bjs-powered-by")).to_be_visible()


def test_a_moved_slider_redraws_the_marks_without_reading_the_file_again(show: Show, page: Page) -> None:
    reads: list[str] = []
    page.on("request", lambda asked: reads.append(asked.url) if asked.url.endswith(".bpmn") else None)
    show(diagram(marks={"now": ["draft_report"]}), "viewer")
    expect(page.locator("[data-ready='1']")).to_have_count(1)

    page.eval_on_selector(
        "[data-diagram]",
        "(element, detail) => element.dispatchEvent(new CustomEvent('diagram:marks', {detail}))",
        {"done": ["draft_report"], "now": ["sign_report"], "notes": {"sign_report": {"text": "待签发"}}},
    )

    assert marked(page, "done") == {"draft_report"}
    assert marked(page, "now") == {"sign_report"}
    expect(page.locator(".bp-note")).to_have_text("待签发")
    assert len(reads) == 1


def test_an_element_that_the_drawing_lacks_is_passed_over(show: Show) -> None:
    page = show(diagram(marks={"done": ["opened", "gone"]}, notes={"gone": {"text": "–"}}, focus=["gone"]), "viewer")

    expect(page.locator("[data-ready='1']")).to_have_count(1)
    assert marked(page, "done") == {"opened"}


def test_a_focus_fills_the_view_with_its_elements(show: Show) -> None:
    page = show(diagram(focus=["draft_report", "sign_report"]), "viewer")

    expect(page.locator("[data-ready='1']")).to_have_count(1)
    frame = page.locator("[data-diagram]").bounding_box()
    shape = page.locator("g[data-element-id=draft_report]").bounding_box()
    assert frame is not None
    assert shape is not None
    assert frame["x"] <= shape["x"] < shape["x"] + shape["width"] <= frame["x"] + frame["width"]
    assert shape["width"] > frame["width"] / 10


def test_marks_that_name_another_file_are_drawn_on_that_one(show: Show, page: Page, pages: dict[str, str]) -> None:
    pages["/next.bpmn"] = pages["/diagram.bpmn"].replace("draft_report", "write_report")
    show(diagram(marks={"now": ["draft_report"]}), "viewer")
    expect(page.locator("[data-ready='1']")).to_have_count(1)
    send = "(element, detail) => element.dispatchEvent(new CustomEvent('diagram:marks', {detail}))"

    page.eval_on_selector("[data-diagram]", send, {"now": ["write_report"], "url": "/next.bpmn"})

    expect(page.locator("g[data-element-id=write_report].now")).to_have_count(1)
    expect(page.locator("g[data-element-id=draft_report]")).to_have_count(0)
    for url, id_ in (
        ("/diagram.bpmn", "draft_report"),
        ("/next.bpmn", "write_report"),
        ("/diagram.bpmn", "draft_report"),
    ):
        page.eval_on_selector("[data-diagram]", send, {"now": [id_], "url": url})
    expect(page.locator("g[data-element-id=draft_report].now")).to_have_count(1)
