"""Migrations by the operator: planned, carried out, undone; one that fails does not stop the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_commands import Operator
from tests.engine import redrawn as change


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    run = Operator(tmp_path_factory.mktemp("office"))
    assert run("init").returncode == 0
    return run


def publish(operator: Operator, folder: Path, *changes: change.Change) -> None:
    file = folder / "linear.bpmn"
    file.write_bytes(change.sources("linear", *changes)["linear.bpmn"])
    done = operator("definition", "deploy", str(file))
    assert done.returncode == 0, done.stderr


def started(operator: Operator, key: str) -> str:
    values = '{"outcome": "", "round": 0}'
    answer = operator.json("instance", "start", "linear", "--variables", values, "--business-key", key)
    assert isinstance(answer, dict)
    return str(answer["id"])


def test_a_plan_a_batch_and_the_way_back(operator: Operator, tmp_path: Path) -> None:
    publish(operator, tmp_path)
    ids = [started(operator, key) for key in ("one", "two")]
    publish(operator, tmp_path, change.without("a"))
    everybody = ("instance", "migrate", "--all-of", "linear", "--from", "1", "--to", "2")

    plan = operator.json(*everybody, "--dry-run")
    assert isinstance(plan, list)
    assert {line["id"]: (line["verdict"], line["candidates"]) for line in plan} == {
        id_: ("needs_mapping", {"a": ["b", "c"]}) for id_ in ids
    }

    refused = operator(*everybody, "--reason", "新规程")
    assert refused.returncode == 1
    assert "2 of 2 instances were not migrated" in refused.stderr

    done = operator.json(*everybody, "--reason", "新规程", "--map", "a=b")
    assert done == [{"id": id_, "migrated": True, "error": ""} for id_ in ids]

    back = operator.json("instance", "migrate-back", ids[0])
    assert back == {"id": ids[0], "from_version": 2, "to_version": 1, "verdict": "safe"}
    assert operator("instance", "migrate-back", ids[0]).returncode == 1
    for command in (("audit", "replay", "--all"), ("check",), ("audit", "verify")):
        assert operator(*command).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--to", "2", "--reason", "x"),
        ("an-id", "--all-of", "linear", "--from", "1", "--reason", "x"),
        ("an-id", "--to", "2"),
        ("an-id", "--to", "2", "--reason", "x", "--map", "a"),
        ("an-id", "--to", "2", "--reason", "x"),
    ],
)
def test_what_is_incomplete_is_refused_in_one_line(operator: Operator, arguments: tuple[str, ...]) -> None:
    done = operator("instance", "migrate", *arguments)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
