"""A package of policies: it waits on the enterprise's home, says why each policy fits, and is answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.models.policy import PackageLine
from app.services.house import House
from tests.browser.conftest import NOON, Enter
from tests.browser.test_december import fill, open_from_inbox, send
from tests.services.policy_pushes import City

pytestmark = pytest.mark.browser

POLICY = "企业研发费用补助"


@pytest.fixture
def city(house: House) -> City:
    """A package that the specialist has passed on; made before the site, so that everybody gets its password."""
    city = City(house, NOON)
    grant = city.policy()
    city.firm(1, specialist=True, year=2023, revenue_wan="3000", rd_wan="120")
    city.open(number=4).choose(grant, message="请及时申报").confirm("sci")
    return city.do("confirm_package", outcome="push", note="研发费用补助请优先申报", policies=[{"no": 1}])


def test_a_package_is_opened_understood_and_answered(city: City, enter: Enter) -> None:
    firm = enter("firm.1")
    firm.goto("/portal")
    expect(firm.get_by_text("推送的政策包").first).to_be_visible()

    open_from_inbox(firm, "政策包")
    expect(firm.get_by_text("研发费用占营业收入比重不低于3%").first).to_be_visible()
    expect(firm.get_by_text("研发费用补助请优先申报").first).to_be_visible()
    fill(firm, {"policies": [{"use": "applied"}], "stars": 5, "outcome": "done"})
    send(firm, "送出反馈")

    [line] = city.rows(PackageLine)
    assert line.use == "applied"
    firm.goto("/portal")
    expect(firm.get_by_text("已阅读").first).to_be_visible()
