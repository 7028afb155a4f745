"""The whole application behind a real server, in December 2024, and people who sign in to it with a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import waitress
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect
from sqlalchemy import update

from app import clock, create_app
from app.models.person import Person
from app.services.house import House

PASSWORD = "一个够长的 pass 短语 2024"
NOON = datetime.fromisoformat("2024-12-25T10:00:00+08:00")
WAIT = 20_000  # milliseconds; the machine of the tests is busy

Enter = Callable[..., Page]


@pytest.fixture
def site(house: House) -> Iterator[str]:
    """Its address. The clock runs on from 25 December: a draft of the unit's report is late by then."""
    with house.database.transaction() as session:
        session.execute(update(Person).values(password_hash=house.passwords.hash(PASSWORD), password_changed_at=NOON))
    clock.start_at(NOON)
    server = waitress.create_server(create_app(house), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(10)
    clock.start_at(None)


@pytest.fixture
def enter(browser: Browser, site: str, browser_context_args: dict[str, object]) -> Iterator[Enter]:
    """Signs a person in and gives the page; the end of the test fails on an error or a request to another origin."""
    troubles: list[str] = []
    contexts: list[BrowserContext] = []

    def sign_in(login: str, width: int = 1440, height: int = 900) -> Page:
        size = {"viewport": {"width": width, "height": height}}
        context = browser.new_context(**{**browser_context_args, **size, "base_url": site})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("console", lambda message: _listen(message, troubles))
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("request", lambda request: _watch(request, site, troubles))
        page.goto("/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page.locator(".d-rail")).to_be_visible(timeout=WAIT)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert troubles == []


def _listen(message: ConsoleMessage, troubles: list[str]) -> None:
    if message.type == "error" and "422" not in message.text and "409" not in message.text:
        troubles.append(message.text)


def _watch(request: Request, site: str, troubles: list[str]) -> None:
    if not request.url.startswith((site, "data:", "blob:")):
        troubles.append(f"another origin: {request.url}")
