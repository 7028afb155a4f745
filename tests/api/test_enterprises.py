"""The library for programs: the caller's own part of it, masked as on the screen, page by page, each look recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app import clock
from app.models.enterprise import FileAccess
from app.services.house import House
from app.terms import TitleLevel
from tests.api.conftest import CallAs
from tests.factories import account
from tests.libraries import PHONE, RESEARCH, add_firm

NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


@pytest.fixture
def codes(house: House) -> list[str]:
    """A plain one and a titled one of 邗江区, one of 江都区 in the library."""
    with house.database.transaction() as session:
        plain = add_firm(session, 1)
        titled = add_firm(session, 2, "hanjiang", TitleLevel.INNOVATIVE, chain="食品")
        other = add_firm(session, 3, "jiangdu", library_since=date(2023, 5, 1), name="扬州锐进减速器有限公司")
        account(session, plain)
        return [plain.id, titled.id, other.id]


def test_a_list_holds_the_callers_part(call_as: CallAs, codes: list[str]) -> None:
    plain, titled, other = codes
    for login, seen in (
        ("office", {plain, titled, other}),
        ("contact.hanjiang", {plain, titled}),
        ("contact.fin", {titled, other}),
        ("firm", {plain}),
    ):
        assert {item["id"] for item in call_as(login).items("/enterprises", limit=1)} == seen, login
    assert call_as("system_admin").get("/enterprises").status_code == 403


def test_a_list_is_narrowed_and_says_what_it_is(call_as: CallAs, codes: list[str]) -> None:
    office = call_as("office")

    [item] = office.items("/enterprises", q="ruijin")
    assert item == {
        "id": codes[2],
        "name": "扬州锐进减速器有限公司",
        "unit": "jiangdu",
        "chain": "",
        "product": "",
        "status": "active",
        "titles": [],
        "library_since": "2023-05-01",
        "is_demo": False,
    }
    for query, found in (
        ({"unit": "jiangdu"}, [codes[2]]),
        ({"level": "innovative"}, [codes[1]]),
        ({"level": "none", "library": "out"}, [codes[0]]),
        ({"q": codes[0][:17]}, [codes[0]]),
        ({"entered": 2023}, [codes[2]]),
        ({"chain": "食品"}, [codes[1]]),
    ):
        assert [item["id"] for item in office.items("/enterprises", **query)] == found
    for query in ({"level": "highest"}, {"entered": 1}, {"unknown": "x"}, {"limit": 0}):
        assert office.get("/enterprises", **query).status_code == 422
    assert office.get("/enterprises", cursor="x").status_code == 400


def test_one_file_with_its_figures_and_titles(call_as: CallAs, house: House, codes: list[str]) -> None:
    found = call_as("office").get(f"/enterprises/{codes[1]}").json

    assert (found["is_masked"], found["contact_phone"]) == (False, PHONE)
    assert [title["level"] for title in found["titles"]] == ["innovative"]
    assert [year["year"] for year in found["years"]] == [2022, 2023]
    assert found["years"][1]["figures"]["rd_wan"] == RESEARCH
    assert found["years"][1]["sources"] == {"staff": ["statistics", "2024-03-01"]}
    with house.database.reading() as session:
        [look] = session.scalars(select(FileAccess)).all()
    assert (look.enterprise_id, look.screen) == (codes[1], "api")


def test_a_department_gets_it_masked_and_nothing_of_others(call_as: CallAs, codes: list[str]) -> None:
    program = call_as("contact.fin")
    answer = program.get(f"/enterprises/{codes[1]}")

    assert answer.json["is_masked"] is True
    assert PHONE not in answer.text
    assert RESEARCH not in answer.text
    assert program.get(f"/enterprises/{codes[0]}").status_code == 404
    assert call_as("firm").get(f"/enterprises/{codes[1]}").status_code == 404
    assert call_as("firm").get(f"/enterprises/{codes[0]}").json["contact_phone"] == PHONE
