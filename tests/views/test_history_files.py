"""A history on paper and as a table: the dossier, and the files of events and of the list."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO

import docx
import pytest
from lxml import etree
from sqlalchemy import text

from app import clock
from app.queries import histories
from app.services import event_log_parts, pdf_files
from app.services.house import House
from tests import walks
from tests.applications import SignIn
from tests.ledger.test_xes import read, schema
from tests.services.orders import Desk


@pytest.fixture
def history(house: House) -> Iterator[str]:
    id_ = walks.walked(house, "linear")
    with clock.held(walks.BEGIN.replace(month=2)):
        yield id_


def words(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def test_a_dossier_holds_the_cover_every_event_every_form_and_the_seal(
    sign_in: SignIn, house: House, history: str
) -> None:
    answer = sign_in("auditor").get(f"/histories/{history}/dossier.docx")
    told, instance = words(answer.data), walks.instance_of(house, history)

    assert "attachment" in answer.headers["Content-Disposition"]
    for said in (
        "事项卷宗",
        instance.business_key,
        instance.head_hash,
        "情况属实",
        "未发现改动",
        "没有附件",
        "没有画图",
    ):
        assert said in told
    assert f"{instance.head_seq} 个事件与链上摘要逐条一致" in told


def test_a_dossier_has_the_drawing_as_the_matter_stands(sign_in: SignIn, house: House) -> None:
    desk = Desk(house).matter().issued()

    content = sign_in("auditor").get(f"/histories/{desk.order().instance_id}/dossier.docx").data

    drawing = docx.Document(BytesIO(content)).element.body.xml
    assert "签收督办单" in drawing
    assert "<a:custGeom>" in drawing
    assert "粗框为当前环节" in words(content)


def test_a_dossier_says_what_was_changed(sign_in: SignIn, house: House, history: str) -> None:
    with house.database.writing() as connection:
        connection.execute(text("UPDATE event SET actor = 'signer' WHERE stream = :id AND seq = 2"), {"id": history})

    told = words(sign_in("auditor").get(f"/histories/{history}/dossier.docx").data)

    assert "发现 1 处不一致" in told
    assert "第 2 个事件：记录被改动" in told


def test_a_pdf_is_offered_where_the_machine_makes_one(
    sign_in: SignIn, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("auditor")
    monkeypatch.setattr(pdf_files, "as_pdf", lambda _word_file: b"%PDF-1.7")
    assert client.get(f"/histories/{history}/dossier.pdf").data == b"%PDF-1.7"

    monkeypatch.setattr(pdf_files, "as_pdf", lambda _word_file: None)
    assert client.get(f"/histories/{history}/dossier.pdf").status_code == 404


def test_the_events_are_a_table_and_no_cell_begins_a_formula(sign_in: SignIn, house: House, history: str) -> None:
    with house.database.writing() as connection:
        connection.execute(text("UPDATE event SET actor = '=1+1' WHERE stream = :id AND seq = 2"), {"id": history})

    rows = table(sign_in("auditor").get(f"/histories/{history}/events.csv").data)

    assert [row["序号"] for row in rows] == [f"{n}" for n in range(1, walks.instance_of(house, history).head_seq + 1)]
    assert rows[1]["账号"] == "'=1+1"
    assert rows[-1]["SHA-256"] == walks.instance_of(house, history).head_hash


def test_the_list_is_a_table_filtered_as_the_page_is(sign_in: SignIn, house: House, history: str) -> None:
    open_ = walks.started(house, "linear", "open")
    client = sign_in("auditor")

    everything = table(client.get("/histories/list.csv").data)
    ended = table(client.get("/histories/list.csv?status=completed&q=linear").data)

    assert {row["流程编号"] for row in everything} == {history, open_}
    assert [row["流程编号"] for row in ended] == [history]
    assert ended[0]["状态"] == "已办结"
    assert client.get("/histories/list.csv?from_on=tomorrow").status_code == 400


def test_the_list_is_an_event_log_filtered_as_the_page_is(
    sign_in: SignIn, house: House, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ = walks.started(house, "linear", "open")
    monkeypatch.setattr(event_log_parts, "AT_ONCE", 1)
    monkeypatch.setattr(histories.ids, "__defaults__", (None, 1))
    client = sign_in("auditor")

    everything = client.get("/histories/log.xes").data
    ended = table(client.get("/histories/log.csv?status=completed").data)

    schema("xes-1849-2016.xsd").assertValid(etree.fromstring(everything))
    assert {trace["duban:instance"] for trace, *_ in read(everything)} == {history, open_}
    assert {line["case:concept:name"] for line in ended} == {walks.instance_of(house, history).business_key}
    assert client.get("/histories/log.xes?from_on=tomorrow").status_code == 400


def test_files_of_the_list_are_offered_with_its_filter_to_those_who_may_have_them(
    sign_in: SignIn, history: str
) -> None:
    files = [f"/histories/{name}?status=completed&amp;q=linear" for name in ("list.csv", "log.xes", "log.csv")]
    offered = {
        login: [file in sign_in(login).get("/histories?status=completed&q=linear").text for file in files]
        for login in ("auditor", "contact.sci")
    }

    assert offered == {"auditor": [True, True, True], "contact.sci": [True, False, False]}
    assert sign_in("contact.sci").get("/histories/log.xes").status_code == 403


def test_files_of_another_unit_are_missing(sign_in: SignIn, history: str) -> None:
    client = sign_in("contact.sci")

    assert table(client.get("/histories/list.csv").data) == []
    for file in ("dossier.docx", "dossier.pdf", "events.csv"):
        assert client.get(f"/histories/{history}/{file}").status_code == 404
