"""The library on the screen: progress by locality, whom a figure counts, the ranked list; each sees what is hers."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget, TargetBreakdown
from app.models.enterprise import Title
from app.models.library import GrowthMark
from app.models.plan import Indicator
from app.models.process import ProcessInstance
from app.services.house import House
from app.services.library_counts import count_today
from tests.applications import SignIn
from tests.services.growths import Growth
from tests.services.libraries import Library, code, row


def entered(house: House) -> Library:
    """Two enterprises of one locality and one of another are in the library, on two lists."""
    library = Library(house).firms(1, 2).firms(3, locality_id="gaoyou").start()
    library.nominate(row(1), row(2)).signed().accepted().entered()
    library.start(login="contact.gaoyou", locality="gaoyou")
    library.do("nominate_enterprises", "contact.gaoyou", rows=[row(3)])
    library.do("sign_nomination", "head.gaoyou", outcome="yes").accepted().entered()
    return library


def shares(library: Library, **values: int) -> None:
    """A target of the year with the localities' parts."""
    with library.house.database.transaction() as session:
        indicator = session.scalars(select(Indicator).where(Indicator.number == 5)).one()
        told = {"indicator_id": indicator.id, "year": 2022, "revision": 1, "instance_id": library.id}
        session.add(
            AnnualTarget(
                **told, value=Decimal(200), comparator="gte", basis="", quarters=[], approved_at=library.at,
                approved_by="leader",
            )
        )  # fmt: skip
        session.add_all(TargetBreakdown(**told, unit_id=unit, value=Decimal(value)) for unit, value in values.items())


def rows_of(page: str) -> list[str]:
    """Names of the enterprises on the page."""
    return re.findall(r'<td class="name"><a href="/enterprises/[^"]+">([^<]+)</a>', page)


def test_the_office_sees_all_localities_against_their_shares(house: House, sign_in: SignIn) -> None:
    library = entered(house)
    shares(library, hanjiang=40, gaoyou=2)

    with clock.held(library.at.replace(month=4, day=1)):
        page = sign_in("office").get("/library?year=2022").text

    assert "每年新扩充入库企业不低于200家" in page
    assert "在库培育中小企业超过1000家" in page
    found = re.findall(
        r'<th scope="row">([^<]+)</th><td class="num strong">(\d+)</td><td class="num">([^<]+)</td>', page
    )
    assert ("邗江区", "2", "40") in found
    assert ("高邮市", "1", "2") in found
    assert "已入库 2" in page


def test_a_locality_sees_its_own_line_and_list_only(house: House, sign_in: SignIn) -> None:
    library = entered(house)

    with clock.held(library.at):
        page = sign_in("contact.gaoyou").get("/library").text

    assert "高邮市" in page
    assert "邗江区" not in page


def test_a_contact_opens_a_list_for_her_locality(house: House, sign_in: SignIn) -> None:
    library = Library(house).firms(1)
    with clock.held(library.at):
        browser = sign_in("contact.hanjiang")
        answer = browser.post("/library/lists", data={"locality": "hanjiang"})
        again = browser.post("/library/lists", data={"locality": "hanjiang"}, follow_redirects=True)

    assert answer.status_code == 302
    assert "已有办理中的推荐名单" in again.text
    assert [one.business_key for one in library.rows(ProcessInstance, definition_key="library_entry")] == [
        "library_entry:2022:321003:1"
    ]


@pytest.mark.parametrize("on", ["2022-03-01", "2022-12-31"])
def test_the_list_behind_a_figure_is_as_long_as_the_figure(house: House, sign_in: SignIn, on: str) -> None:
    library = entered(house)

    with clock.held(library.at.replace(month=12, day=31)):
        browser = sign_in("office")
        page = browser.get(f"/indicators/5/enterprises?on={on}").text
        narrowed = browser.get(f"/indicators/5/enterprises?on={on}&locality=gaoyou").text

    assert len(rows_of(page)) == 3
    assert "<dd>3 家</dd>" in page
    assert rows_of(narrowed) == ["扬州第3精密机械有限公司"]
    with house.database.reading() as session:
        last = session.scalars(select(IndicatorActual).order_by(IndicatorActual.id.desc()).limit(1)).one()
    assert (last.value, last.source) == (3, "ledger")


def test_before_the_first_entry_the_figure_and_its_list_are_empty(house: House, sign_in: SignIn) -> None:
    library = entered(house)

    with clock.held(library.at):
        page = sign_in("office").get("/indicators/5/enterprises?on=2022-02-28").text

    assert rows_of(page) == []
    assert "没有计入的企业" in page


