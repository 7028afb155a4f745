"""The browser of the tests: the system's Chromium, else Playwright's, shut off from every other machine."""

import shutil
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
SNAP = "/snap/"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def system_chromium() -> str | None:
    """The path of an installed Chromium; Ubuntu's is a script that asks for snap, which cannot be driven."""
    for path in map(shutil.which, NAMES):
        if path and not _is_for_snap(Path(path)):
            return path
    return None


def _is_for_snap(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(4096)
    return start.startswith(b"#!") and SNAP.encode() in start


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Options of pytest-playwright's browser. Without a system Chromium it starts Playwright's own, or fails."""
    path = system_chromium()
    return {**browser_type_launch_args, "args": list(ARGUMENTS), **({"executable_path": path} if path else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A page as an office sees it: Chinese, in Yangzhou's time, 1440 pixels wide."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }
