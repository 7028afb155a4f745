"""年度考核 on the screen: rankings, a score with the proof of each point, sheets, who sees what before approval."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document

from app import clock
from app.services import campaign_papers, pdf_files
from app.services.house import House
from tests.applications import SignIn
from tests.services.assessments import KEY, Campaign


@pytest.fixture
def year(house: House) -> Campaign:
    return Campaign(house).computed()


def test_before_the_first_year_the_page_says_when_it_begins(sign_in: SignIn) -> None:
    assert "还没有开始年度考核" in sign_in("office").get("/assessments").text


def test_a_provisional_score_is_its_units_and_the_readers(sign_in: SignIn, year: Campaign) -> None:
    with clock.held(year.at):
        own, other, office = sign_in("contact.sci"), sign_in("contact.fin"), sign_in("office")
        assert "暂定" in own.get("/assessments/2022/sci").text
        assert "市科技局" in own.get("/assessments/2022").text
        assert other.get("/assessments/2022/sci").status_code == 404
        assert "市科技局" not in other.get("/assessments/2022").text
        assert "市财政局" in office.get("/assessments/2022").text
        assert own.get("/assessments").location == "/assessments/2022"
        for path in ("sheet.docx", "sheet.odt", "sheet.pdf?revision=9"):
            assert other.get(f"/assessments/2022/sci/{path}").status_code == 404
        assert own.get("/assessments/2022/bulletin.docx").status_code == 404
        assert own.get("/assessments/2022/sci?revision=9").status_code == 404
        assert own.get("/assessments/2030").status_code == 404


def test_every_point_lost_says_why_and_leads_to_its_event(sign_in: SignIn, year: Campaign) -> None:
    late = year.late_item()
    with clock.held(year.at):
        client = sign_in("contact.sci")
        page = client.get("/assessments/2022/sci?again=1&timeliness=0").text
        assert f"/histories/{late['at']['instance']}#event-{late['at']['seq']}" in page
        assert "逾期" in page
        assert "完全一致" in page
        assert "style=" not in page
        history = client.get(f"/histories/{late['at']['instance']}").text
        assert f'id="event-{late["at"]["seq"]}"' in history


def test_a_score_is_taken_along_as_a_sheet(sign_in: SignIn, year: Campaign) -> None:
    with clock.held(year.at):
        answer = sign_in("contact.sci").get("/assessments/2022/sci/sheet.docx")
        document = Document(BytesIO(answer.data))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert any("得分明细单" in text for text in texts)
    assert any("暂定" in text for text in texts)
    assert document.tables


def test_the_bulletin_has_its_number_and_both_rankings(sign_in: SignIn, year: Campaign) -> None:
    year.appealed().examined("upheld").confirmed("fin").reviewed().approved().issued()
    with clock.held(year.at):
        client = sign_in("contact.fin")
        document = Document(BytesIO(client.get("/assessments/2022/bulletin.docx").data))
        assert "考核通报" in client.get("/assessments/2022").text
        assert "/histories/" not in client.get("/assessments/2022/sci").text.split("d-two")[1].split("revisions")[0]
        status = client.get("/assessments/2022/bulletin.pdf").status_code
        assert status == (200 if pdf_files.program() else 404)
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "扬促中小办通报〔2023〕1号" in texts
    assert any("工作要求" in text for text in texts)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert {"市科技局", "市财政局"} <= set(cells)


def test_the_papers_of_the_campaign_are_drawn(house: House, year: Campaign) -> None:
    year.appealed(insists=True).examined("refused").confirmed("fin")
    child = year.instance("assessment_unit:2022:sci").id
    with house.database.reading() as session:
        papers = campaign_papers.offered(session, child)
        _, content = campaign_papers.draw(session, house, child, papers[0].key, "")
    texts = [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs]
    assert any("申诉的答复" in text for text in texts)
    assert "你单位已要求提请领导小组裁定，裁定为最终结论。" in texts
    year.later(40)
    parent = year.instance(KEY).id
    with house.database.reading() as session:
        _, content = campaign_papers.draw(session, house, parent, "submission", "")
    assert any("1个单位的申诉尚未办结" in paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)
