"""督办单 and 延期 on the screen: who sees which orders, one click from what is late, the letter, the button."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document

from app import clock
from app.services import pdf_files
from app.services.house import House
from app.views.paper_pages import LINES, sheets
from tests.applications import SignIn
from tests.boards import add_task
from tests.services.orders import ASKED, Desk


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house).matter().issued()


def test_the_register_shows_an_order_to_its_unit_and_to_readers(sign_in: SignIn, desk: Desk) -> None:
    with clock.held(desk.at):
        for login in ("office", "leader", "auditor", "contact.miit", "head.miit"):
            page = sign_in(login).get("/orders").text
            assert "中小企业账款清欠进展滞后" in page, login
            assert "蓝色提示" in page
            assert "style=" not in page
        for login in ("contact.sci", "head.fin"):
            assert "中小企业账款清欠进展滞后" not in sign_in(login).get("/orders").text
            for path in ("", "/1.docx", "/1.pdf", "/1/print"):
                assert sign_in(login).get(f"/orders/2022-1{path}").status_code == 404


def test_the_register_is_filtered_by_colour_state_and_unit(sign_in: SignIn, desk: Desk) -> None:
    title = "中小企业账款清欠进展滞后"
    with clock.held(desk.at):
        office = sign_in("office")
        for shown in ("level=blue", "span=open", "unit=miit"):
            assert title in office.get(f"/orders?{shown}").text
        for hidden in ("level=red", "span=ended", "span=late", "unit=sci"):
            assert title not in office.get(f"/orders?{hidden}").text
        assert office.get("/orders?level=pink").status_code == 400


def test_the_register_is_taken_along_as_a_spreadsheet(sign_in: SignIn, desk: Desk) -> None:
    with clock.held(desk.at):
        content = sign_in("office").get("/orders/ledger.xlsx?level=blue").data
        other = sign_in("contact.sci").get("/orders/ledger.xlsx").data

    words = ZipFile(BytesIO(content)).read("xl/sharedStrings.xml").decode()
    for said in ("中小企业账款清欠进展滞后", "扬促中小办督〔2022〕1号", "蓝色提示", "计分"):
        assert said in words
    assert "清欠" not in ZipFile(BytesIO(other)).read("xl/sharedStrings.xml").decode()


def test_a_draft_is_nobody_elses_business(sign_in: SignIn, house: House) -> None:
    desk = Desk(house).matter()
    with clock.held(desk.at):
        assert "清欠" in sign_in("office").get("/orders").text
        assert "清欠" not in sign_in("contact.miit").get("/orders").text


def test_an_order_page_and_its_papers(sign_in: SignIn, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.held(desk.at):
        unit = sign_in("contact.miit")
        page = unit.get("/orders/2022-1").text
        assert "扬促中小办督〔2022〕1号" in page
        assert "2022年7月22日" in page
        words = unit.get("/orders/2022-1/1.docx").data
        paper = unit.get("/orders/2022-1/1/print").text
        monkeypatch.setattr(pdf_files, "program", lambda: None)
        assert unit.get("/orders/2022-1/1.pdf").headers["Location"] == "/orders/2022-1/1/print"

    assert ZipFile(BytesIO(words)).testzip() is None
    text = "\n".join(paragraph.text for paragraph in Document(BytesIO(words)).paragraphs)
    for said in ("扬促中小办督〔2022〕1号", "蓝色提示", "请于2022年7月22日前反馈", "扬州市工业和信息化局："):
        assert said in text
    assert "签　收　回　执" in paper
    assert "style=" not in paper


def test_the_office_opens_an_order_and_goes_on_with_its_draft(sign_in: SignIn, house: House) -> None:
    desk = Desk(house)
    with clock.held(desk.at):
        office = sign_in("office")
        refused = office.post("/orders/new", data={"title": "短", "unit": "miit"})
        assert refused.status_code == 422
        assert "请填写督办事项" in refused.text
        answer = office.post("/orders/new", data={"title": "中小企业账款清欠进展滞后", "unit": "miit"})
        draft = office.get(answer.headers["Location"])
        assert "拟办督办单" in draft.text
        assert sign_in("contact.miit").post("/orders/new", data={"title": "账款清欠", "unit": "sci"}).status_code == 403


def test_what_is_late_is_one_click_from_an_order(sign_in: SignIn, house: House) -> None:
    desk = Desk(house)
    with house.database.transaction() as session:
        task_id = add_task(session, "sci", date(2022, 7, 12), title="专精特新培育口径")
    with clock.held(desk.at):
        office = sign_in("office")
        assert "拟督办单" in office.get("/board").text
        draft = office.get(office.post(f"/orders/late/{task_id}").headers["Location"]).text
        assert "专精特新培育口径" in draft
        assert "已超 3 个工作日" in draft
        assert office.post(f"/orders/late/{task_id}").headers["Location"] == "/orders/2022-1"


def test_more_time_is_asked_for_on_the_task_and_both_days_are_shown(sign_in: SignIn, desk: Desk) -> None:
    task = desk.signed_for().task("report_back")
    desk.on("2022-07-19")
    with clock.held(desk.at):
        unit = sign_in("contact.miit")
        assert "申请延期" in unit.get(f"/tasks/{task.id}").text
        form = unit.get(unit.post(f"/tasks/{task.id}/extension").headers["Location"])
        assert "填写延期申请" in form.text
        assert "申请延期" not in unit.get(f"/tasks/{task.id}").text
        assert sign_in("contact.sci").post(f"/tasks/{task.id}/extension").status_code == 404
    desk.asked("2022-07-25")
    with clock.held(desk.at):
        held = sign_in("contact.miit").get(f"/tasks/{task.id}").text
        assert "延期待批" in held
    desk.do("review_extension", login="office", outcome="granted")
    with clock.held(desk.at):
        page = sign_in("contact.miit").get(f"/tasks/{task.id}").text
        answer = sign_in("contact.miit").get(f"/tasks/{task.id}/extension/1.docx").data
        assert sign_in("contact.sci").get(f"/tasks/{task.id}/extension/1.docx").status_code == 404
    said = "\n".join(paragraph.text for paragraph in Document(BytesIO(answer)).paragraphs)
    assert "由2022年7月21日延至2022年7月25日" in said
    assert "延期批复 扬促中小办延〔2022〕1号" in page
    assert "原时限" in page
    assert "2022年7月21日" in page
    assert "延期至" in page
    assert "2022年7月25日" in page
    assert ASKED["reason_kind"] == "no_data"


def test_a_long_order_is_cut_into_sheets_and_loses_nothing() -> None:
    text = "逐项核对" * 250
    made = sheets("开头", [("办理要求", text), ("办理时限", "请按期办结。")])

    assert len(made) > 2
    assert "".join(part for sheet in made for _kind, part in sheet.paragraphs).count("逐项核对") >= 249
    assert [sheet.has_foot for sheet in made] == [False] * (len(made) - 1) + [True]
    assert all(sum(len(part) for _kind, part in sheet.paragraphs) <= LINES * 28 for sheet in made)
