"""通报 on the screen: composed from board and orders, edited, returned, signed with a number, read by all."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.errors import NotPermitted
from app.models.bulletin import Bulletin
from app.models.notification import Notification
from app.services import bulletins, pdf_files
from app.services.house import House
from tests.applications import SignIn
from tests.boards import add_task
from tests.factories import actor, person
from tests.services.orders import Desk

OVERDUE = "年度反馈逾期事项"


@pytest.fixture
def desk(house: House) -> Desk:
    """An order that was sent, and a task that is late."""
    desk = Desk(house).matter().issued()
    with house.database.transaction() as session:
        add_task(session, "sci", date(2022, 7, 1), title=OVERDUE)
    return desk


def composed(office: FlaskClient) -> str:
    answer = office.post("/bulletins/new", data={"since": "2022-07-01", "until": "2022-07-15"})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def fields(page: str) -> dict[str, str | list[str]]:
    """What the form holds as it is shown."""
    texts = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', page, re.S))
    title = re.search(r'name="title"[^>]*value="([^"]*)"', page) or re.search(r'value="([^"]*)"[^>]*name="title"', page)
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert title
    assert revision
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    return {**texts, "title": title[1], "revision": revision[1], "kept": kept}


def test_it_is_composed_edited_returned_signed_and_read(sign_in: SignIn, desk: Desk, house: House) -> None:
    with clock.held(desk.at):
        office, signer, reader = sign_in("office"), sign_in("signer"), sign_in("contact.fin")
        here = composed(office)
        page = office.get(here).text
        assert OVERDUE in page
        assert "市科技局1件" in page
        assert "市工信局1份" in page
        assert reader.get(here).status_code == 404
        told = fields(page)
        assert office.post(here, data={**told, "opening": "", "verb": "send"}).status_code == 422
        assert office.post(here, data={**told, "remark.sci": "正在补报", "verb": "send"}).status_code == 302

        revision = fields_of(house)
        assert signer.post(here, data={"verb": "send_back", "revision": revision, "reason": ""}).status_code == 422
        signer.post(here, data={"verb": "send_back", "revision": revision, "reason": "请补充好的做法"})
        page = office.get(here).text
        assert "请补充好的做法" in page
        assert "正在补报" in page
        changed = {"remark.sci": "正在补报", "good": "市财政局提前完成季度监测。"}
        office.post(here, data={**fields(page), **changed, "verb": "send"})
        assert office.post(here, data={"verb": "sign", "revision": fields_of(house)}).status_code == 403
        assert signer.post(here, data={"verb": "sign", "revision": 1}).status_code == 409
        assert signer.post(here, data={"verb": "sign", "revision": fields_of(house)}).status_code == 302

        shown = reader.get(here).text
        assert "扬促中小办通报〔2022〕1号" in shown
        assert "style=" not in shown
        assert "扬促中小办通报〔2022〕1号" in reader.get("/bulletins").text
        document = Document(BytesIO(reader.get(f"{here}/paper.docx").data))
        assert "市财政局提前完成季度监测。" in reader.get(f"{here}/print").text
        status = reader.get(f"{here}/paper.pdf").status_code
        assert status == (200 if pdf_files.program() else 404)
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "扬促中小办通报〔2022〕1号" in texts
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "正在补报" in cells
    assert any(OVERDUE in text for text in cells)
    with house.database.reading() as session:
        titles = set(session.scalars(select(Notification.title)))
    assert {"通报待签发", "通报退回修改"} <= titles


def fields_of(house: House) -> int:
    """The revision it has now."""
    with house.database.reading() as session:
        return session.scalars(select(Bulletin.revision).order_by(Bulletin.id.desc())).first() or 0


def test_what_is_left_out_is_not_printed_and_a_draft_may_be_dropped(sign_in: SignIn, desk: Desk, house: House) -> None:
    with clock.held(desk.at):
        office = sign_in("office")
        here = composed(office)
        office.post(here, data={**fields(office.get(here).text), "kept": [], "verb": "save"})
        document = Document(BytesIO(office.get(f"{here}/paper.docx").data))
        assert OVERDUE not in "".join(
            cell.text for table in document.tables for row in table.rows for cell in row.cells
        )
        assert office.post(here, data={"verb": "shred", "revision": 2}).status_code == 404
        assert office.post(here, data={"verb": "drop", "revision": fields_of(house)}).status_code == 302
        assert "已作废" in office.get("/bulletins").text
        assert office.post(here, data={"verb": "drop", "revision": fields_of(house)}).status_code == 409


@pytest.mark.parametrize(("since", "until"), [("2022-07-15", "2022-07-01"), ("2022-07-01", "2022-08-01"), ("x", "y")])
def test_a_period_is_past_and_in_order(sign_in: SignIn, desk: Desk, since: str, until: str) -> None:
    with clock.held(desk.at):
        office = sign_in("office")
        assert office.post("/bulletins/new", data={"since": since, "until": until}).status_code == 422
        assert sign_in("contact.sci").get("/bulletins/new").status_code == 403
        assert "拟初稿" in office.get("/bulletins/new").text


def test_who_wrote_it_does_not_sign_it(desk: Desk, house: House) -> None:
    with clock.held(desk.at):
        with house.database.transaction() as session:
            session.add(
                person("both", "两职", "office", (bulletins.Role.OFFICE, None), (bulletins.Role.OFFICE_SIGNER, None))
            )
        both = actor(house, "both")
        with house.database.transaction() as session:
            row = bulletins.compose(session, both, house.calendar, date(2022, 7, 1), date(2022, 7, 15))
            bulletins.send(session, both, row.id, row.revision)
            with pytest.raises(NotPermitted):
                bulletins.sign(session, both, row.id, row.revision)
