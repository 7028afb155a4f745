"""Typical cases on the screen: the column, one case with its verbs, offering one, and the ten of a year."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from docx import Document

from app import clock
from app.services.house import House
from tests.applications import SignIn
from tests.services.cases_of_firms import OFFER, Column


@pytest.fixture
def column(house: House) -> Iterator[Column]:
    """One published case of 市工信局, and one of 市科技局 that is being written."""
    made = Column(house)
    made.published()
    made.offer("contact.sci", title="一个院所与三家企业的故事")
    with clock.held(made.at):
        yield made


def test_everybody_reads_what_is_published_and_nothing_else(column: Column, sign_in: SignIn) -> None:
    for login in ("firm.1", "contact.gaoyou", "leader", "system_admin"):
        client = sign_in(login)
        page = client.get("/cases").text
        assert OFFER["title"] in page
        assert "一个院所与三家企业的故事" not in page
        assert "销售增长35%" in client.get("/cases/2023-001").text
        assert (f"/histories/{column.cases()[0].instance_id}" in client.get("/cases/2023-001").text) is (
            login == "leader"
        )
    assert sign_in("contact.gaoyou").get("/cases/2023-002").status_code == 404
    assert sign_in("contact.sci").get("/cases/2023-002").status_code == 200
    assert "没有符合条件的案例" in sign_in("office").get("/cases?kind=green").text
    assert sign_in("office").get("/cases?kind=none").status_code == 400


def test_readings_are_counted(column: Column, sign_in: SignIn) -> None:
    client = sign_in("contact.gaoyou")
    client.get("/cases/2023-001")

    assert "1 次" in client.get("/cases/2023-001").text


def test_a_contact_offers_a_case_and_goes_on_with_its_form(column: Column, sign_in: SignIn) -> None:
    client = sign_in("contact.gaoyou")
    told = {
        "title": "一条产业链上的协同创新",
        "kind": "technology",
        "subject": column.code,
        "text": "三家企业组成联合体协同攻关。",
    }

    assert "没有找到该企业" in client.post("/cases/new", data={**told, "subject": "无此企业"}).text
    page = client.post("/cases/new", data=told, follow_redirects=True).text

    assert "撰写案例" in page
    assert "三家企业组成联合体协同攻关。" in page
    assert column.case.author == "contact:gaoyou"
    assert "请选择报送单位" in sign_in("office").post("/cases/new", data=told).text
    sign_in("office").post("/cases/new", data={**told, "unit": "com"})
    assert (column.case.author, column.case.origin) == ("contact:com", "office")


def test_a_firm_finds_its_way_from_its_home(column: Column, sign_in: SignIn) -> None:
    client = sign_in("firm.1")
    page = client.post(
        "/cases/new",
        data={"title": "一家小厂的数字化转型", "kind": "digital", "text": "改造了三条产线，效率提升。"},
        follow_redirects=True,
    ).text

    assert "撰写案例" in page
    assert "一家小厂的数字化转型" in client.get("/portal").text
    assert "撤回案例" in client.get("/cases/2023-003").text
    client.post("/cases/2023-003/withdrawal")
    assert column.case.state == "withdrawn"


def test_the_office_takes_a_case_down_with_a_reason(column: Column, sign_in: SignIn) -> None:
    client = sign_in("office")
    address = "/cases/2023-001/taking-down"

    assert "请写明下架的理由" in client.post(address, data={"reason": ""}, follow_redirects=True).text
    page = client.post(address, data={"reason": "企业要求下架"}, follow_redirects=True).text

    assert "企业要求下架" in page
    assert sign_in("contact.gaoyou").get("/cases/2023-001").status_code == 404
    assert sign_in("contact.miit").post(address, data={"reason": "不应成功"}).status_code == 403


def test_the_office_chooses_the_ten_and_everybody_sees_them(column: Column, sign_in: SignIn) -> None:
    client = sign_in("office")
    assert "建议" in client.get("/cases/top/2023").text

    assert "请选择一至10个案例" in client.post("/cases/top/2023", data={"numbers": "2023-001"}).text
    client.post("/cases/top/2023", data={"numbers": "2023-001", "place-2023-001": "1"})

    seen = sign_in("contact.gaoyou").get("/cases/top/2023").text
    assert OFFER["title"] in seen
    assert "公布十佳" not in seen
    assert sign_in("office").get("/cases/top/99999").status_code == 404


def test_papers_of_a_case_and_of_a_year(column: Column, sign_in: SignIn) -> None:
    client = sign_in("contact.miit")

    def text(address: str) -> str:
        paper = Document(BytesIO(client.get(address).data))
        return "\n".join(paragraph.text for paragraph in paper.paragraphs)

    assert "销售增长35%" in text("/cases/2023-001/case.docx")
    assert "质量加0.5分" in text("/cases/2023-001/adoption.docx")
    assert "2023年发布典型案例1个" in text("/cases/top/2023/compilation.docx")
    assert client.get("/cases/top/2021/compilation.docx").status_code == 404
