"""A title that is revoked: the enterprise speaks for itself, the list is shown, and its home says what became of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app import clock
from app.services.house import House
from tests.browser.conftest import Enter
from tests.browser.test_december import fill, send
from tests.services.test_title_cases import FINDING, accepted, noticed, opened, proposed
from tests.services.titles import Register

pytestmark = pytest.mark.browser

STATEMENT = "因统计口径差异，正在更正申报。"


@pytest.fixture
def register(house: House) -> Register:
    """A case against the one title of an enterprise; made before the site, so that everybody gets its password."""
    register, _code = opened(house, "specialised_city", day="2024-12-25")
    return accepted(register)


def test_a_title_is_revoked_after_the_enterprise_was_heard(register: Register, enter: Enter) -> None:
    firm = enter("firm1")
    firm.goto("/portal")
    expect(firm.get_by_text("有效", exact=True).first).to_be_visible()
    firm.get_by_role("link", name="陈述申辩").first.click()
    fill(firm, {"statement": STATEMENT})
    send(firm, "提交陈述")

    register.do("investigate_case", findings=[FINDING], departments="市税务局")
    noticed(proposed(register).do("decide_measure"))
    clock.start_at(register.at)

    firm = enter("firm1")
    firm.goto("/portal")
    expect(firm.get_by_text("已取消", exact=True).first).to_be_visible()
