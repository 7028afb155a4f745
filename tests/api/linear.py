"""An uploaded process of three user tasks of the office, for tests that need any process at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.api.conftest import Program

ENGINE = Path(__file__).parents[1] / "engine"


def deploy(program: Program, *names: str) -> TestResponse:
    """Files of tests/engine by the names that stand there."""
    files = [(ENGINE / f"{name}.bpmn").open("rb") for name in names]
    try:
        return program.post("/deployments", data={"files": files}, content_type="multipart/form-data")
    finally:
        for file in files:
            file.close()


def started(office: Program, **more: Any) -> str:
    """The id of a new instance."""
    deploy(office, "valid_linear")
    body = {"definition_key": "linear", "variables": {"outcome": "", "round": 0}, **more}
    answer = office.post("/process-instances", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def first_task(office: Program, instance_id: str) -> dict[str, Any]:
    found = office.items("/user-tasks", status="open", definition_key="linear")
    task: dict[str, Any] = next(task for task in found if task["instance_id"] == instance_id)
    return task
