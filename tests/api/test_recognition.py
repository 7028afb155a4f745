"""Programs read the recognition rules and have figures held against them."""

from __future__ import annotations

from typing import Any

import pytest

from app.duties.recognition import from_json
from app.queries.rule_sets import shipped
from tests.api.conftest import CallAs
from tests.duties.recognition_cases import ON_2022, SPECIALISED, judged, split

PATH = "/recognition-evaluations"


def body(**change: Any) -> dict[str, Any]:
    figures, profile = split(SPECIALISED, ON_2022)
    sent = {str(year): row for year, row in figures.items()}
    return {"level": "specialised", "on": ON_2022.isoformat(), "figures": sent, "profile": profile} | change


def test_the_rules_are_listed_with_threshold_source_and_mark(call_as: CallAs) -> None:
    rules = call_as("contact.miit").items("/recognition-rules")

    assert {each["id"] for each in rules} == {known.rule_set.id for known in shipped()}
    level = next(
        level
        for each in rules
        if each["id"] == "cn-2022-63"
        for level in each["levels"]
        if level["level"] == "specialised"
    )
    years = next(each for each in level["conditions"] if each["id"] == "B1")
    assert (years["threshold"], years["source"], years["verified"]) == ("不低于2年", "S1", True)
    share = level["indicators"][0]
    assert share["bands"][0] == {"text": "80%以上", "points": 5}


def test_the_rules_of_a_level_on_a_day_are_one_rule_set(call_as: CallAs) -> None:
    office = call_as("office")

    assert [each["id"] for each in office.items("/recognition-rules", level="specialised", on="2026-04-01")] == [
        "cn-2026-2"
    ]
    assert len(office.items("/recognition-rules", level="specialised")) == 2
    assert office.get("/recognition-rules", level="specialised", on="2020-01-01").status_code == 422
    assert office.get("/recognition-rules", level="giant").status_code == 422


def test_figures_are_held_against_the_rules_in_force_on_the_day(call_as: CallAs) -> None:
    answer = call_as("contact.miit").post(PATH, body())

    assert answer.status_code == 200, answer.text
    assert from_json(answer.json) == judged("cn-2022-63", "specialised", SPECIALISED, ON_2022)
    assert (answer.json["score"], answer.json["is_met"]) == (70, True)


def test_another_version_may_be_named(call_as: CallAs) -> None:
    answer = call_as("office").post(PATH, body(rule_version="cn-2026-2", is_reverification=True))

    assert answer.json["rule_version"] == "cn-2026-2"
    assert answer.json["score"] is None
    assert not answer.json["is_met"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level": "giant"}, "level"),
        ({"on": "2020-01-01"}, "applied_on"),
        ({"figures": {"last": {}}}, "figures.last"),
        ({"figures": {"2021": {"turnover": 1}}}, "figures.2021.turnover"),
        ({"figures": {"2021": {"honours": []}}}, "figures.2021.honours"),
        ({"profile": {"shoe_size": 1}}, "profile.shoe_size"),
        ({"rule_version": "yz-city"}, "level"),
    ],
)
def test_what_the_rules_do_not_know_is_refused_by_field(call_as: CallAs, change: dict[str, Any], field: str) -> None:
    answer = call_as("office").post(PATH, body(**change))

    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]]


@pytest.mark.parametrize(
    "profile",
    [
        {"honours": [{"kind": ["national_science_award"], "rank": "9" * 5000, "granted_on": {}}]},
        {"honours": [1, None], "titles": "all", "certificates": {"kind": 1}},
        {"titles": [{"level": {}, "until_on": "9999-99-99"}], "field": [{}, 3], "own_brand": "yes"},
        {"segment_years": "1e999999999", "local_points": 7.5, "standards": [{"kind": None}]},
    ],
)
def test_strange_answers_are_as_good_as_none(call_as: CallAs, profile: dict[str, Any]) -> None:
    answer = call_as("office").post(
        PATH, body(profile=profile, figures={"2021": {"revenue_wan": "1e999999", "staff": []}})
    )

    assert answer.status_code == 200, answer.text
    assert not answer.json["is_met"]


def test_an_unknown_version_is_not_found(call_as: CallAs) -> None:
    assert call_as("office").post(PATH, body(rule_version="cn-1999-1")).status_code == 404
