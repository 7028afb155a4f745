"""The cockpit and an indicator's page: what is shown to whom, and the office's form for a figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from app import clock
from app.models.actual import IndicatorActual
from app.services.house import House
from tests.applications import SignIn
from tests.boards import NOW, add_task
from tests.figures import set_figure, set_target
from tests.statements import counted

GIANTS, GREEN_PROJECTS = 2, 19


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def known(house: House) -> None:
    """Two indicators with targets: one on pace, one behind."""
    with house.database.transaction() as session:
        set_target(session, GIANTS, "33")
        set_figure(session, GIANTS, "31")
        set_target(session, GREEN_PROJECTS, "35")
        set_figure(session, GREEN_PROJECTS, "15", date(2023, 10, 31))
        set_figure(session, GREEN_PROJECTS, "19")
        add_task(session, "group", date(2023, 12, 22), principal="leader", name="审定年度目标")


def test_the_leader_sees_the_pace_and_what_to_decide(sign_in: SignIn, known: None) -> None:
    page = sign_in("leader").get("/cockpit").text

    assert "请您决定" in page
    assert "审定年度目标" in page
    assert "2023年度进展" in page
    assert "差目标值的 37.4%" in page
    assert "落后 54%" in page
    assert page.count('class="d-ind"') == 28
    assert "style=" not in page


def test_the_chart_holds_what_was_reached_and_what_the_pace_asks_for(sign_in: SignIn, known: None) -> None:
    page = sign_in("leader").get("/cockpit").text
    option = json.loads(unescape(page.split("data-chart='")[1].split("'")[0]))
    pace, done = option["series"]

    assert pace["data"][5] == 17.5
    assert done["data"] == [None] * 9 + [15.0, 19.0]
    assert done["markPoint"]["data"] == [{"coord": ["11月", 19.0]}]
    assert done["lineStyle"]["color"] == "--d-red-600"


@pytest.mark.parametrize(
    "query", ["", "?year=2022", "?year=plan", "?order=worst", "?indicator=2", "?year=plan&order=worst"]
)
def test_every_view_of_the_cockpit_opens_for_readers(sign_in: SignIn, known: None, query: str) -> None:
    for login in ("office", "leader", "auditor"):
        assert sign_in(login).get(f"/cockpit{query}").status_code == 200


@pytest.mark.parametrize("query", ["?year=2021", "?year=x"])
def test_a_year_outside_of_the_plan_is_refused(sign_in: SignIn, query: str) -> None:
    assert sign_in("leader").get(f"/cockpit{query}").status_code == 400


def test_the_cockpit_takes_the_same_statements_with_one_figure_or_many(
    sign_in: SignIn, house: House, known: None
) -> None:
    browser = sign_in("leader")

    def statements() -> int:
        with counted(house) as found:
            assert browser.get("/cockpit").status_code == 200
        return len([statement for statement in found if statement.startswith(("SELECT", "WITH"))])

    statements()  # what is read once for all requests
    few = statements()
    with house.database.transaction() as session:
        for number in range(3, 15):
            set_target(session, number, "30")
            for month in range(1, 12):
                set_figure(session, number, "3", date(2023, month, 28))

    assert statements() == few <= 20


def test_an_indicator_shows_its_contradiction_with_both_sides(sign_in: SignIn, known: None) -> None:
    page = sign_in("office").get("/indicators/19").text

    assert "实施绿色化改造项目300项" in page
    assert "2022—2024年100项，2022年30项" in page
    assert "登记完成值" in page


def test_figures_are_for_those_who_take_part(sign_in: SignIn, known: None) -> None:
    mine, other = sign_in("contact.miit").get("/indicators/19"), sign_in("contact.edu").get("/indicators/19")

    assert "2023年11月30日" in mine.text
    assert "2023年11月30日" not in other.text
    assert "完成情况由牵头单位、责任单位和领导小组办公室查看" in other.text
    assert "登记完成值" not in mine.text
    assert sign_in("contact.miit").get("/indicators/29").status_code == 404


def test_the_office_records_a_figure(sign_in: SignIn, house: House, known: None) -> None:
    browser = sign_in("office")

    answer = browser.post(
        "/indicators/19/actuals",
        data={"as_of": "2023-12-10", "value": "21", "nature": "actual", "source": "department", "note": ""},
    )

    assert answer.headers["Location"] == "/indicators/19?year=2023"
    with house.database.reading() as session:
        assert session.scalars(select(IndicatorActual).where(IndicatorActual.value == 21)).one().source == "department"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"value": "18"}, "小于此前已核实的累计值"),
        ({"value": "很多"}, "请填写数字"),
        ({"value": "NaN"}, "请填写数字"),
        ({"as_of": ""}, "请填写截止日"),
        ({"as_of": "2023-12-20"}, "不能晚于今天"),
        ({"source": "rumour"}, "请选择数据来源"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_what_was_typed(
    sign_in: SignIn, known: None, changed: dict[str, str], told: str
) -> None:
    posted = {"as_of": "2023-12-10", "value": "21", "nature": "actual", "source": "department", "note": ""}

    answer = sign_in("office").post("/indicators/19/actuals", data=posted | changed)

    assert answer.status_code == 422
    assert told in answer.text


def test_nobody_else_records(sign_in: SignIn, known: None) -> None:
    assert sign_in("leader").post("/indicators/19/actuals", data={}).status_code == 403
