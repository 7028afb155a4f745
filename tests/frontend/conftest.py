"""A tiny site on this machine that serves the built front end under the strict content security policy."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

HERE = Path(__file__).parent
DIST = HERE.parent.parent / "app" / "static" / "dist"
POLICY = (
    "default-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>督办</title>
<link rel="icon" href="data:,">
<meta name="htmx-config" content='{{"includeIndicatorCSS": false, "noSwap": [204, 304, "40x"]}}'>
<link rel="stylesheet" href="/app.css"><link rel="stylesheet" href="/viewer.css">
<link rel="stylesheet" href="/select.css">
<script type="module" src="/app.js"></script>{scripts}</head><body><main><h1>督办</h1>{body}</main></body></html>"""

BUILT = "/static/dist"  # where the pages of the application look for their files

Show = Callable[..., Page]


@dataclass
class Drafts:
    """What the site answers to the drafts it is sent, the last answer again and again, and what it was sent."""

    answers: list[tuple[int, dict[str, Any] | str]] = field(
        default_factory=lambda: [(200, {"text": "10:23 已自动暂存"})]
    )
    received: list[dict[str, str]] = field(default_factory=list)

    def take(self, body: bytes) -> tuple[int, dict[str, Any] | str]:
        posted = parse_qs(body.decode(), keep_blank_values=True)
        self.received.append({name: texts[-1] for name, texts in posted.items()})
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Site(SimpleHTTPRequestHandler):
    """Answers with `pages` first, then with the built files; what is posted goes to `drafts`."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".svg": "image/svg+xml"}

    def __init__(self, *arguments: object, pages: dict[str, str], drafts: Drafts, **options: object) -> None:
        self.pages, self.drafts = pages, drafts
        super().__init__(*arguments, directory=str(DIST), **options)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        page = self.pages.get(self.path, self.pages.get(urlsplit(self.path).path))
        if page is None:
            self.path = self.path.removeprefix(BUILT)
            super().do_GET()
            return
        self._answer(200, "text/html; charset=utf-8", page)

    def do_POST(self) -> None:
        status, content = self.drafts.take(self.rfile.read(int(self.headers["Content-Length"])))
        if isinstance(content, str):
            self._answer(status, "text/html; charset=utf-8", content)
        else:
            self._answer(status, "application/json", json.dumps(content))

    def _answer(self, status: int, kind: str, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: a test reads the browser's console instead."""


@pytest.fixture
def pages() -> dict[str, str]:
    """Path to content; a test adds what its page asks for."""
    return {"/diagram.bpmn": (HERE / "diagram.bpmn").read_text(encoding="utf-8")}


@pytest.fixture
def drafts() -> Drafts:
    return Drafts()


@pytest.fixture
def site(pages: dict[str, str], drafts: Drafts) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, pages=pages, drafts=drafts)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def tolerated() -> list[str]:
    """Parts of console errors that a test provokes; Chromium writes down every refused request."""
    return []


@pytest.fixture
def show(page: Page, site: str, pages: dict[str, str], tolerated: list[str]) -> Iterator[Show]:
    """Open a page with this body and these scripts; fails the test on a console error or a request to elsewhere."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((site, "data:")) else complaints.append(asked.url))

    def open_page(body: str, *scripts: str) -> Page:
        """body: what stands in the page, or, beginning with a doctype, the whole page."""
        tags = "".join(f'<script type="module" src="/{name}.js"></script>' for name in scripts)
        pages["/"] = body if body.startswith("<!doctype") else PAGE.format(scripts=tags, body=body)
        page.goto(site)
        return page

    yield open_page
    assert [text for text in complaints if not any(part in text for part in tolerated)] == []
