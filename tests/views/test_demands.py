"""企业诉求 on the screen: raised by the firm or for it, read at every step, and seen by nobody without a part in it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock
from app.models.demand import Demand
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.services.servings import City
from tests.services.test_demand_response import ANSWER, answered

FORM = {
    "category": "finance",
    "title": "流动资金不足",
    "text": "企业流动资金不足，希望办理续贷。",
    "contact_name": "江海燕",
    "contact_phone": "0514-80000001",
    "agreement": "true",
}


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


def test_a_firm_raises_a_demand_and_reads_state_and_unit_at_every_step(city: City, sign_in: SignIn) -> None:
    city.firm()
    firm = sign_in("firm.1")
    assert "还没有提出诉求" in get(city, firm, "/portal/demands").text

    refused = post(city, firm, "/portal/demands", **{**FORM, "title": "贷款", "agreement": ""})
    assert refused.status_code == 422
    assert "请确认同意将诉求内容转交承办单位" in refused.text or "不少于" in refused.text
    assert post(city, firm, "/portal/demands", **FORM).status_code == 302

    [demand] = city.demands()
    assert (demand.channel, demand.raised_by) == ("portal", actor(city.house, "firm.1").name)
    assert "待受理" in get(city, firm, "/portal/demands").text
    page = get(city, firm, f"/demands/{demand.number}").text
    assert "市地方金融监管局" in page
    assert "撤回诉求" in page
    answered(city)
    page = get(city, firm, f"/demands/{demand.number}").text
    assert ANSWER["answer_text"] in page
    assert "确认并评价" in page
    paper = get(city, firm, f"/demands/{demand.number}/answer.docx")
    assert paper.data[:2] == b"PK"


def test_a_firm_withdraws_on_the_screen(city: City, sign_in: SignIn) -> None:
    demand = city.ask(city.firm())

    post(city, sign_in("firm.1"), f"/portal/demands/{demand.number}/withdrawal", confirmed="1")

    assert city.demands()[0].state == "withdrawn"


def test_an_enterprise_sees_only_its_own(city: City, sign_in: SignIn) -> None:
    demand = city.ask(city.firm())
    city.firm(2)
    stranger = sign_in("firm.2")

    assert get(city, stranger, f"/demands/{demand.number}").status_code == 404
    assert get(city, stranger, f"/demands/{demand.number}/answer.docx").status_code == 404
    assert post(city, stranger, f"/portal/demands/{demand.number}/withdrawal").status_code == 404
    assert demand.title not in get(city, stranger, "/portal/demands").text
    assert get(city, stranger, "/demands").status_code == 403


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("office", 200),
        ("contact.lfb", 200),  # answers it
        ("contact.hanjiang", 200),  # its locality
        ("wang", 200),  # its specialist
        ("contact.sci", 404),
        ("contact.yizheng", 404),
        ("li", 404),
    ],
)
def test_who_has_a_part_in_it_sees_it(city: City, sign_in: SignIn, login: str, status: int) -> None:
    city.specialist("wang")
    city.specialist("li")
    code = city.firm()
    city.paired(code, "wang")
    demand = city.ask(code)

    assert get(city, sign_in(login), f"/demands/{demand.number}").status_code == status
    assert (demand.title in get(city, sign_in(login), "/demands").text) is (status == 200)


@pytest.mark.parametrize(("login", "status"), [("contact.lfb", 200), ("wang", 200), ("contact.hanjiang", 404)])
def test_a_private_one_is_for_the_specialist_and_who_answers(
    city: City, sign_in: SignIn, login: str, status: int
) -> None:
    city.specialist("wang")
    code = city.firm()
    city.paired(code, "wang")
    demand = city.ask(code, is_private=True)

    assert get(city, sign_in(login), f"/demands/{demand.number}").status_code == status
    assert (demand.title in get(city, sign_in(login), "/demands").text) is (status == 200)


def test_the_list_is_narrowed_by_category_state_light_and_unit(city: City, sign_in: SignIn) -> None:
    code = city.firm()
    city.ask(code)
    city.ask(code, category="tax", title="咨询退税进度", text="请问留抵退税如何申请办理？")
    for task in city.tasks("accept_demand"):
        city.send(task, outcome="yes")
    office = sign_in("office")
    city.on("2022-08-16")  # the question is late, the other is near

    for narrowed, shown, hidden in (
        ("category=tax", "咨询退税进度", "流动资金不足"),
        ("light=red", "咨询退税进度", "流动资金不足"),
        ("light=yellow", "流动资金不足", "咨询退税进度"),
        ("unit=lfb", "流动资金不足", "咨询退税进度"),
        ("q=2022-000002", "咨询退税进度", "流动资金不足"),
        ("state=open&locality=hanjiang&category=finance", "流动资金不足", "咨询退税进度"),
    ):
        page = get(city, office, f"/demands?{narrowed}").text
        assert shown in page, narrowed
        assert hidden not in page, narrowed
    assert "没有符合条件的诉求" in get(city, office, "/demands?state=closed").text
    assert get(city, office, "/demands?light=purple").status_code == 400


def test_a_specialist_raises_for_her_firm_and_for_no_other(city: City, sign_in: SignIn) -> None:
    city.specialist("wang")
    code, other = city.firm(), city.firm(2)
    city.paired(code, "wang")
    wang = sign_in("wang")
    assert code in get(city, wang, f"/demands/new?enterprise={code}").text

    refused = post(city, wang, "/demands/new", enterprise=other, **FORM)
    assert refused.status_code == 422
    assert "没有找到这家企业" in refused.text
    assert post(city, wang, "/demands/new", enterprise=code, **FORM).status_code == 302

    assert [(row.enterprise_id, row.channel, row.raised_by) for row in city.rows(Demand)] == [
        (code, "visit", "专员wang")
    ]
