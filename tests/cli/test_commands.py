"""The operator's commands on a folder of their own, each as a process, with its exit code and its one line of error."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

PLAN = ROOT / "plans" / "yangzhou_2022_2024.yaml"


class Operator:
    """Runs `duban` in one instance folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "duban.sqlite3"

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {"DUBAN_INSTANCE": str(self.folder), "PYTHONWARNINGS": "ignore", **environment}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        command = [sys.executable, "-c", "from app.cli import main; main()", *arguments]
        return subprocess.run(command, env={**kept, **own}, cwd=ROOT, capture_output=True, text=True, timeout=300)

    def json(self, *arguments: str) -> object:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An office that was made ready, without a demonstration."""
    run = Operator(tmp_path_factory.mktemp("office"))
    done = run("init")
    assert done.returncode == 0, done.stderr
    assert "one-time password" in done.stdout
    return run


def test_init_may_be_run_again(operator: Operator) -> None:
    again = operator("init")

    assert again.returncode == 0
    assert "one-time password" not in again.stdout
    plans = operator.json("plan", "show")
    assert isinstance(plans, list)
    assert plans[0].items() >= {"key": "yangzhou_2022_2024", "measure": 26, "indicator": 28, "discrepancy": 31}.items()


def test_a_command_before_init_says_what_to_do(tmp_path: Path) -> None:
    done = Operator(tmp_path / "empty")("instance", "list")

    assert done.returncode == 1
    assert "duban init" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_is_named(operator: Operator) -> None:
    done = operator("plan", "show", DUBAN_CLOCK="yesterday")

    assert done.returncode == 1
    assert done.stderr.startswith("duban: DUBAN_CLOCK=yesterday")


def test_a_contradictory_plan_is_refused_by_line(operator: Operator, tmp_path: Path) -> None:
    lines = PLAN.read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("indicators:"))
    second = next(number for number in range(at, len(lines)) if lines[number].strip() == "- number: 2")
    lead = next(number for number in range(at, len(lines)) if lines[number].strip().startswith("lead:"))
    lines[second] = lines[second].replace("2", "1")
    lines[lead] = "    lead: nowhere\n"
    file = tmp_path / "broken.yaml"
    file.write_text("".join(lines), "utf-8")

    done = operator("plan", "import", str(file), "--dry-run")

    assert done.returncode == 1
    assert f"第{second + 1}行" in done.stderr
    assert f"第{lead + 1}行" in done.stderr


def test_a_hostile_definition_is_refused_with_file_element_and_line(operator: Operator, tmp_path: Path) -> None:
    good = ROOT / "workflows" / "annual_target_locality.bpmn"
    text = good.read_text("utf-8").replace("bpmn:userTask", "bpmn:scriptTask")
    file = tmp_path / "hostile.bpmn"
    file.write_text(text, "utf-8")

    assert operator("definition", "lint", str(good)).returncode == 0
    done = operator("definition", "deploy", str(file))

    assert done.returncode == 1
    assert "hostile.bpmn:" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_instance_is_started_shown_and_cancelled(operator: Operator) -> None:
    model = ROOT / "tests" / "engine" / "valid_linear.bpmn"
    assert operator.json("definition", "deploy", str(model)) == [{"key": "linear", "version": 1}]

    started = operator.json("instance", "start", "linear", "--variables", '{"outcome": "", "round": 0}')
    assert isinstance(started, dict)
    shown = operator.json("instance", "show", started["id"])
    assert isinstance(shown, dict)
    assert shown["status"] == "active"
    operator.json("instance", "cancel", started["id"], "--reason", "试运行")

    assert operator("check").returncode == 0
    assert operator("audit", "replay", "--all").returncode == 0


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """A process of the house with one thing said differently."""
    text = (ROOT / "workflows" / "annual_target_locality.bpmn").read_text("utf-8")
    assert old in text
    file = tmp_path / "annual_target_locality.bpmn"
    file.write_text(text.replace(old, new), "utf-8")
    return file


def test_two_versions_are_compared_and_the_same_file_again_is_no_new_one(operator: Operator, tmp_path: Path) -> None:
    file = changed(tmp_path, 'name="属地分解反馈"', 'name="属地分解答复"')

    first = operator.json("definition", "deploy", str(file), "--remark", "改名")
    again = operator.json("definition", "deploy", str(file))

    assert first == again == [{"key": "annual_target_locality", "version": 2}]
    (change,) = operator.json("definition", "diff", "annual_target_locality", "1", "2")  # type: ignore[misc]
    assert (change["how"], change["type"]) == ("changed", "process")
    assert change["details"] == [{"what": "name", "before": "属地分解反馈", "after": "属地分解答复"}]
    assert "属地分解答复" in operator("definition", "diff", "annual_target_locality", "1", "2").stdout
    assert operator("definition", "diff", "annual_target_locality", "1", "9").returncode == 1


def test_with_four_eyes_everywhere_a_person_proposes_and_another_approves(operator: Operator, tmp_path: Path) -> None:
    for login in ("first.eye", "second.eye"):
        operator.json("user", "add", "--login", login, "--name", login, "--unit", "office", "--role", "system_admin")
    file = changed(tmp_path, 'name="属地分解反馈"', 'name="属地分解意见"')
    deploy = ("definition", "deploy", str(file), "--as", "first.eye", "--json")

    (proposal,) = json.loads(operator(*deploy, DUBAN_FOUR_EYES="everywhere").stdout)

    assert proposal["version"] is None
    id_ = str(proposal["proposal"])
    assert [row["id"] for row in operator.json("definition", "proposals")] == [int(id_)]  # type: ignore[attr-defined]
    assert operator("definition", "approve", id_, "--as", "first.eye").returncode == 1
    approved = operator.json("definition", "approve", id_, "--as", "second.eye")
    assert approved == [{"key": "annual_target_locality", "version": proposal_version(operator)}]
    assert operator("definition", "reject", id_, "--as", "second.eye", "--reason", "迟了").returncode == 1


def proposal_version(operator: Operator) -> int:
    """The newest version there is."""
    rows = operator.json("definition", "list")
    assert isinstance(rows, list)
    return max(int(row["version"]) for row in rows if row["key"] == "annual_target_locality")


def test_lint_tells_warnings_too_and_refuses_for_errors_only(operator: Operator) -> None:
    linear = operator.json("definition", "lint", str(ROOT / "tests" / "engine" / "valid_linear.bpmn"))
    broken = operator("definition", "lint", str(ROOT / "tests" / "engine" / "invalid_order_y.bpmn"), "--json")

    assert isinstance(linear, list)
    assert {finding["level"] for finding in linear} == {"warning"}
    assert broken.returncode == 1
    assert json.loads(broken.stdout)[0]["element_id"] == "g"


def test_a_person_gets_a_one_time_password_and_a_token(operator: Operator) -> None:
    added = operator.json("user", "add", "--login", "li.jing", "--name", "李静", "--unit", "sci", "--role", "contact")
    token = operator.json("token", "create", "--user", "li.jing")

    assert isinstance(added, dict)
    assert len(added["password"]) >= 12
    assert isinstance(token, dict)
    assert len(token["token"]) >= 32


def test_an_altered_event_is_named_with_its_history(operator: Operator, tmp_path: Path) -> None:
    assert operator("audit", "verify").returncode == 0
    altered = Operator(shutil.copytree(operator.folder, tmp_path / "altered"))
    with sqlite3.connect(altered.database) as connection:
        stream, seq = connection.execute("SELECT stream, seq FROM event ORDER BY stream, seq").fetchone()
        connection.execute("UPDATE event SET actor = 'somebody' WHERE stream = ? AND seq = ?", (stream, seq))

    done = altered("audit", "verify")

    assert done.returncode == 1
    assert f"{stream} event {seq}" in done.stderr


def test_a_demonstration_listens_on_this_machine_only(operator: Operator) -> None:
    done = operator("web", "--host", "0.0.0.0", DUBAN_DEMO="1", DUBAN_DATABASE_URL=f"sqlite:///{operator.database}")

    assert done.returncode == 1
    assert "--public-demo" in done.stderr


def test_a_backup_is_restored_elsewhere_and_checked(operator: Operator, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    made = operator.json("backup", str(archive))
    assert isinstance(made, dict)
    key = (operator.folder / "secret_key").read_text()
    there = Operator(tmp_path / "elsewhere")

    checked = there("restore", str(archive), "--dry-run", DUBAN_SECRET_KEY=key)
    restored = there("restore", str(archive), DUBAN_SECRET_KEY=key)
    again = there("restore", str(archive), DUBAN_SECRET_KEY=key)
    replaced = there("restore", str(archive), "--replace", "--yes", DUBAN_SECRET_KEY=key)

    assert (checked.returncode, restored.returncode, replaced.returncode) == (0, 0, 0), restored.stderr
    assert "check: all agree" in restored.stdout
    assert f"heads: {made['heads']}" in restored.stdout
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "not empty" in again.stderr
    assert len(list(there.folder.glob("duban.sqlite3.before_*"))) == 1


def test_an_archive_under_another_key_is_refused_in_one_line(operator: Operator, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    operator.json("backup", str(archive))

    done = Operator(tmp_path / "elsewhere")("restore", str(archive))

    assert done.returncode == 1
    assert "another DUBAN_SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "elsewhere" / "duban.sqlite3").exists()
