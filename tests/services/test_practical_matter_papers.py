"""The papers of 办实事清单: the list as annex 2 has it, a plan, the sheet of an acceptance, the results of the year."""

from __future__ import annotations

from datetime import date

from app.services.house import House
from tests.services.matters import APRIL_2022, Matters
from tests.services.test_duty_papers import offered, text_of


def test_the_adopted_list_is_the_annex_of_the_plan(house: House) -> None:
    matters = Matters(house, APRIL_2022).open()

    text = text_of(house, matters.main().id, "list")

    assert "2022年为专精特新中小企业办实事清单" in text
    assert "市各有关部门按照职责分工负责" in text
    assert "支持企业上市发展。加大对北京证券交易所上市的支持" in text


def test_a_list_a_matter_and_the_year_have_their_papers(house: House) -> None:
    matters = Matters(house).published()
    assert offered(house, matters.main().id) == ["list"]
    text = text_of(house, matters.main().id, "list")
    assert "关于印发2023年为专精特新中小企业办实事清单的通知" in text
    assert "扬促中小办发〔2023〕1号" in text
    assert "市财政局、市发改委" in text

    matters.planned()
    assert offered(house, matters.item().id) == ["plan"]
    assert "完成第1批次兑付" in text_of(house, matters.item().id, "plan")
    matters.requested(done=3).judged("partly", refused=4, remark="第四批次转入下一年")
    sheet = text_of(house, matters.item().id, "acceptance")
    assert "部分完成，质量等次良。第四批次转入下一年" in sheet
    assert "不认可：请补充兑付名单" in sheet

    matters.of(2).dropped().goes_to(date(2024, 1, 16))
    results = text_of(house, matters.main().id, "results")
    assert "办实事10项，通过验收0项，部分完成1项（第1项），经领导小组决定调整1项（第2项），尚未完成8项" in results
