"""The board on the page: what the office sees and may do, what others may only read, and what is closed to units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from app import clock
from app.models.organization import Unit
from app.models.supervision_order import SupervisionOrder
from app.models.user_task import UserTask
from app.services.house import House
from tests.applications import SignIn
from tests.boards import NOW, add_instance, add_task
from tests.statements import counted

LATE, FAR = date(2023, 12, 12), date(2024, 3, 1)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def late(house: House) -> list[str]:
    """Two late tasks of the science bureau, one of the finance bureau, one in time."""
    with house.database.transaction() as session:
        found = [add_task(session, unit, LATE, title=f"年度反馈：{unit}") for unit in ("sci", "sci", "fin")]
        add_task(session, "com", FAR)
    return found


def urged(house: House) -> dict[str, int]:
    with house.database.reading() as session:
        return {id_: count for id_, count in session.execute(select(UserTask.id, UserTask.urged_count)) if count}


def test_the_board_names_what_is_late_and_how_much(sign_in: SignIn, late: list[str]) -> None:
    page = sign_in("office").get("/board").text

    assert "催办逾期 3 件" in page
    assert "涉及 2 个单位：市科技局 2 件、市财政局 1 件" in page
    assert 'aria-label="市科技局 年度反馈 逾期 2 件，在办 2 件"' in page
    assert "style=" not in page


@pytest.mark.parametrize("view", ["lights", "heat", "list"])
def test_readers_see_every_view_and_no_verb(sign_in: SignIn, late: list[str], view: str) -> None:
    for login in ("leader", "auditor", "signer"):
        answer = sign_in(login).get(f"/board?view={view}")
        assert answer.status_code == 200
        assert "/urging" not in answer.text


@pytest.mark.parametrize("address", ["/board", "/board/ledger.xlsx", "/campaigns", "/cockpit"])
def test_units_see_no_other_units(sign_in: SignIn, address: str) -> None:
    assert sign_in("contact.sci").get(address).status_code == 403


def test_a_cells_list_holds_its_tasks_only(sign_in: SignIn, late: list[str]) -> None:
    page = sign_in("office").get("/board?view=list&unit=sci&duty=december_report").text

    assert page.count("data-row>") == 2
    assert "已筛选：市科技局、年度反馈，共 2 件" in page


def test_a_long_list_goes_on_without_the_frame(sign_in: SignIn, house: House) -> None:
    with house.database.transaction() as session:
        for _number in range(51):
            add_task(session, "sci", LATE)
    browser = sign_in("office")
    page = browser.get("/board?view=list").text
    address = page.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")

    rows = browser.get(address, headers={"HX-Request": "true"}).text

    assert "加载更多（余 1 条）" in page
    assert rows.count("data-row>") == 1
    assert "<html" not in rows


@pytest.mark.parametrize("query", ["view=other", "light=pink", "year=x", "span=y", "view=list&cursor=!"])
def test_an_address_that_means_nothing_is_refused(sign_in: SignIn, query: str) -> None:
    assert sign_in("office").get(f"/board?{query}").status_code == 400


def test_one_is_urged_at_once(sign_in: SignIn, house: House, late: list[str]) -> None:
    browser = sign_in("office")

    answer = browser.post(f"/urging/{late[0]}", data={"back": "/board?view=list"})

    assert answer.headers["Location"] == "/board?view=list"
    assert urged(house) == {late[0]: 1}
    assert "已催办 1 件" in browser.get("/board").text


def test_several_are_named_before_they_are_urged(sign_in: SignIn, house: House, late: list[str]) -> None:
    browser = sign_in("office")

    page = browser.post("/urging", data={"task": late[:2]})
    assert page.text.count('name="task"') == 2
    assert urged(house) == {}
    browser.post("/urging", data={"task": late[:2], "confirmed": "1", "text": "请于今天报送"})

    assert urged(house) == {late[0]: 1, late[1]: 1}


def test_all_that_is_late_is_urged_and_what_was_urged_today_is_told(
    sign_in: SignIn, house: House, late: list[str]
) -> None:
    browser = sign_in("office")
    browser.post(f"/urging/{late[0]}")

    browser.post("/urging", data={"all": "1", "confirmed": "1"})

    assert urged(house) == dict.fromkeys(late, 1)
    assert "已催办 2 件。1 件未催办：今天已催办。" in browser.get("/board").text


def test_many_units_are_urged_only_when_their_number_is_typed(sign_in: SignIn, house: House) -> None:
    with house.database.transaction() as session:
        units = list(session.scalars(select(Unit.id).where(Unit.kind == "department")))[:6]
        for unit in units:
            add_task(session, unit, LATE)
    browser = sign_in("office")
    assert 'data-exactly="6"' in browser.get("/board").text

    refused = browser.post("/urging", data={"all": "1", "confirmed": "1", "count": "5"})
    assert refused.status_code == 422
    assert urged(house) == {}
    browser.post("/urging", data={"all": "1", "confirmed": "1", "count": "6"})

    assert len(urged(house)) == 6


def test_nobody_is_led_elsewhere_by_an_urging(sign_in: SignIn, late: list[str]) -> None:
    answer = sign_in("office").post(f"/urging/{late[0]}", data={"back": "//example.com/"})

    assert answer.headers["Location"] == "/board"


@pytest.mark.parametrize("login", ["leader", "auditor", "contact.sci"])
def test_only_the_office_urges(sign_in: SignIn, house: House, late: list[str], login: str) -> None:
    browser = sign_in(login)

    assert browser.post(f"/urging/{late[0]}").status_code == 403
    assert browser.post("/urging", data={"all": "1", "confirmed": "1"}).status_code == 403
    assert browser.post(f"/urging/{late[0]}/letter").status_code == 403
    assert urged(house) == {}


def test_a_letter_is_issued_and_comes_as_a_word_file(sign_in: SignIn, late: list[str]) -> None:
    browser = sign_in("office")

    answer = browser.post(f"/urging/{late[0]}/letter", follow_redirects=True)

    assert answer.mimetype.endswith("wordprocessingml.document")
    assert "word/document.xml" in ZipFile(BytesIO(answer.data)).namelist()
    assert sign_in("leader").get(answer.request.path).status_code == 200
    assert sign_in("leader").get(f"/urging/{late[1]}/letter/1.docx").status_code == 404


def test_the_ledger_is_a_spreadsheet_of_what_was_asked_for(sign_in: SignIn, late: list[str]) -> None:
    answer = sign_in("leader").get("/board/ledger.xlsx?unit=sci")

    strings = ZipFile(BytesIO(answer.data)).read("xl/sharedStrings.xml").decode()
    assert "共2件" in strings
    assert "市财政局" not in strings
    assert "2023-12-14.xlsx" in answer.headers["Content-Disposition"]


def test_the_board_takes_the_same_statements_however_full_it_is(sign_in: SignIn, house: House, late: list[str]) -> None:
    browser = sign_in("office")

    def statements() -> int:
        with counted(house) as found:
            assert browser.get("/board").status_code == 200
        return len([statement for statement in found if statement.startswith("SELECT")])

    statements()  # what is read once for all requests
    few = statements()
    with house.database.transaction() as session:
        parent = add_instance(session, None, definition_key="december_report", title="2023年度反馈")
        for unit in session.scalars(select(Unit.id).where(Unit.kind != "body")).all():
            for due_on in (LATE, FAR):
                add_task(session, unit, due_on, instance_id=add_instance(session, unit, parent_id=parent))
            done_at = datetime(2023, 12, 5, tzinfo=UTC)
            add_task(session, unit, FAR, status="completed", completed_at=done_at)
    more = statements()

    assert more <= few + 4  # the parts of the one campaign: counted, named where late or unread; how many more are late
    assert more <= 27  # one of them for what is held while an extension is undecided


def test_the_filter_is_kept_from_view_to_view_and_a_cell_leads_to_its_list(
    sign_in: SignIn, house: House, late: list[str]
) -> None:
    browser = sign_in("office")
    lights = browser.get("/board?unit=sci&light=red").text
    weeks = browser.get("/board?view=heat&by=week&unit=sci").text

    assert "已筛选：市科技局、逾期。" in lights
    assert "/board?unit=sci&amp;light=red&amp;view=heat" in lights
    assert "市财政局" not in lights.split("</thead>")[1].split("</table>")[0]
    assert "/board?unit=sci&amp;from=2023-12-11&amp;to=2023-12-17&amp;view=list" in weeks
    assert "共 2 件" in browser.get("/board?unit=sci&from=2023-12-11&to=2023-12-17&view=list").text
    assert "没有符合条件的事项" in browser.get("/board?duty=typical_case").text
    assert browser.get("/board?view=heat&by=month").status_code == 400
    assert browser.get("/board?from=soon").status_code == 400


def test_the_light_of_a_cell_says_what_it_holds_and_leads_to_each(sign_in: SignIn, late: list[str]) -> None:
    browser = sign_in("auditor")
    address = "/lights/cells?unit=sci&duty=december_report"

    assert address.replace("&", "&amp;") in browser.get("/board").text
    page, panel = browser.get(address).text, browser.get(address, headers={"HX-Request": "true"}).text

    assert "市科技局 年度反馈" in panel
    assert "<html" not in panel
    assert panel.strip() in page
    assert f"/lights/user-tasks/{late[0]}" in panel
    assert "/board?unit=sci&amp;duty=december_report&amp;light=red&amp;view=list" in panel
    assert "/board?unit=sci&amp;duty=december_report&amp;view=list" in panel
    assert browser.get("/lights/cells?unit=sci&duty=typical_case").status_code == 404
    assert sign_in("contact.sci").get(address).status_code == 403


def test_red_orders_stand_first_on_the_board_and_in_the_cockpit(sign_in: SignIn, house: House, late: list[str]) -> None:
    with house.database.transaction() as session:
        for number, level in (("2023-1", "blue"), ("2023-2", "red")):
            told = {"number": number, "source_key": number, "subject_key": number, "title": f"事由{level}"}
            told |= {"year": 2023, "source": "office", "subject": "事项", "content": "请办理", "unit_id": "sci"}
            session.add(SupervisionOrder(**told, level=level, state="working", opened_on=LATE, limit_on=FAR))

    for address in ("/board", "/cockpit"):
        page = sign_in("leader").get(address).text
        assert 0 < page.index("事由red") < page.index("事由blue")
        assert "红色限办" in page
