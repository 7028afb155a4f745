"""Whatever is sent, nothing ends in a 5xx: every address, with ids and bodies that nobody means well with."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app import clock
from app.api.problems import PREFIX
from app.services.house import House
from tests.api.addresses import addresses, filled
from tests.api.conftest import CallAs
from tests.api.linear import first_task, started
from tests.services.december_report_walk import CAMPAIGN, Walk, morning, unit_key


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


HOSTILE: list[Any] = [
    {},
    {"variables": {}},
    {"variables": {"a": {"b": [1, 2.5, None, True]}, "typename": "x", "__class__": "y", "": 0, "名": 2**70}},
    {"variables": {"outcome": ["yes"], "figures": "none", "statement": {}, "problems": None}},
    {"data": {"units": [1, None, {"unit": 5}], "priorities": {"0": 1}}},
    {"definition_key": "linear", "variables": {"a": [1], "b": {"c": {"d": {"e": 1}}}, "1x": 1, "_y": 2}},
    {"definition_key": "linear", "variables": {"outcome": 2**60, "round": 1e308}},
    {"definition_key": "annual_target", "variables": {"year": "二〇二四"}},
    {"definition_key": "december_report", "variables": {"year": 10**9}},
    {"definition_key": "december_report", "variables": {"year": True}},
    {"definition_key": "december_report", "variables": {"year": 2024.5, "x": []}},
    {"definition_key": "a" * 60, "business_key": "\u202e" * 120},
    {"name": "submission_withdrawn", "correlation": "x", "variables": {"a": [[[]]]}},
    {"reason": "a" * 500, "to_element": "draft_report"},
    {"reason": "\ufffe"},
    {"text": "a" * 1000},
]
IDS = ["1", "0", "-1", "99999999999999999999", "a" * 61, "%00", "%ff", "..", "'", "项", "None", "1.5", "%F0%9F%98%80"]

WRONG: list[Any] = [
    None, True, -1, 1e308, 2**70, "", "x" * 5000, "2024-13-45", [], [None], [[]], [{}], {}, {"0": {}},
    [{"no": []}, {"no": {}}, {"no": None}, {"no": 1e308}, {"unit": ["sci"]}, {"field": 7}, {"id": {}}, 5, "a"],
]  # fmt: skip


def test_no_input_ends_in_a_server_error(app: Flask, call_as: CallAs) -> None:
    office = call_as("office")
    task = first_task(office, started(office))
    answers = []
    for method, address in addresses(app):
        path = address.removeprefix(PREFIX)
        ids = [task["id"], task["instance_id"], *IDS] if "<" in path else [""]
        if method == "GET":
            answers += [(path, id_, office.get(filled(path, id_))) for id_ in ids]
            continue
        send = office.post if method == "POST" else office.put
        answers += [(path, id_, send(filled(path, id_), body)) for body in HOSTILE for id_ in ids[:3]]

    failed = [(*where, answer.text) for *where, answer in answers if answer.status_code >= 500]
    assert len(answers) > 450
    assert failed == []


@pytest.mark.parametrize("element_id", ["confirm_notice", "draft_report", "review_report"])
def test_no_field_of_a_form_ends_in_a_server_error(house: House, call_as: CallAs, element_id: str) -> None:
    """Three large forms with what no browser would send: everywhere at once, and in each field by itself."""
    task_id = task_of(house, element_id)
    with clock.held(morning("2024-12-20")):
        program = call_as("contact.sci" if element_id == "draft_report" else "office")
        task = program.get(f"/user-tasks/{task_id}").json
        fields, good = list(task["form"]["properties"]), {**task["data"], **GOOD[element_id]}
        forms = [dict.fromkeys(fields, value) for value in WRONG]
        forms += [{**good, name: WRONG[-1]} for name in fields]
        for form in forms:
            answers = [
                program.put(f"/user-tasks/{task_id}/draft", {"variables": form}),
                program.get(f"/user-tasks/{task_id}"),
                program.post(f"/user-tasks/{task_id}/completion", {"variables": {**form, "unknown": 1}}),
            ]
            assert [answer.status_code for answer in answers] == [200, 200, 422], (form, answers[-1].text)


GOOD: dict[str, dict[str, Any]] = {
    "confirm_notice": {"phone": "0514-87936000"},
    "draft_report": {"problems": "存在的问题，" * 10, "statement": True},
    "review_report": {"outcome": "accepted", "quality_level": "good"},
}


def task_of(house: House, element_id: str) -> str:
    walk = Walk(house)
    if element_id == "confirm_notice":
        walk.open_campaign()
        return walk.task(element_id, CAMPAIGN).id
    walk.collect("sci").on("2024-12-20")
    if element_id == "review_report":
        walk.submit("sci")
    return walk.task(element_id, unit_key("sci")).id
