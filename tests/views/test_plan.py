"""The plan in the browser: every part opens for everybody who is signed in, and says what the document says."""

from __future__ import annotations

import pytest

from app import clock
from app.models.plan import Discrepancy
from app.services.house import House
from tests.applications import SignIn
from tests.boards import NOW

PAGES = [
    "/plan",
    *(f"/plan/measures/{number}" for number in range(1, 27)),
    "/plan/indicators",
    "/plan/matters",
    *(f"/plan/matters/2022/{number}" for number in range(1, 11)),
    "/plan/discrepancies",
    "/plan/calendar",
    "/plan/search?q=小巨人",
]


def test_every_page_of_the_plan_opens_for_a_unit(sign_in: SignIn) -> None:
    browser = sign_in("contact.edu")

    for address in PAGES:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert "style=" not in answer.text


@pytest.mark.parametrize("address", ["/plan/measures/27", "/plan/matters/2023/1", "/indicators/0"])
def test_what_the_plan_has_not_is_not_found(sign_in: SignIn, address: str) -> None:
    assert sign_in("office").get(address).status_code == 404


def test_nobody_reads_without_signing_in(app: object, sign_in: SignIn) -> None:
    browser = sign_in("office")
    browser.post("/logout")

    assert browser.get("/plan").status_code == 302


def test_a_measure_shows_its_promises_in_the_plans_own_words(sign_in: SignIn) -> None:
    page = sign_in("office").get("/plan/measures/1").text

    assert "“千企升级”在库培育中小企业超过1000家" in page
    assert "超过1,000 家" in page
    assert 'href="/indicators/5"' in page


def test_thirty_one_contradictions_stand_with_both_sides_and_how_they_were_settled(
    sign_in: SignIn, house: House
) -> None:
    with house.database.transaction() as session:
        row = session.query(Discrepancy).filter_by(key="X01").one()
        row.binding, row.settled_at, row.basis_text = "annex", NOW, "按附件1统计"

    page = sign_in("office").get("/plan/discrepancies").text

    assert page.count('class="d-clash"') == 31
    assert "以附件1为准" in page
    assert "统计口径：按附件1统计" in page


def test_a_search_finds_titles_contents_and_quotations(sign_in: SignIn) -> None:
    browser = sign_in("contact.edu")

    assert "深化千企升级入库培育" in browser.get("/plan/search?q=名单共享").text  # of its contents
    assert "深化千企升级入库培育" in browser.get("/plan/search?q=每年新扩充入库企业").text  # of a quotation
    assert "X01" in browser.get("/plan/search?q=x01").text
    assert "没有找到" in browser.get("/plan/search?q=没有这个词").text
    assert "请输入要查找的词" in browser.get("/plan/search").text


def test_the_calendar_moves_days_to_working_days(sign_in: SignIn) -> None:
    with clock.held(NOW):
        page = sign_in("office").get("/plan/calendar?year=2023").text

    assert "2023年12月29日" in page  # the 31st is a Sunday
