"""All histories of a process on one screen, for whom they may be seen, in a number of statements that does not grow."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from app.queries import process_histories
from app.services.house import House
from app.views import history_processes
from tests import walks
from tests.applications import SignIn
from tests.statements import counted


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """As though the small models had a drawing."""
    monkeypatch.setattr(history_processes, "is_drawn", lambda *_: True)


@pytest.fixture
def histories(house: House) -> list[str]:
    return [*(walks.walked(house, "linear", seed) for seed in range(3)), walks.started(house, "linear", "open")]


def diagram_in(page: str) -> dict[str, dict[str, object]]:
    found = re.search(r"data-diagram='(.*?)'", page)
    assert found is not None
    told: dict[str, dict[str, object]] = json.loads(unescape(found[1]))
    return told


def test_each_process_is_listed_with_its_histories(sign_in: SignIn, histories: list[str]) -> None:
    page = sign_in("auditor").get("/histories/processes").text

    assert "/histories/processes/linear" in page
    assert page[page.index("/histories/processes/linear") :].count(">4<") == 1


def test_the_diagram_has_a_number_at_each_step_beside_its_colour(
    sign_in: SignIn, histories: list[str], drawn: None
) -> None:
    client = sign_in("auditor")

    by_count = diagram_in(client.get("/histories/processes/linear").text)
    by_wait = diagram_in(client.get("/histories/processes/linear?show=wait").text)

    assert "次" in str(by_count["notes"])
    assert "在办 1" in str(by_count["notes"])
    assert any(ids for mark, ids in by_count["marks"].items() if mark.startswith("heat"))
    assert "中位" in str(by_wait["notes"])


def test_a_way_opens_its_histories_and_is_drawn(sign_in: SignIn, histories: list[str], drawn: None) -> None:
    client = sign_in("auditor")
    page = client.get("/histories/processes/linear").text
    assert "统计了全部 4 个流程" in page
    assert "data-diagram" in page

    way = re.search(r'href="([^"]+variant=[0-9a-f]+)#variant"', page)
    assert way is not None
    chosen = client.get(unescape(way[1])).text

    assert all(f"/histories/{id_}" in chosen for id_ in histories[:3])
    assert f"/histories/{histories[3]}" not in chosen
    assert diagram_in(chosen)["marks"]["flows"]


def test_what_is_not_drawn_has_its_tables_alone(sign_in: SignIn, histories: list[str]) -> None:
    client = sign_in("auditor")

    page = client.get("/histories/processes/linear").text

    assert "data-diagram" not in page
    assert "在哪里等待" in page
    assert "这个流程没有画图" in client.get(f"/histories/{histories[0]}").text


def test_filters_narrow_and_what_is_no_filter_is_left_out(sign_in: SignIn, histories: list[str]) -> None:
    client = sign_in("auditor")

    assert "统计了全部 4 个流程" in client.get("/histories/processes/linear?year=2024&version=1").text
    for nothing in ("year=2019", "unit=sci", "version=7", "unit=nobody"):
        assert "没有符合条件的流程" in client.get(f"/histories/processes/linear?{nothing}").text
    for nonsense in ("year=x", "version=-1", "year=99999999999", "variant=x"):
        assert client.get(f"/histories/processes/linear?{nonsense}").status_code == 200
    assert client.get("/histories/processes/nothing").status_code == 404


def test_only_what_one_may_see_is_counted(sign_in: SignIn, histories: list[str]) -> None:
    assert sign_in("contact.sci").get("/histories/processes/linear").status_code == 404
    assert "/histories/processes/linear" not in sign_in("contact.sci").get("/histories/processes").text


def test_more_than_the_most_are_counted_from_the_newest_and_the_screen_says_so(
    sign_in: SignIn, house: House, histories: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("auditor")
    client.get("/histories/processes/linear")  # parses the definition, once in a process
    with counted(house) as few:
        client.get("/histories/processes/linear")
    monkeypatch.setattr(process_histories.sample, "__defaults__", (2,))

    with counted(house) as asked:
        page = client.get("/histories/processes/linear").text

    assert "只统计最近启动的 2 个" in page
    assert len(asked) == len(few)
