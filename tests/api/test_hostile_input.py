"""Whatever is sent, nothing ends in a 5xx: every address, with ids and bodies that nobody means well with."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.api.problems import PREFIX
from app.services.house import House
from tests.api.addresses import addresses, filled
from tests.api.conftest import CallAs
from tests.api.linear import first_task, started


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


def test_no_input_ends_in_a_server_error(app: Flask, call_as: CallAs) -> None:
    office = call_as("office")
    task = first_task(office, started(office))
    answers = []
    for method, address in addresses(app):
        path = address.removeprefix(PREFIX)
        for id_ in [task["id"], task["instance_id"], *IDS]:
            if method == "GET":
                answers.append((method, path, id_, office.get(filled(path, id_))))
        for id_ in [task["id"], task["instance_id"], *IDS[:3]]:
            if method != "GET":
                send = office.post if method == "POST" else office.put
                answers += [(method, path, id_, send(filled(path, id_), body)) for body in HOSTILE]

    failed = [(*where, answer.text) for *where, answer in answers if answer.status_code >= 500]
    assert len(answers) > 700
    assert failed == []
