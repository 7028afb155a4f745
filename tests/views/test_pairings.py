"""服务专员 on the screen: her own home, the pairings of officials, the register, and the invariant on the board."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock
from app.models.enterprise import Title
from app.models.pairing import Pairing, Specialist
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.services.servings import CHAIN, STARS, City
from tests.services.test_specialist_pairing import open_visits


@pytest.fixture
def city(house: House) -> City:
    return City(house)


def get(city: City, browser: FlaskClient, address: str) -> Any:
    with clock.held(city.at):
        return browser.get(address)


def post(city: City, browser: FlaskClient, address: str, **data: Any) -> Any:
    with clock.held(city.at):
        found = browser.post(address, data=data)
    city.settle()
    return found


def giant(city: City, number: int, announced_on: str, locality: str = "hanjiang") -> str:
    code = city.firm(number, locality)
    with city.house.database.transaction() as session:
        day = date.fromisoformat(announced_on)
        until = date(day.year + 3, day.month, day.day)
        session.add(Title(enterprise_id=code, level="little_giant", announced_on=day, from_on=day, until_on=until))
    return code


def test_a_specialist_finds_her_enterprises_visits_and_demands(city: City, sign_in: SignIn) -> None:
    city.specialist("wang", chains=[CHAIN])
    code, other = city.firm(), city.firm(2)
    city.paired(code, "wang")
    city.on("2022-10-08")
    open_visits(city)
    demand = city.ask(code)

    page = get(city, sign_in("wang"), "/my-enterprises").text

    assert "服务 1 家企业：待走访 1 家，在办诉求 1 件" in page
    assert "走访企业" in page
    assert demand.title in page
    assert other not in page
    assert sign_in("wang").get("/").location == "/my-enterprises"


def test_a_specialist_without_an_enterprise_reads_what_will_come(city: City, sign_in: SignIn) -> None:
    city.specialist("wang")

    assert "还没有结对企业" in get(city, sign_in("wang"), "/my-enterprises").text


def test_a_whole_pairing_is_done_on_the_task_pages(city: City, sign_in: SignIn) -> None:
    city.specialist("wang", chains=[CHAIN])
    code = city.firm()
    city.granted(code)

    page = get(city, sign_in("contact.hanjiang"), f"/tasks/{city.task('choose_specialist').id}").text
    assert "属地40分，与企业同属地" in page
    city.do("choose_specialist")
    assert "扬州第1精密机械有限公司" in get(city, sign_in("wang"), f"/tasks/{city.task('accept_pairing').id}").text
    city.do("accept_pairing", outcome="yes")
    page = get(city, sign_in("wang"), f"/tasks/{city.task('first_visit').id}").text
    assert "企业诉求" in page
    assert "更名" in page
    city.visit("first_visit")
    assert "5星" in get(city, sign_in("firm.1"), f"/tasks/{city.task('ask_enterprise').id}").text


@pytest.mark.parametrize("address", ["/board", "/cockpit"])
def test_the_invariant_stands_on_board_and_cockpit_with_its_exceptions(
    city: City, sign_in: SignIn, address: str
) -> None:
    city.specialist("wang")
    city.paired(giant(city, 1, "2022-01-10"), "wang")
    giant(city, 2, "2022-08-01")
    giant(city, 3, "2022-06-01")

    page = get(city, sign_in("leader"), address).text

    assert "每家小巨人均有服务专员" in page
    assert "33.3%" in page
    assert "1 / 3 家" in page
    assert "配备中 1 家" in page
    assert "缺 1 家" in page
    assert "建议蓝色督办单" in page


def test_coverage_day_the_figure_equals_the_count_of_rows(city: City, sign_in: SignIn) -> None:
    city.specialist("wang", load_limit=9)
    for number in range(1, 4):
        city.paired(giant(city, number, "2022-01-10"), "wang")
    city.on("2022-12-31")

    page = get(city, sign_in("office"), "/pairings").text

    assert "100.0%" in page
    assert f"{len(city.rows(Pairing))} / 3 家" in page


def test_pairings_are_listed_with_filters_and_loads_for_those_who_have_to_do_with_them(
    city: City, sign_in: SignIn
) -> None:
    city.specialist("wang")
    city.paired(city.firm(), "wang")
    city.paired(city.firm(2, "yizheng"), "wang")
    office = sign_in("office")

    page = get(city, office, "/pairings").text
    assert "扬州第1精密机械有限公司" in page
    assert "扬州第2精密机械有限公司" in page
    assert "2 / 5" in page
    assert "扬州第2精密机械有限公司" not in get(city, office, "/pairings?locality=hanjiang").text
    assert "没有符合条件的结对" in get(city, office, "/pairings?state=ended").text
    assert get(city, office, "/pairings?state=gone").status_code == 400
    page = get(city, sign_in("contact.yizheng"), "/pairings").text
    assert "扬州第2精密机械有限公司" in page
    assert "扬州第1精密机械有限公司" not in page


def test_one_pairing_shows_why_visits_and_papers(city: City, sign_in: SignIn) -> None:
    city.specialist("wang", "sci", chains=[CHAIN])
    code = city.firm()
    city.granted(code).do("choose_specialist").do("approve_sending", outcome="yes")
    city.do("accept_pairing", outcome="yes").visit("first_visit").do("ask_enterprise", **STARS)
    pairing, [visit] = city.pairing(code), city.visits(code)
    address = f"/pairings/{pairing.id}"

    page = get(city, sign_in("office"), address).text

    assert "专业30分，熟悉高端装备产业链" in page
    assert visit.state_text in page
    assert "移交清单" in page
    for paper in ("card.docx", "letter.docx", f"visits/{visit.id}.docx"):
        assert get(city, sign_in("office"), f"{address}/{paper}").data[:2] == b"PK"
    assert get(city, sign_in("firm.1"), f"{address}/card.docx").status_code == 200
    city.firm(2)
    assert get(city, sign_in("firm.2"), address).status_code == 404
    assert get(city, sign_in("contact.yizheng"), address).status_code == 404


def test_the_locality_replaces_a_specialist(city: City, sign_in: SignIn) -> None:
    city.specialist("wang")
    city.specialist("li")
    code = city.firm()
    city.paired(code, "wang")

    address = f"/pairings/{city.pairing(code).id}/replacement"
    assert post(city, sign_in("contact.sci"), address, reason="office").status_code == 404
    post(city, sign_in("contact.hanjiang"), address, reason="overloaded")

    assert city.open_elements == ["choose_specialist"]
    names = [row["name"] for row in city.form(city.task("choose_specialist"))["candidates"]]
    assert names == ["专员li"]


def test_by_hand_a_pairing_is_opened_for_an_enterprise_that_has_none(city: City, sign_in: SignIn) -> None:
    city.specialist("wang")
    code = city.firm()
    office = sign_in("office")

    post(city, office, "/pairings", enterprise_id="unknown", kind="service")
    assert city.tasks() == []
    post(city, office, "/pairings", enterprise_id=code, kind="service")

    assert city.open_elements == ["choose_specialist"]
    assert "正在选派" in get(city, office, "/pairings").text


PROFILE = {"kinds": ["service", "financing"], "post": "科长", "chains": "高端装备、新材料", "load_limit": "3"}


def test_the_register_keeps_field_limit_and_leave(city: City, sign_in: SignIn) -> None:
    person_id = city.specialist("wang")
    address, contact = f"/pairings/specialists/{person_id}", sign_in("contact.hanjiang")

    refused = post(city, contact, address, **{**PROFILE, "load_limit": "0", "leave_from": "2022-08-01"})
    assert refused.status_code == 422
    assert "请填写1至30之间的整数" in refused.text
    assert post(city, contact, address, **PROFILE).status_code == 302

    with city.house.database.reading() as session:
        known = session.get_one(Specialist, person_id)
        assert (known.kinds, known.chains, known.load_limit) == (["service", "financing"], ["高端装备", "新材料"], 3)
    assert "科长" in get(city, contact, address).text
    assert get(city, sign_in("contact.sci"), address).status_code == 403


def test_a_leave_of_more_than_sixty_days_gives_her_enterprises_to_others(city: City, sign_in: SignIn) -> None:
    person_id = city.specialist("wang")
    city.specialist("li")
    code = city.firm()
    city.paired(code, "wang")

    leave = {"leave_from": "2022-08-01", "leave_until": "2022-12-01"}
    post(city, sign_in("contact.hanjiang"), f"/pairings/specialists/{person_id}", **PROFILE, **leave)

    assert city.pairing(code) is None
    assert city.open_elements == ["choose_specialist"]


def test_whoever_leaves_hands_all_her_enterprises_over(city: City, sign_in: SignIn) -> None:
    person_id = city.specialist("wang")
    city.specialist("li")
    for number in (1, 2):
        city.paired(city.firm(number), "wang")
    contact = sign_in("contact.hanjiang")
    assert "为其服务的 2 家企业重新选派" in get(city, contact, f"/pairings/specialists/{person_id}").text

    post(city, contact, f"/pairings/specialists/{person_id}/leaving", reason="moved")

    assert len(city.tasks("choose_specialist")) == 2
    assert {row.ended_because for row in city.rows(Pairing)} == {"专员岗位调整"}
    assert actor(city.house, "wang").person_id == person_id


def test_an_account_that_is_stopped_leaves_no_enterprise_without_a_specialist(city: City, sign_in: SignIn) -> None:
    person_id = city.specialist("wang")
    city.specialist("li")
    code = city.firm()
    city.paired(code, "wang")

    post(city, sign_in("system_admin"), f"/people/{person_id}/lock")

    assert city.pairing(code) is None
    assert city.open_elements == ["choose_specialist"]
