"""The search of the top bar: what one may see of what runs, and the plan."""

from __future__ import annotations

from app.services.house import House
from tests.applications import SignIn
from tests.services.december_report_walk import Walk


def test_it_finds_reports_and_the_plan(house: House, sign_in: SignIn) -> None:
    Walk(house).collect("sci", "fin")

    page = sign_in("office").get("/search?q=科技").get_data(as_text=True)

    assert "2024年度反馈：市科技局" in page
    assert "科技型中小企业" in page


def test_another_units_report_is_not_found(house: House, sign_in: SignIn) -> None:
    Walk(house).collect("sci", "fin")

    page = sign_in("contact.fin").get("/search?q=市科技局").get_data(as_text=True)

    assert "2024年度反馈：市科技局" not in page


def test_without_words_or_findings_it_says_what_to_do(house: House, sign_in: SignIn) -> None:
    assert "请输入要查找的词" in sign_in("office").get("/search").get_data(as_text=True)
    assert "没有找到" in sign_in("office").get("/search?q=不存在的词").get_data(as_text=True)
