"""The library on the screen: found, narrowed, counted; the file of one, with masks, its titles and who looked at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from app import clock
from app.models.enterprise import FileAccess
from app.models.event import EventPayload
from app.services.house import House
from app.terms import TitleLevel
from tests.applications import SignIn
from tests.factories import account
from tests.libraries import PHONE, RESEARCH, add_firm
from tests.statements import counted

NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def codes(house: House) -> dict[str, str]:
    """Two firms of 邗江区, of which one has a title; one of 江都区 in the library."""
    with house.database.transaction() as session:
        plain = add_firm(session, 1)
        titled = add_firm(session, 2, "hanjiang", TitleLevel.INNOVATIVE, TitleLevel.LITTLE_GIANT, chain="食品")
        other = add_firm(session, 3, "jiangdu", library_since=date(2023, 5, 1), name="扬州锐进减速器有限公司")
        account(session, plain)
        return {"plain": plain.id, "titled": titled.id, "other": other.id}


def rows(page: str) -> list[str]:
    return re.findall(r'href="/enterprises/(9\w{17})"', page)


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("office", {"plain", "titled", "other"}),
        ("leader", {"plain", "titled", "other"}),
        ("auditor", {"plain", "titled", "other"}),
        ("contact.miit", {"plain", "titled", "other"}),
        ("contact.hanjiang", {"plain", "titled"}),
        ("head.jiangdu", {"other"}),
        ("contact.fin", {"titled", "other"}),
    ],
)
def test_everybody_finds_her_own_part(sign_in: SignIn, codes: dict[str, str], login: str, seen: set[str]) -> None:
    browser = sign_in(login)

    assert set(rows(browser.get("/enterprises").text)) == {codes[name] for name in seen}
    for name, code in codes.items():
        assert browser.get(f"/enterprises/{code}").status_code == (200 if name in seen else 404)
    assert browser.get("/enterprises/91321000MA0000099X").status_code == 404


@pytest.mark.parametrize("login", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_find_nobody(sign_in: SignIn, codes: dict[str, str], login: str) -> None:
    for address in ("/enterprises", "/enterprises/ladder", f"/enterprises/{codes['plain']}"):
        assert sign_in(login).get(address).status_code == 403


def test_an_enterprise_sees_its_own_file_and_no_other(sign_in: SignIn, codes: dict[str, str]) -> None:
    browser = sign_in("firm")

    assert PHONE in browser.get(f"/enterprises/{codes['plain']}").text
    assert browser.get(f"/enterprises/{codes['titled']}").status_code == 404
    assert browser.get("/enterprises").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=锐进", ["other"]),
        ("q=ruijin", ["other"]),
        ("q=RuiJin", ["other"]),
        ("q=yzrjjsq", ["other"]),
        ("q=91321000MA0000002", ["titled"]),
        ("q=91321000ma0000002", ["titled"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=%00", ["plain", "titled", "other"]),
        ("locality=jiangdu", ["other"]),
        ("level=little_giant", ["titled"]),
        ("level=none", ["plain", "other"]),
        ("chain=食品", ["titled"]),
        ("library=in", ["other"]),
        ("library=out", ["plain", "titled"]),
        ("entered=2023", ["other"]),
        ("entered=2022", []),
        ("shared=1", ["titled", "other"]),
        ("state=stopped", []),
        ("sort=changed", ["plain", "titled", "other"]),
    ],
)
def test_the_list_is_narrowed(sign_in: SignIn, codes: dict[str, str], query: str, found: list[str]) -> None:
    page = sign_in("office").get(f"/enterprises?{query}").text

    assert set(rows(page)) == {codes[name] for name in found}
    assert "style=" not in page


@pytest.mark.parametrize("query", ["level=x", "library=x", "entered=x", "entered=1", "sort=x", "cursor=x", "chain=%00"])
def test_an_address_that_is_none_is_refused(sign_in: SignIn, codes: dict[str, str], query: str) -> None:
    assert sign_in("office").get(f"/enterprises?{query}").status_code == 400


def test_the_list_goes_on_where_it_ended(sign_in: SignIn, house: House) -> None:
    with house.database.transaction() as session:
        for number in range(1, 121):
            add_firm(session, number)
    browser, address, found = sign_in("office"), "/enterprises", []
    while address:
        page = browser.get(address, headers={"HX-Request": "true"}).text
        found += rows(page)
        more = re.search(r'hx-get="([^"]*cursor=[^"]*)"', page)
        address = more[1].replace("&amp;", "&") if more else ""

    assert len(found) == len(set(found)) == 120


def test_the_list_asks_the_same_however_many_rows(sign_in: SignIn, house: House) -> None:
    asked = []
    for begin in (1, 2, 40):
        with house.database.transaction() as session:
            for number in range(begin, begin + 20) if begin > 1 else (1,):
                add_firm(session, number, "hanjiang", TitleLevel.INNOVATIVE)
        browser = sign_in("office")
        browser.get("/enterprises")
        with counted(house) as statements:
            browser.get("/enterprises")
        asked.append(len(statements))

    assert asked[0] == asked[1] == asked[2]


def test_the_file_asks_the_same_however_much_it_shows(sign_in: SignIn, house: House, codes: dict[str, str]) -> None:
    browser = sign_in("office")
    browser.get(f"/enterprises/{codes['plain']}")
    with counted(house) as few:
        browser.get(f"/enterprises/{codes['plain']}")
    for _ in range(8):
        browser.get(f"/enterprises/{codes['titled']}")
    with counted(house) as many:
        browser.get(f"/enterprises/{codes['titled']}")

    assert len(few) == len(many)


def test_the_file_shows_ladder_figures_with_source_titles_and_conditions(
    sign_in: SignIn, codes: dict[str, str]
) -> None:
    page = sign_in("office").get(f"/enterprises/{codes['titled']}").text

    assert '<li class="done"><b>创新型中小企业</b>' in page
    assert "2,730.5" in page
    assert "企业年报，12月16日" in page
    assert "统计部门，3月1日" in page
    assert "还有 100 天到期，提醒企业申请复核" in page
    assert "制造业单项冠军企业条件" in page
    assert PHONE in page
    assert RESEARCH in page
    assert "style=" not in page


def test_a_department_sees_the_shared_part_without_contacts_and_sensitive_figures(
    sign_in: SignIn, codes: dict[str, str]
) -> None:
    page = sign_in("contact.fin").get(f"/enterprises/{codes['titled']}").text

    assert "您看到的是部门共享范围" in page
    assert "2,730.5" in page
    for hidden in (PHONE, "陈晓岚", RESEARCH, "16.58%", "诉求与走访", "单项冠军企业条件"):
        assert hidden not in page
    assert "139＊＊＊＊78" in page
    assert sign_in("contact.fin").get(f"/enterprises/{codes['titled']}/accesses").status_code == 404


def test_every_look_is_written_down_and_shown_in_the_file(sign_in: SignIn, house: House, codes: dict[str, str]) -> None:
    sign_in("contact.fin").get(f"/enterprises/{codes['titled']}")
    sign_in("contact.fin").get(f"/enterprises/{codes['plain']}")  # not found: nothing was looked at
    page = sign_in("contact.hanjiang").get(f"/enterprises/{codes['titled']}/accesses").text

    with house.database.reading() as session:
        [look] = session.scalars(select(FileAccess)).all()
    assert (look.enterprise_id, look.unit_id, look.screen) == (codes["titled"], "fin", "file")
    assert "市财政局联络员" in page
    assert "企业档案" in page
    assert "市财政局联络员" in sign_in("leader").get("/enterprises/shared").text
    assert "市财政局联络员" not in sign_in("contact.sci").get("/enterprises/shared").text


def test_the_ladder_counts_by_locality_and_chain_and_opens_to_the_list(sign_in: SignIn, codes: dict[str, str]) -> None:
    browser = sign_in("office")
    page = browser.get("/enterprises/ladder").text

    assert '<a href="/enterprises?locality=hanjiang&amp;level=little_giant">1</a>' in page
    assert '<a href="/enterprises?chain=%E9%A3%9F%E5%93%81">1</a>' in page
    assert '<a href="/enterprises?library=in">1</a>' in page
    assert rows(browser.get("/enterprises?locality=hanjiang&level=little_giant").text) == [codes["titled"]]
    own = sign_in("contact.jiangdu").get("/enterprises/ladder").text
    assert "locality=jiangdu" in own
    assert "locality=hanjiang" not in own
    assert "locality=hanjiang" in sign_in("contact.fin").get("/enterprises/ladder").text


def test_the_exported_list_is_what_is_seen_and_is_written_down(
    sign_in: SignIn, house: House, codes: dict[str, str]
) -> None:
    whole = openpyxl.load_workbook(BytesIO(sign_in("office").get("/enterprises/export.xlsx?q=锐进").data))["企业"]
    masked = openpyxl.load_workbook(BytesIO(sign_in("contact.fin").get("/enterprises/export.xlsx").data))["企业"]

    assert [row[0].value for row in whole.iter_rows(min_row=3)] == [codes["other"]]
    assert [whole.cell(3, column).value for column in (3, 11, 12, 13)] == ["江都区", PHONE, 2023, 3730.5]
    assert {row[0].value for row in masked.iter_rows(min_row=3)} == {codes["titled"], codes["other"]}
    assert {row[10].value for row in masked.iter_rows(min_row=3)} == {"139＊＊＊＊78"}
    with house.database.reading() as session:
        bodies = session.scalars(select(EventPayload.body).where(EventPayload.body.contains("enterprises_exported")))
        assert [('"enterprises":1' in body, "锐进" in body) for body in bodies] == [(True, True), (False, False)]
        looks = select(FileAccess.unit_id, FileAccess.screen)
        assert sorted(session.execute(looks).all()) == [("fin", "export"), ("fin", "export"), ("office", "export")]


def test_another_persons_search_text_is_shown_as_text(sign_in: SignIn, codes: dict[str, str]) -> None:
    page = sign_in("office").get("/enterprises?q=<script>alert(1)</script>").text

    assert "<script>alert" not in page
    assert "没有符合条件的企业" in page
