"""The cockpit's second page: charts with the same facts beside them, for readers, from what was really done."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest

from app import clock
from app.queries.burden import burdens
from app.services.asked_fields import asked_fields
from app.services.house import House
from tests.applications import SignIn
from tests.boards import NOW, add_task
from tests.figures import set_figure, set_target
from tests.services.assessments import Campaign

GIANTS, GREEN_PROJECTS = 2, 19


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def known(house: House) -> None:
    """Two indicators, one of them behind; and what two units completed this year and the year before."""
    with house.database.transaction() as session:
        set_target(session, GIANTS, "33")
        set_figure(session, GIANTS, "31")
        set_target(session, GREEN_PROJECTS, "35")
        set_figure(session, GREEN_PROJECTS, "19")
        for unit, year in (("hanjiang", 2023), ("hanjiang", 2023), ("sci", 2022)):
            done = {"status": "completed", "completed_at": datetime(year, 6, 20, tzinfo=UTC)}
            asked = {"element_id": "fill_progress", "duty": "progress_monitoring"}
            add_task(session, unit, date(year, 6, 30), **done, **asked)


def charts(page: str) -> list[dict[str, Any]]:
    return [json.loads(unescape(text)) for text in re.findall(r"data-chart='([^']+)'", page)]


def test_a_reader_sees_charts_and_the_same_facts_as_tables(sign_in: SignIn, known: None) -> None:
    page = sign_in("leader").get("/cockpit/analysis?year=2023").text
    pace, localities, burden = charts(page)

    assert [one["value"] for one in pace["series"][0]["data"]] == [93, 54]
    assert "54%" in page
    assert localities["series"][0]["data"][0] == 2
    assert burden["yAxis"]["data"][0] == "邗江区"
    assert "style=" not in page


def test_the_newest_assessment_is_ranked_and_says_that_it_is_provisional(sign_in: SignIn, house: House) -> None:
    campaign = Campaign(house).computed()
    with clock.held(campaign.at):
        page = sign_in("leader").get("/cockpit/analysis?year=2023").text
    found = [chart for chart in charts(page) if chart["series"][0]["name"] == "得分"]

    assert "2022年度考核排名：部门" in page
    assert "暂定" in page
    assert {"市科技局", "市财政局"} <= {name for chart in found for name in chart["yAxis"]["data"]}


def test_a_year_outside_of_the_plan_is_refused_and_others_may_not_look(sign_in: SignIn, known: None) -> None:
    assert sign_in("office").get("/cockpit/analysis?year=2030").status_code == 400
    assert sign_in("contact.sci").get("/cockpit/analysis").status_code == 403
    assert sign_in("auditor").get("/cockpit/analysis?year=2022").status_code == 200


def test_the_burden_of_a_unit_is_what_it_completed_times_what_the_forms_ask(house: House, known: None) -> None:
    fields = asked_fields("progress_monitoring", "fill_progress")
    with house.database.reading() as session:
        found = {row.unit_id: (row.tasks, row.fields, row.before) for row in burdens(session, 2023, asked_fields)}

    assert fields > 10
    assert found["hanjiang"] == (2, 2 * fields, 0)
    assert found["sci"] == (0, 0, 1)
    assert next(iter(found)) == "hanjiang"


def test_a_form_asks_for_what_a_person_may_write_and_for_each_column_of_a_table_once() -> None:
    assert asked_fields("service_month", "sign_month") == 2
    assert asked_fields("service_month", "confirm_activity") == 6
    assert asked_fields("service_month", "nothing") == 0
    assert asked_fields("uploaded", "task") == 0
