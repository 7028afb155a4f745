"""A demand from its being raised to its rating, and the coverage by specialists, by programs alone."""

from __future__ import annotations

import pytest

from app import clock
from app.services.house import House
from tests.api.conftest import CallAs
from tests.services.servings import City
from tests.services.test_demand_response import ANSWER
from tests.views.test_pairings import giant

RAISED = {
    "category": "finance",
    "title": "流动资金不足",
    "text": "企业流动资金不足，希望办理续贷。",
    "contact_name": "江海燕",
    "contact_phone": "0514-80000001",
    "agreement": True,
}


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def test_a_demand_is_raised_answered_rated_and_read(house: House, call_as: CallAs) -> None:
    city = City(house)
    code = city.firm()
    city.firm(2)
    with clock.held(city.at):
        firm, other = call_as("firm.1"), call_as("firm.2")
        refused = firm.post("/demands", {**RAISED, "agreement": False})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "agreement")
        made = firm.post("/demands", RAISED)
        assert made.status_code == 201, made.text
        [row] = firm.items("/demands")
        assert (row["enterprise_id"], row["state"], row["unit_id"]) == (code, "offered", "lfb")
        assert other.items("/demands") == []
        assert other.get(f"/demands/{row['number']}").status_code == 404
        assert other.post(f"/demands/{row['number']}/withdrawal", {}).status_code == 404
        assert other.post("/demands", {**RAISED, "enterprise_id": code}).status_code == 422
    city.do("accept_demand", outcome="yes").do("answer_demand", **ANSWER)
    with clock.held(city.at):
        assert firm.get(f"/demands/{row['number']}").json["answer_text"] == ""  # not signed yet
    city.do("sign_answer", outcome="yes")
    with clock.held(city.at):
        [task] = firm.items("/user-tasks", mine="true")
        rated = firm.post(f"/user-tasks/{task['id']}/completion", {"variables": {"outcome": "yes", "stars": 5}})
        assert rated.status_code == 200, rated.text
        whole = firm.get(f"/demands/{row['number']}").json
        late = firm.post(f"/demands/{row['number']}/withdrawal", {})

    assert (whole["state"], whole["rating"], whole["answer_text"]) == ("closed", "yes", ANSWER["answer_text"])
    assert [step["state"] for step in whole["steps"]] == ["offered", "working", "signing", "answered", "closed"]
    assert late.status_code == 422


def test_coverage_is_read_by_the_city_and_by_a_locality_for_its_own(house: House, call_as: CallAs) -> None:
    city = City(house)
    city.specialist("wang")
    city.paired(giant(city, 1, "2022-01-10"), "wang")
    giant(city, 2, "2022-06-01", "yizheng")
    with clock.held(city.at):
        whole = call_as("office").get("/specialist-coverage").json
        own = call_as("contact.hanjiang").get("/specialist-coverage").json
        firm = call_as("firm.1").get("/specialist-coverage")

    assert (whole["total"], whole["paired"], whole["share"]) == (2, 1, 50)
    assert [row["locality"] for row in whole["exceptions"]] == ["仪征市"]
    assert (own["total"], own["share"], own["exceptions"]) == (1, 100, [])
    assert firm.status_code == 403
