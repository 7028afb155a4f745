"""An auditor finds a history, plays it, compares two moments, goes to its family and its process, takes it away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.services.house import House
from tests import sealing
from tests.browser.conftest import Enter
from tests.browser.test_trace import PHONE, widths
from tests.events import filled
from tests.services.orders import BLUE, Desk
from tests.tools.bundles import FILE

pytestmark = pytest.mark.browser

WORDS = str(BLUE["content"])  # of the second event's form


@pytest.fixture
def history(house: House) -> str:
    """An order that was drafted, issued, signed for, reported and closed; made before the site."""
    desk = Desk(house).matter().issued().signed_for()
    desk.on("2022-07-18")
    desk.reported().accepted()
    return desk.order().instance_id or "?"


def test_a_moment_is_reached_compared_and_kept_as_an_address(history: str, enter: Enter) -> None:
    auditor = enter("auditor")
    auditor.goto("/histories?duty=supervision_order")
    auditor.locator(f'a[href="/histories/{history}"]').click()
    expect(auditor.locator("[data-diagram][data-ready='1']")).to_have_count(1)

    auditor.locator("tr[data-event='2']").click(position={"x": 5, "y": 5})
    expect(auditor.locator("[data-then]")).to_contain_text(WORDS)
    expect(auditor.locator("[data-rules]")).to_contain_text("办理权限")
    auditor.wait_for_url("**?event=2")
    address = auditor.get_by_role("link", name="复制此刻地址")
    expect(address).to_have_attribute("href", f"{auditor.url}")
    address.click()
    expect(auditor.locator(".d-toast")).to_contain_text("已复制此刻的地址")

    auditor.get_by_role("button", name="以此刻对照").click()
    auditor.get_by_role("slider").press("End")
    auditor.wait_for_url("**from=2*")
    kept = auditor.url
    told = auditor.locator("[data-difference] p").text_content()
    auditor.goto(kept)
    expect(auditor.locator("[data-difference] p")).to_have_text(told or "?")
    expect(auditor.get_by_role("button", name="以此刻对照")).to_have_attribute("aria-pressed", "true")


def test_the_text_of_a_moment_needs_no_script(history: str, enter: Enter) -> None:
    auditor = enter("auditor")
    auditor.route("**/*.js*", lambda route: route.abort())

    answer = auditor.request.get(f"/histories/{history}?event=2&from=1")

    assert answer.ok
    assert all(word in answer.text() for word in (WORDS, "办理权限", "<ins>"))


def test_a_process_is_seen_as_a_whole_and_leads_back_to_one_history(history: str, enter: Enter) -> None:
    auditor = enter("auditor")
    auditor.goto(f"/histories/{history}")
    auditor.get_by_role("link", name="同类流程").click()
    expect(auditor.locator("[data-diagram][data-ready='1']")).to_have_count(1)
    expect(auditor.locator(".bp-note").first).to_contain_text("次")

    auditor.get_by_role("link", name="等待时间").click()
    expect(auditor.locator(".bp-note").first).to_contain_text("中位")
    auditor.locator(".d-variants a").first.click()
    expect(auditor.locator("#variant")).to_contain_text("走这条路径的流程")
    expect(auditor.locator("g.djs-connection.done").first).to_be_attached()
    auditor.locator(f'#variant a[href="/histories/{history}"]').click()
    expect(auditor.locator("#seal")).to_contain_text("未发现改动")


def test_what_is_taken_away_is_whole(history: str, enter: Enter, tmp_path: Path) -> None:
    auditor = enter("auditor")
    auditor.goto(f"/histories/{history}")

    for name, ending in (("导出证据包", ".zip"), ("导出事件表（CSV）", ".csv")):
        with auditor.expect_download() as taken:
            auditor.get_by_role("link", name=name).first.click()
        assert taken.value.suggested_filename.endswith(ending)
        taken.value.save_as(tmp_path / f"taken{ending}")

    assert (tmp_path / "taken.csv").read_text("utf-8-sig").count("\n") >= 2


def test_from_the_search_to_a_bundle_that_proves_itself_elsewhere(
    house: House, history: str, enter: Enter, tmp_path: Path
) -> None:
    sealing.checkpoint(house)
    filled(house)
    auditor = enter("auditor")
    auditor.goto("/events?duty=supervision_order")
    auditor.locator("tr[data-row]").last.get_by_role("link").first.click()
    auditor.wait_for_url(f"**/histories/{history}?event=1")
    expect(auditor.locator("[data-diagram][data-ready='1']")).to_have_count(1)
    auditor.get_by_role("button", name="以此刻对照").click()
    auditor.get_by_role("button", name="播放").click()
    auditor.wait_for_url("**event=2*from=1*")
    expect(auditor.locator("[data-difference] p")).not_to_be_empty()
    expect(auditor.locator("#seal")).to_contain_text("未发现改动")
    with auditor.expect_download() as taken:
        auditor.get_by_role("link", name="导出证据包").first.click()
    taken.value.save_as(tmp_path / "bundle.zip")

    assert elsewhere(tmp_path, sealing.key_of(house).verifier.written) == (0, "GREEN")
    changed = bytearray((tmp_path / "bundle.zip").read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "bundle.zip").write_bytes(changed)
    assert elsewhere(tmp_path, sealing.key_of(house).verifier.written) == (1, "RED")


def elsewhere(folder: Path, key: str) -> tuple[int, str]:
    """Exit code and verdict of the checker in a process that has neither the product nor its packages."""
    command = [sys.executable, "-I", "-S", str(FILE), "bundle.zip", "--key", key]
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout.split()[0]


def test_no_screen_is_wider_than_a_phone(history: str, enter: Enter) -> None:
    phone = enter("auditor", width=PHONE, height=844)
    paths = ("", "?event=2&from=1", "/family")
    screens = (
        *(f"/histories/{history}{path}" for path in paths),
        "/histories/processes",
        "/histories/processes/supervision_order",
    )

    assert [(path, width) for path, width in widths(phone, screens) if width > PHONE] == []
