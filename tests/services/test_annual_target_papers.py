"""The papers of 年度目标设定 as Word files, from what a package has left behind."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest

from app.errors import NotFound
from app.services.annual_target.papers import request_paper, responsibility_letter
from app.services.house import House
from tests.services.annual_targets import Campaign


def words(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_letter_names_what_the_unit_answers_for(house: House) -> None:
    Campaign(house).settled().open(indicators=[2, 25]).propose_all().approve().publish()

    with house.database.reading() as session:
        finance = words(responsibility_letter(session, 2023, "fin"))
        district = words(responsibility_letter(session, 2023, "guangling"))

    assert "扬促中小办责〔2023〕2号" in finance
    assert "超过60%" in finance
    assert "省级以上专精特新小巨人" not in finance
    assert "沈立" in finance
    assert "4家" in district
    assert "超过60%" in district


def test_there_is_no_letter_before_it_is_signed(house: House) -> None:
    with house.database.reading() as session, pytest.raises(NotFound):
        responsibility_letter(session, 2023, "fin")


def test_the_request_lists_targets_and_what_units_object_to(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[27])
    campaign.do("propose_target").do("sign_proposal", outcome="yes")
    campaign.do("countersign_target", outcome="no", counter_value=1, counter_reason="财政资金安排有限，建议减少一个")
    campaign.do("answer_objection", outcome="withdrawn", answers=[{"unit": "fin", "answer_text": "已沟通一致"}])

    with house.database.reading() as session:
        draft = words(request_paper(session, campaign.id))
    campaign.do("review_package", outcome="submit", cover_note="本年度均衡安排").do("sign_package", outcome="yes")
    with house.database.reading() as session:
        signed = words(request_paper(session, campaign.id))

    assert "第27项重点产业链公共服务平台会签意见：市财政局不同意，建议1个，已撤回。" in draft
    assert "各牵头单位申报" in draft
    assert "本年度均衡安排" in signed
    assert "扬促中小办发〔2023〕1号" in signed
