"""A demand that nobody owns: raised in the portal, settled by a consultation, answered, and rated by the enterprise."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.services.house import House
from tests.browser.conftest import NOON, WAIT, Enter
from tests.browser.test_december import fill, open_from_inbox, send
from tests.services.servings import City
from tests.services.test_demand_response import ANSWER, REFUSED, SETTING, routed

pytestmark = pytest.mark.browser

TITLE = "流动资金不足"
DEMAND = {
    "category": "finance",
    "title": TITLE,
    "text": "企业流动资金不足，希望办理续贷。",
    "contact_name": "江海燕",
    "contact_phone": "0514-80000001",
    "agreement": True,
}


@pytest.fixture
def city(house: House) -> City:
    """One enterprise; made before the site, so that everybody gets its password."""
    city = City(house, NOON)
    city.firm()
    return city


def raised(page: Page) -> None:
    page.goto("/portal")
    page.get_by_role("link", name="提出诉求").first.click()
    fill(page, DEMAND)
    page.get_by_role("button", name="提出诉求").click()
    expect(page.get_by_text(TITLE).first).to_be_visible(timeout=WAIT)


def to_the_consultation(city: City) -> None:
    """Three units say that it is not theirs; the consultation gives it to the central bank."""
    for refused, following in (("市人行", "市人行"), ("市财政局", "市财政局"), ("市地方金融监管局", "")):
        city.settle().do("accept_demand", **REFUSED, proposed_unit=refused)
        if following:
            routed(city, following)
    city.do("set_consultation", outcome="written", **SETTING)
    for task in city.tasks("answer_consultation"):
        city.send(task, answers=[{"no": 1, "value": "市人行", "ground": "信贷政策由人民银行负责"}])
    city.later(1).do("draft_minutes")
    signing = "sign_minutes" if "sign_minutes" in city.open_elements else "approve_minutes"
    city.do(signing, outcome="yes", **({} if signing == "sign_minutes" else {"mode": "online"}))


def test_a_demand_goes_to_a_consultation_and_comes_back_answered(city: City, enter: Enter) -> None:
    raised(enter("firm.1"))
    to_the_consultation(city)
    clock.start_at(city.at)

    firm = enter("firm.1")
    firm.goto("/portal")
    expect(firm.get_by_text("市人行").first).to_be_visible()
    bank = enter("contact.pboc")
    open_from_inbox(bank, TITLE)
    fill(bank, {**ANSWER, "contacted_on": clock.today().isoformat()})
    send(bank, "送出答复")
    city.settle().do("sign_answer", outcome="yes")

    open_from_inbox(firm, TITLE)
    expect(firm.get_by_text(str(ANSWER["answer_text"])).first).to_be_visible()
    fill(firm, {"outcome": "yes", "stars": 5})
    send(firm, "送出评价")
    [demand] = city.demands()
    assert (demand.state, demand.rating, demand.unit_id) == ("closed", "yes", "pboc")
