"""Charts, long lists, icons and htmx work under the strict content security policy, also where swapped in later."""

import json

import pytest
from playwright.sync_api import expect

from tests.frontend.conftest import DIST, Show

pytestmark = pytest.mark.browser

CHART = json.dumps(
    {
        "xAxis": {"type": "category", "data": ["1月", "2月"]},
        "yAxis": {"type": "value"},
        "series": [{"type": "line", "data": [3, 5]}],
    }
)


def test_a_chart_is_drawn_as_svg_with_a_description(show: Show) -> None:
    page = show(f"<div class='d-chart' data-chart='{CHART}'></div>", "charts")

    expect(page.locator("[data-chart][data-ready='1'] svg")).to_be_visible()
    assert page.locator("[data-chart]").get_attribute("aria-label")


def test_a_chart_that_htmx_swaps_in_is_drawn_too(show: Show, pages: dict[str, str]) -> None:
    pages["/part"] = f"<h2 data-focus-after-swap>趋势</h2><div class='d-chart' data-chart='{CHART}'></div>"
    page = show('<section hx-get="/part" hx-trigger="load">…</section>', "charts")

    expect(page.locator("section [data-chart][data-ready='1'] svg")).to_be_visible()
    expect(page.locator("h2")).to_be_focused()


def test_a_long_list_is_searched_by_pinyin(show: Show) -> None:
    options = (
        '<option value=""></option><option value="miit" data-pinyin="gongxin gx">市工信局</option>'
        '<option value="fin" data-pinyin="caizheng cz">市财政局</option>'
    )
    page = show(f'<label for="unit">单位</label><select id="unit" data-search>{options}</select>', "select")

    page.locator(".ts-control input").fill("caiz")

    expect(page.locator(".ts-dropdown .option")).to_have_text(["市财政局"])


def test_every_icon_of_the_list_is_in_the_sprite() -> None:
    names = [line for line in (DIST.parents[2] / "frontend" / "icons.txt").read_text().splitlines() if line[:1] != "#"]
    icons = (DIST / "icons.svg").read_text()
    lights = (DIST / "lights.svg").read_text()

    assert names
    assert [name for name in names if f'id="{name}"' not in icons] == []
    assert [light for light in ("green", "yellow", "red", "blue", "grey") if f'id="{light}"' not in lights] == []


def test_every_file_of_the_manifest_was_built_and_names_no_other_host() -> None:
    manifest = json.loads((DIST / "manifest.json").read_text())

    styles = "".join((DIST / name).read_text() for name in manifest if name.endswith(".css"))

    assert {"app.js", "app.css", "viewer.js", "charts.js", "select.js", "paper.css", "icons.svg"} <= manifest.keys()
    assert "url(http" not in styles
    assert "@import" not in styles
