"""The walks of enterprises, from the application to the package that is read, by programs alone.

They are those of `tests/services`: here what opens a process and what completes a user task goes over HTTP, with the
token of the person who does it.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app.queries.actor import Actor
from app.services import processes, tokens
from app.services.house import House
from tests.api.conftest import Program
from tests.services import (
    policy_pushes,
    recognition_walk,
    servings,
    test_demand_response,
    test_enterprise_recognition,
    test_policy_push,
    test_public_notice,
    test_specialist_pairing,
    test_title_cases,
    titles,
)
from tests.services.recognition_walk import Recognition
from tests.services.servings import City

WALKERS = (policy_pushes, recognition_walk, servings, titles)


@pytest.fixture(autouse=True)
def by_api(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that a walker sends from now on is a request; the paths of what was sent."""
    sent: list[str] = []

    def post(house: House, who: Actor, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        with house.database.transaction() as session:
            program = Program(app, tokens.create_token(session, who, "测试"))
        answer = program.post(path, body, {"Idempotency-Key": key})
        assert answer.status_code in (200, 201), answer.text
        sent.append(path)
        return dict(answer.json or {})

    def complete(house: House, who: Actor, task_id: str, form: dict[str, Any], *, key: str) -> dict[str, Any]:
        return post(house, who, f"/user-tasks/{task_id}/completion", {"variables": form}, key)

    def start(house: House, who: Actor, duty: str, variables: dict[str, Any], *, key: str) -> dict[str, Any]:
        return post(house, who, "/process-instances", {"definition_key": duty, "variables": variables}, key)

    for walker in WALKERS:
        monkeypatch.setattr(walker, "tasks", SimpleNamespace(complete=complete))
        monkeypatch.setattr(walker, "processes", SimpleNamespace(start=start, deliver=processes.deliver))
    return sent


def test_an_application_becomes_a_title(house: House, by_api: list[str]) -> None:
    test_enterprise_recognition.test_straight_city_from_the_application_to_the_title(Recognition(house))
    assert len(by_api) > 10


def test_an_objection_is_investigated_and_upheld(house: House, by_api: list[str]) -> None:
    test_public_notice.test_the_notice_waits_for_an_open_objection_and_an_upheld_row_goes_out(
        Recognition(house, firms=2)
    )
    assert by_api


def test_a_title_is_revoked_after_the_enterprise_was_heard(house: House, by_api: list[str]) -> None:
    test_title_cases.test_fraud_is_revoked_after_a_notice_with_a_ban(house)
    assert by_api


def test_a_little_giant_is_paired_by_itself(house: House, by_api: list[str]) -> None:
    test_specialist_pairing.test_a_little_giant_is_paired_visited_given_a_package_and_rates(City(house))
    assert by_api


def test_a_demand_goes_to_a_consultation(house: House, by_api: list[str]) -> None:
    test_demand_response.test_nobody_takes_it_and_a_consultation_names_the_unit(City(house))
    assert by_api


def test_a_package_is_pushed_read_and_used(house: House, by_api: list[str]) -> None:
    test_policy_push.test_with_specialist_one_policy_ticked_off_the_package_pushed_read_and_used(house)
    assert by_api
