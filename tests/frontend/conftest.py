"""A tiny site on this machine that serves the built front end under the strict content security policy."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

HERE = Path(__file__).parent
DIST = HERE.parent.parent / "app" / "static" / "dist"
POLICY = (
    "default-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>督办</title>
<link rel="icon" href="data:,"><meta name="htmx-config" content='{{"includeIndicatorCSS": false}}'>
<link rel="stylesheet" href="/app.css"><link rel="stylesheet" href="/viewer.css">
<link rel="stylesheet" href="/select.css">
<script type="module" src="/app.js"></script>{scripts}</head><body><main><h1>督办</h1>{body}</main></body></html>"""

Show = Callable[..., Page]


class Site(SimpleHTTPRequestHandler):
    """Answers with `pages` first, then with the built files."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".svg": "image/svg+xml"}

    def __init__(self, *arguments: object, pages: dict[str, str], **options: object) -> None:
        self.pages = pages
        super().__init__(*arguments, directory=str(DIST), **options)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path not in self.pages:
            super().do_GET()
            return
        content = self.pages[self.path].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
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
def site(pages: dict[str, str]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, pages=pages)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def show(page: Page, site: str, pages: dict[str, str]) -> Iterator[Show]:
    """Open a page with this body and these scripts; fails the test on a console error or a request to elsewhere."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((site, "data:")) else complaints.append(asked.url))

    def open_page(body: str, *scripts: str) -> Page:
        tags = "".join(f'<script type="module" src="/{name}.js"></script>' for name in scripts)
        pages["/"] = PAGE.format(scripts=tags, body=body)
        page.goto(site)
        return page

    yield open_page
    assert complaints == []
