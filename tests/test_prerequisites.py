"""The services that the tests stand on are real: two databases, a browser, and no way out of this machine."""

import socket

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, inspect, text

from tests.network import NetworkRefused, is_local


def test_each_kind_of_database_answers(database_url: str) -> None:
    engine = create_engine(database_url)

    with engine.connect() as connection:
        answer = connection.execute(text("SELECT 1")).scalar_one()

    engine.dispose()
    assert answer == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_is_fresh_for_every_test(empty_database_url: str, turn: int) -> None:
    engine = create_engine(empty_database_url)

    with engine.begin() as connection:
        tables_before = inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE left_behind (id INTEGER PRIMARY KEY)"))

    engine.dispose()
    assert tables_before == []


@pytest.mark.browser
def test_chromium_opens_a_page_in_chinese(page: Page) -> None:
    page.goto("data:text/html;charset=utf-8,<h1>督办</h1>")

    assert page.inner_text("h1") == "督办"
    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"


def test_another_machine_is_refused_by_address_and_by_name(only_this_machine: list[str]) -> None:
    with socket.socket() as outward, pytest.raises(NetworkRefused):
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkRefused):
        socket.create_connection(("example.org", 80))

    assert only_this_machine == ["('192.0.2.1', 80)", "example.org"]
    only_this_machine.clear()


def test_this_machine_may_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "", None, b"localhost"])
def test_names_of_this_machine_are_local(host: str | bytes | None) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_names_of_other_machines_are_not_local(host: str) -> None:
    assert not is_local(host)
