"""Policies and packages for programs: the library with its conditions, a package for those who may see it."""

from __future__ import annotations

import pytest

from app.services.house import House
from tests.api.conftest import CallAs
from tests.services.policy_pushes import City


@pytest.fixture
def city(house: House) -> City:
    return City(house)


def test_the_library_is_listed_and_one_policy_read_with_its_conditions(city: City, call_as: CallAs) -> None:
    policy_id = city.policy(windows=[{"from_on": "2022-08-01", "to_on": "2022-09-30"}])
    city.policy("contact.miit", title="专精特新贷款贴息", owner_id="miit", kind="finance")
    caller = call_as("contact.drc")

    found = caller.get("/policies", kind="funds").json
    one = caller.get(f"/policies/{policy_id}").json

    assert [(row["id"], row["unit"]) for row in found["items"]] == [(policy_id, "sci")]
    assert one["conditions"] == [{"group": 1, "figure": "rd_ratio_pct", "operator": "gte", "value": "3"}]
    assert one["windows"] == [{"from_on": "2022-08-01", "to_on": "2022-09-30"}]
    assert caller.get("/policies/999").status_code == 404
    assert caller.get("/policies", kind="colour").status_code == 422


def test_a_package_is_read_by_its_enterprise_and_by_no_other(city: City, call_as: CallAs) -> None:
    code = city.firm(1, revenue_wan="3000", rd_wan="120")
    city.firm(2)
    city.open().choose(city.policy()).confirm("sci")
    address = f"/policy-packages/{city.package(code).id}"

    package = call_as("firm.1").get(address).json

    assert (package["enterprise"], package["round"], package["state"]) == (code, "2022-3", "sent")
    assert package["policies"][0]["why"] == ["研发费用占营业收入比重不低于3%：4%（截至2021年12月31日），满足"]
    assert call_as("firm.2").get(address).status_code == 404
    assert call_as("contact.gaoyou").get(address).status_code == 404
