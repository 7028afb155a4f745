"""The files of deploy/: every command in them exists, nginx and systemd take them, and they agree with the settings."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.cli import group
from config import ROOT, from_environment

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
THAT_STAY = [file for file in UNITS if file.name != "duban-backup.service"]
COMPOSE = DEPLOY / "compose" / "compose.yaml"
INSTALLED = "/opt/duban/.venv/bin/duban"


def require_command(words: list[str]) -> None:
    """Raises click's own error for a command or an option that does not exist."""
    command = group.commands[words[0]]
    command.make_context(words[0], words[1:]).close()


def unit_of(file: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parsed.optionxform = str  # type: ignore[method-assign, assignment]
    parsed.read_string(file.read_text())
    return parsed


@pytest.mark.parametrize("file", THAT_STAY, ids=lambda file: file.name)
def test_a_unit_starts_a_command_that_exists_and_always_again(file: Path) -> None:
    unit = unit_of(file)
    program, *words = shlex.split(unit["Service"]["ExecStart"].replace("%i", "1"))

    assert program == INSTALLED
    require_command(words)
    assert unit["Service"]["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Service"]["EnvironmentFile"] == "/etc/duban/environment"
    assert "time-sync.target" in unit["Unit"]["After"]


def test_the_backup_of_each_night_is_a_command_that_exists() -> None:
    shell = shlex.split(unit_of(DEPLOY / "systemd" / "duban-backup.service")["Service"]["ExecStart"])[-1]
    program, *words = shell.removeprefix("exec ").split(maxsplit=2)

    assert program == INSTALLED
    require_command(words)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_systemd_takes_a_unit(file: Path, tmp_path: Path) -> None:
    name = file.name.replace("@.", "@1.")
    (tmp_path / name).write_text(file.read_text().replace(INSTALLED, "/bin/true"))
    (tmp_path / "duban.target").write_text((DEPLOY / "systemd" / "duban.target").read_text())

    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, text=True, timeout=60
    )

    assert "duban" not in done.stderr, done.stderr


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def test_compose_starts_two_of_each_with_commands_that_exist() -> None:
    ours = {name: service for name, service in services().items() if service["image"] == "duban"}

    for service in ours.values():
        require_command([str(word) for word in service["command"]])
    assert {name: service.get("deploy", {}).get("replicas", 1) for name, service in ours.items()} == {
        "prepare": 1,
        "web": 2,
        "scheduler": 2,
        "worker": 2,
    }


def test_the_operators_command_is_a_shell_script() -> None:
    script = DEPLOY / "duban"

    assert script.stat().st_mode & 0o111
    assert INSTALLED in script.read_text()
    subprocess.run(["sh", "-n", str(script)], check=True, timeout=60)


def test_no_registry_is_written_down() -> None:
    dockerfile = (DEPLOY / "compose" / "Dockerfile").read_text()
    instructions = [line for line in dockerfile.splitlines() if not line.startswith("#")]

    assert "://" not in "\n".join(instructions)
    assert not re.search(r"\w\.\w+/", str([service["image"] for service in services().values()]))


def test_the_sample_of_the_environment_is_one() -> None:
    lines = (DEPLOY / "environment.sample").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    settings = from_environment(values)

    assert settings.is_behind_proxy
    assert settings.plan.is_file()
    assert settings.trusted_hosts == ("duban.example.cn", "127.0.0.1")
    assert settings.database_url.startswith("postgresql+psycopg://")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A folder with duban.pem and duban.key."""
    files = ("-keyout", str(tmp_path / "duban.key"), "-out", str(tmp_path / "duban.pem"))
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=duban.example.cn")
    subprocess.run([*made, *files], check=True, capture_output=True, timeout=60)
    return tmp_path


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed here")
@pytest.mark.parametrize("with_affinity", [False, True])
def test_nginx_takes_its_sample(certificate: Path, with_affinity: bool) -> None:
    site = (DEPLOY / "nginx" / "duban.conf").read_text()
    if with_affinity:
        site = re.sub(r"upstream duban \{.*?\n\}\n", "", site, flags=re.DOTALL)
        site = (DEPLOY / "nginx" / "affinity.conf").read_text() + site
    site = re.sub(r"listen \[::\].*", "", site)
    site = re.sub(r"listen (\d+)", rf"listen unix:{certificate}/\1", site)  # ports under 1024 are for root
    site = site.replace("/etc/nginx/tls", str(certificate)).replace("/var/log/nginx", str(certificate))
    file = certificate / "nginx.conf"
    file.write_text(f"pid {certificate}/pid; error_log stderr; events {{}} http {{ {site} }}")

    done = subprocess.run(["nginx", "-t", "-c", str(file)], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