def test_a_stock_and_a_density_have_their_lists(house: House, sign_in: SignIn) -> None:
    library = entered(house)
    with house.database.transaction() as session:
        begins = date(2022, 3, 1)
        until = date(2025, 2, 28)
        session.add(
            Title(enterprise_id=code(1), level="little_giant", announced_on=begins, from_on=begins, until_on=until)
        )

    with clock.held(library.at):
        browser = sign_in("office")
        stock = browser.get("/commitments/T01-1/enterprises").text
        density = browser.get("/commitments/T02-2/enterprises").text

    assert len(rows_of(stock)) == 3
    assert rows_of(density) == ["扬州第1精密机械有限公司"]
    assert "<dd>0 家/链</dd>" in density


def test_who_may_not_see_an_enterprise_sees_the_number_and_not_the_name(house: House, sign_in: SignIn) -> None:
    library = entered(house)
    with clock.held(library.at):
        page = sign_in("contact.gaoyou").get("/commitments/T01-1/enterprises").text

    assert rows_of(page) == ["扬州第3精密机械有限公司"]
    assert "另有 2 家企业不在您的查阅范围" in page


def test_an_indicator_shows_that_it_counts_itself_and_leads_to_its_enterprises(house: House, sign_in: SignIn) -> None:
    library = Library(house).firms(1)
    with clock.held(library.at):
        browser = sign_in("office")
        before = browser.get("/indicators/2?year=2022").text
        assert "登记完成值" in before
        with house.database.transaction() as session:
            begins = date(2022, 2, 1)
            ends = date(2025, 1, 31)
            session.add(
                Title(enterprise_id=code(1), level="little_giant", announced_on=begins, from_on=begins, until_on=ends)
            )
        count_today(house)

        page = browser.get("/indicators/2?year=2022").text
        assert "本指标由台账自动计数" in page
        assert 'href="/indicators/2/enterprises?on=2022-03-01"' in page
        assert 'id="record"' not in page
        assert browser.get("/indicators/6/enterprises").status_code == 404


def selected(house: House) -> Growth:
    growth = Growth(house).known(1, 2, 3).known(11, locality="gaoyou").open().set(number=90).agreed()
    growth.nominated(3, 2).nominated(11, locality="gaoyou").chosen().approved().noticed()
    return growth


def test_the_ranked_list_shows_places_scores_and_plans(house: House, sign_in: SignIn) -> None:
    growth = selected(house)
    with clock.held(growth.at):
        browser = sign_in("office")
        page = browser.get("/growth/2023").text

        assert rows_of(page) == [
            "扬州第11精密机械有限公司",
            "扬州第3精密机械有限公司",
            "扬州第2精密机械有限公司",
        ]
        assert page.count("已入选") == 3
        plan = growth.plan_of(3)
        browser.post(f"/growth/plans/{plan.id}/drop", data={"reason": "企业申请退出"})
        assert "已终止" in browser.get("/growth/2023").text
    assert [mark.removed_on is None for mark in growth.rows(GrowthMark, enterprise_id=code(3))] == [False]


def test_a_locality_sees_its_own_nominees_only(house: House, sign_in: SignIn) -> None:
    growth = selected(house)
    with clock.held(growth.at):
        page = sign_in("contact.gaoyou").get("/growth/2023").text

    assert rows_of(page) == ["扬州第11精密机械有限公司"]


def test_before_and_without_a_selection_the_page_says_so(house: House, sign_in: SignIn) -> None:
    growth = Growth(house).known(1)
    with clock.held(growth.at):
        browser = sign_in("office")
        assert "本年遴选尚未启动" in browser.get("/growth/2023").text
        growth.open()
        assert "尚未评分" in browser.get("/growth/2023").text


@pytest.mark.parametrize(
    "address", ["/library", "/growth/2022", "/indicators/5/enterprises", "/commitments/T01-1/enterprises"]
)
def test_an_enterprise_reaches_none_of_it(house: House, sign_in: SignIn, address: str) -> None:
    library = entered(house).account(1)
    with clock.held(library.at):
        assert sign_in("firm").get(address).status_code in (403, 404)


def test_the_bureau_takes_a_silent_localitys_check_over(house: House, sign_in: SignIn) -> None:
    library = Library(house, datetime(2022, 11, 1, 9, tzinfo=ZONE)).firms(1, library_since=date(2022, 5, 9))
    library.start("library_entry_check", login="office")
    with clock.held(library.at):
        assert "代办" not in sign_in("contact.miit").get("/library").text
    task = library.one("check_library")

    with clock.held(library.at.replace(month=12, day=5)):
        assert 'placeholder="代办的理由"' not in sign_in("contact.drc").get("/library").text
        browser = sign_in("contact.miit")
        assert 'placeholder="代办的理由"' in browser.get("/library").text
        browser.post(f"/library/takeovers/{task.id}", data={"reason": "经催办仍未核查"})

    assert library.one("check_library").principal == "contact:miit"
