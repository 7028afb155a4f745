"""检索: what was done is listed, opened at its moment, saved under a name and taken away as a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO

import pytest
from lxml import etree
from openpyxl import load_workbook
from sqlalchemy import select

from app import clock
from app.models.inbox_view import SavedFilter
from app.queries import event_search
from app.services import administration
from app.services.house import House
from app.terms import Act
from app.views import event_rows
from tests import walks
from tests.applications import SignIn
from tests.events import filled
from tests.ledger.test_xes import read, schema


@pytest.fixture
def history(house: House) -> Iterator[str]:
    """A process, and an act of administration after it, that have their lines."""
    id_ = walks.walked(house, "linear")
    with house.database.transaction() as session:
        administration.record(
            session, "security_admin", Act.ROLES_SET, person="signer", before=["office"], after=["leader"]
        )
    filled(house)
    with clock.held(walks.BEGIN.replace(month=2)):
        yield id_


def lines(page: str) -> list[str]:
    """The rows of the table, without their tags."""
    rows = re.findall(r"<tr data-row>(.*?)</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_business_and_administration_stand_in_one_stream(sign_in: SignIn, history: str) -> None:
    page = sign_in("auditor").get("/events").text

    found = lines(page)
    assert any("安全管理员" in line and "调整角色" in line and "signer" in line and "→" in line for line in found)
    assert any("周文博" in line and "办理" in line for line in found)
    assert f'href="/histories/{history}?event=2"' in page


def test_filters_stay_in_the_bar_and_are_named_where_nothing_is_found(sign_in: SignIn, history: str) -> None:
    client = sign_in("auditor")

    page = client.get("/events?unit=office&verb=user_task_completed&q=linear").text
    assert lines(page)
    assert 'value="office" selected' in page
    assert 'value="user_task_completed" selected' in page
    missing = client.get("/events?unit=miit&duty=linear&until_on=2020-01-01").text
    assert "没有符合条件的记录" in missing
    assert "已筛选：市工信局、linear、2020-01-01止" in missing
    assert client.get("/events?from_on=tomorrow").status_code == 400
    assert client.get("/events?cursor=nonsense").status_code == 400


def test_a_reader_is_offered_what_is_hers(sign_in: SignIn, history: str) -> None:
    office, security = sign_in("office").get("/events").text, sign_in("security_admin").get("/events").text

    assert "调整角色" not in office
    assert "文字也在填报内容中查找" in office
    assert history not in security
    assert "职责事项" not in security
    assert "调整角色" in security
    assert sign_in("contact.miit").get("/events").status_code == 403
    assert f"/histories/{history}" not in sign_in("audit_admin").get("/events").text  # she sees the line, no more


def test_a_long_answer_goes_on_where_the_page_ended(
    sign_in: SignIn, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("auditor")
    everything = lines(client.get("/events?kind=business").text)
    monkeypatch.setattr(event_search.search, "__defaults__", (None, 2))
    page, found, address = "", list[str](), "/events?kind=business"
    while address:
        page = client.get(address, headers={"HX-Request": "true"} if found else {}).text
        assert not found or "<html" not in page
        found += lines(page)
        more = re.search(r'href="(/events\?[^"]*cursor=[^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""

    assert found == everything
    assert len(everything) > 2


def test_a_search_for_words_says_how_far_it_looked(
    sign_in: SignIn, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_search, "LINES", 2)

    page = sign_in("auditor").get("/events?q=nothing").text

    assert "已查到" in page
    assert "继续往前查" in page
    assert "没有符合条件的记录" not in page


def test_a_search_is_saved_opened_renamed_and_removed(sign_in: SignIn, house: House, history: str) -> None:
    client = sign_in("auditor")
    query = {"list": "events", "name": "办公室办理", "query": "unit=office&verb=user_task_completed&cursor=x&light=red"}

    assert client.post("/inbox/filters", data=query).location == "/events?unit=office&verb=user_task_completed"
    assert 'aria-current="true"' in client.get("/events?unit=office&verb=user_task_completed").text
    own = client.get("/inbox/filters").text
    assert "领导小组办公室、办理" in own
    assert 'href="/events"' in own
    client.post("/inbox/filters/1", data={"name": "办公室"})
    with house.database.reading() as session:
        assert session.scalars(select(SavedFilter.name)).all() == ["办公室"]
    assert "办公室办理" not in sign_in("audit_admin").get("/events").text
    client.post("/inbox/filters/1", data={"default": "yes"})
    assert client.get("/events").location == "/events?unit=office&verb=user_task_completed"
    assert client.get("/events?all=1").status_code == 200
    client.post("/inbox/filters/1/removal")
    assert client.get("/events").status_code == 200


def test_what_is_found_is_taken_away_as_a_table(sign_in: SignIn, history: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in("auditor")
    shown = len(lines(client.get("/events?kind=business").text))

    text = client.get("/events/lines.csv?kind=business").data.decode("utf-8-sig")
    records = list(csv.reader(StringIO(text)))
    sheet = load_workbook(BytesIO(client.get("/events/lines.xlsx?kind=business").data)).active

    assert records[0] == list(event_rows.HEADINGS)
    assert len(records) == shown + 1
    assert {record[14] for record in records[1:]} == {history}
    assert sheet is not None
    assert sheet.max_row == shown + 3
    assert client.get("/events/lines.pdf").status_code == 404
    monkeypatch.setattr("app.views.event_rows.MOST", 1)
    assert client.get("/events/lines.csv?kind=business").location == "/events?kind=business"


def test_histories_in_which_something_is_found_are_taken_away_as_an_event_log(
    sign_in: SignIn, house: House, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks.started(house, "mi_par")
    filled(house)
    client = sign_in("auditor")

    log = client.get("/events/log.xes?verb=user_task_completed").data

    schema("xes-1849-2016.xsd").assertValid(etree.fromstring(log))
    ((trace, *steps),) = read(log)
    assert trace["duban:instance"] == history
    assert steps[0]["duban:type"] == "startEvent"  # the whole history, not only what was found
    assert 'href="/events/log.xes?verb=user_task_completed"' in client.get("/events?verb=user_task_completed").text
    assert read(client.get("/events/log.xes?kind=administration").data) == []
    for login in ("audit_admin", "security_admin"):
        assert "/events/log.xes" not in sign_in(login).get("/events").text
        assert sign_in(login).get("/events/log.xes").status_code == 403
    monkeypatch.setattr("app.views.event_search.MOST", 1)
    assert client.get("/events/log.xes?kind=business").location == "/events?kind=business"
