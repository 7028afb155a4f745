"""`duban incident`, as a process: what is stopped is listed, shown, tried again and skipped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config import ROOT
from tests.cli.test_commands import Operator

MODEL = ROOT / "tests" / "engine" / "valid_mi_bnd.bpmn"


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An office with a process whose start without units is stopped, twice."""
    run = Operator(tmp_path_factory.mktemp("office"))
    assert run("init").returncode == 0
    assert run("definition", "deploy", str(MODEL)).returncode == 0
    for name in ("one", "two"):
        stopped = run("instance", "start", "mi_bnd", "--business-key", name)
        assert stopped.returncode == 1
    return run


def listed(operator: Operator, *options: str) -> list[dict[str, Any]]:
    found = operator.json("incident", "list", *options)
    assert isinstance(found, list)
    return found


def test_what_is_stopped_is_listed_and_shown(operator: Operator) -> None:
    assert {incident["id"] for incident in listed(operator)} == {1, 2}
    assert listed(operator, "--kind", "stuck") == []

    shown = operator.json("incident", "show", "1")

    assert isinstance(shown, dict)
    assert shown.items() >= {"reference": "E-0001", "kind": "fault", "status": "open", "attempts": 0}.items()
    assert shown["payload"]["payload"]["definition_key"] == "mi_bnd"
    missing = operator("incident", "show", "99")
    assert (missing.returncode, "Traceback" in missing.stderr) == (1, False)


def test_a_retry_in_vain_is_one_line_and_an_exit_code(operator: Operator) -> None:
    again = operator("incident", "retry", "1")

    assert again.returncode == 1
    assert again.stderr == "Error: E-0001 met a fault again\n"
    assert listed(operator)[-1]["id"] == 1


def test_a_skip_needs_a_reason_and_settles(operator: Operator) -> None:
    assert operator("incident", "skip", "2").returncode == 2

    done = operator("incident", "skip", "2", "--reason", "缺少单位", "--json")

    assert json.loads(done.stdout)["id"] == 2
    assert [incident["id"] for incident in listed(operator)] == [1]
    assert {incident["id"] for incident in listed(operator, "--status", "all")} == {1, 2}
    assert operator("check").returncode == 0


def test_a_retry_of_all_names_its_element(operator: Operator) -> None:
    assert operator("incident", "retry").returncode == 2
    unknown = operator("incident", "retry", "--definition-key", "mi_bnd", "--version", "9", "--element", "x")
    assert unknown.returncode == 1
    found = operator.json("incident", "retry", "--definition-key", "mi_bnd", "--version", "1", "--element", "x")
    assert found == {"retried": [], "failed": []}
