"""The time slider moves through a history by event, by working day and by pointer, and everything follows it."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.frontend.conftest import Show
from tests.views.small_app import page as render

pytestmark = pytest.mark.browser


def frame(at: str, text: str, event: int, **marks: Any) -> dict[str, Any]:
    return {"at": at, "text": text, "actor": "市工信局 陈晓岚", "event": event, **marks}


FIRST = frame("2023-12-01T00:30:00Z", "下达年度反馈", 41, done=["opened"], now=["draft_report"])
SENT = frame("2023-12-07T08:00:00Z", "报送签发", 48, done=["opened", "draft_report"], now=["sign_report"], flows=["f1"])
RETURNED = frame("2023-12-11T02:00:00Z", "退回修改", 55, done=["opened", "sign_report"], now=["draft_report"])
FRAMES = [
    FIRST,
    {**SENT, "data": {"完成数": "12 项"}},
    {**RETURNED, "data": {"完成数": "17 项"}, "late": ["draft_report"], "overdue": True},
]
NAMES = {"draft_report": "起草年度反馈", "sign_report": "签发年度反馈"}
PAGE = """{% extends "base.html" %}{% from "replay.html" import player, difference, then %}
{% block title %}流程回放{% endblock %}
{% block head %}<link rel="stylesheet" href="{{ asset('viewer.css') }}">
<script type="module" src="{{ asset('viewer.js') }}"></script>
<script type="module" src="{{ asset('replay.js') }}"></script>{% endblock %}
{% block content %}{{ player({"url": "/diagram.bpmn"}, frames, names, on="2023-12-09", then_url="/then-EVENT") }}
<section><table class="d-table d-events"><tbody>{% for frame in frames %}
<tr data-event="{{ frame.event }}"><td>{{ frame.text }}</td></tr>{% endfor %}</tbody></table></section>
<section class="d-card"><h2>当时的表单</h2>{{ then() }}
<h2>两个时刻的差别</h2>{{ difference() }}</section>{% endblock %}"""


@pytest.fixture
def replay(show: Show, pages: dict[str, str]) -> Page:
    pages.update({f"/then-{frame['event']}": f"<p>表单 {frame['event']}</p>" for frame in FRAMES})
    page = show(render(PAGE, frames=FRAMES, names=NAMES))
    expect(page.locator("[data-diagram][data-ready='1']")).to_have_count(1)
    return page


def marked(page: Page, mark: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(f"g.djs-element.{mark}", "all => all.map((g) => g.dataset.elementId)")
    return sorted(found)


def words(page: Page) -> str | None:
    return page.get_by_role("slider").get_attribute("aria-valuetext")


def test_it_opens_at_the_last_event_and_says_so(replay: Page) -> None:
    assert words(replay) == "12月11日 10:00，退回修改，第 3 个事件，共 3 个"
    expect(replay.locator("[data-moment]")).to_have_text("2023年12月11日 10:00")
    expect(replay.locator("[data-then]")).to_have_text("表单 55")
    assert marked(replay, "now") == ["draft_report"]


def test_arrows_go_from_event_to_event_and_diagram_and_table_follow(replay: Page) -> None:
    replay.get_by_role("slider").focus()

    replay.keyboard.press("ArrowLeft")

    assert words(replay) == "12月7日 16:00，报送签发，第 2 个事件，共 3 个"
    assert marked(replay, "now") == ["sign_report"]
    assert "f1" in marked(replay, "done")
    expect(replay.locator("tr.now")).to_have_text("报送签发")
    expect(replay.locator("tr.later")).to_have_text("退回修改")
    expect(replay.locator("[data-then]")).to_have_text("表单 48")


def test_home_and_end_go_to_the_first_and_the_last_event(replay: Page) -> None:
    replay.get_by_role("slider").focus()

    replay.keyboard.press("Home")
    assert replay.get_by_role("slider").get_attribute("aria-valuenow") == "1"
    replay.keyboard.press("End")

    assert replay.get_by_role("slider").get_attribute("aria-valuenow") == "3"


def test_shift_and_arrow_go_by_working_day_and_know_the_make_up_saturday(replay: Page) -> None:
    replay.get_by_role("slider").focus()
    replay.keyboard.press("ArrowLeft")

    moments = []
    for _ in range(3):
        replay.keyboard.press("Shift+ArrowRight")
        moments.append(replay.locator("[data-when]").text_content())

    assert moments == ["12月7日 23:59", "12月8日 23:59", "12月9日 23:59"]
    assert marked(replay, "now") == ["sign_report"]


def test_playing_walks_to_the_end_and_stops(replay: Page) -> None:
    replay.get_by_role("button", name="回到开始").click()
    replay.get_by_role("button", name="1 倍").click()
    replay.get_by_role("button", name="2 倍").click()

    replay.get_by_role("button", name="播放").click()

    expect(replay.get_by_role("slider")).to_have_attribute("aria-valuenow", "3")
    expect(replay.get_by_role("button", name="播放")).to_have_attribute("aria-pressed", "false")


def test_the_pointer_moves_the_slider_and_a_row_of_the_table_too(replay: Page) -> None:
    box = replay.get_by_role("slider").bounding_box()
    assert box is not None

    replay.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + 21)
    assert replay.get_by_role("slider").get_attribute("aria-valuenow") == "1"
    replay.get_by_role("cell", name="报送签发").click()

    assert replay.get_by_role("slider").get_attribute("aria-valuenow") == "2"


def test_two_moments_are_compared(replay: Page) -> None:
    panel = replay.locator("[data-difference]")
    expect(panel.locator("del")).to_have_text(["签发年度反馈", "12 项"])
    expect(panel.locator("ins")).to_have_text(["起草年度反馈", "17 项"])

    replay.get_by_role("button", name="回到开始").click()
    replay.get_by_role("button", name="以此刻对照").click()
    replay.get_by_role("slider").press("End")

    expect(panel.locator("p")).to_have_text("12月1日 08:30 与 12月11日 10:00，相隔 7 个工作日")
    expect(panel.locator("dt")).to_have_text(["完成数"])


def test_it_passes_axe(replay: Page) -> None:
    results = Axe().run(replay, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})

    assert [(found["id"], json.dumps(found["nodes"][0]["target"])) for found in results.response["violations"]] == []
