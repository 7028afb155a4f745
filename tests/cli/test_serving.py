"""The processes that stay, as they really run: several web workers on PostgreSQL, one process on SQLite."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from app.models.timer import Heartbeat
from app.services import tokens
from app.services.heartbeats import kind_of
from app.services.house import House
from tests.duban import log_of, running, until
from tests.factories import actor, house_on, load_office

IN_TIME = 40  # seconds, of which a loaded machine takes its share
SLOW = """
import time
from app.services import schema
revision = schema.revision
def slow(session):
    time.sleep(2)
    return revision(session)
schema.revision = slow
"""


@pytest.fixture
def postgres_house(postgres_database_url: str, tmp_path: Path) -> Iterator[House]:
    house = house_on(postgres_database_url, tmp_path)
    load_office(house)
    yield house
    house.close()


def test_two_web_workers_answer_and_count_together(postgres_house: House, tmp_path: Path) -> None:
    port, token = free_port(), token_of(postgres_house, "office")

    with running(postgres_house, "web", "--workers", "2", "--port", str(port), TMPDIR=str(tmp_path)) as master:
        until(lambda: status(port, "/readyz") == 200, "the web workers", IN_TIME)
        for number in range(12):
            assert message(port, token, request_id=f"request-{number}") == 404
        _, figures = get(port, "/metrics")
        master.send_signal(signal.SIGTERM)
        assert master.wait(IN_TIME) == 0

    assert 'duban_commands_total{code="not_found",kind="deliver"} 12.0' in figures.decode()
    lines = [json.loads(line) for line in log_of(postgres_house).read_text().splitlines() if line.startswith("{")]
    assert sum("Booting worker" in line["event"] for line in lines) == 2
    told = [line for line in lines if line["event"] == "command"]
    assert {line["request_id"] for line in told} == {f"request-{number}" for number in range(12)}
    assert {(line["kind"], line["code"], line["actor"]) for line in told} == {
        ("deliver", "not_found", told[0]["actor"])
    }
    assert isinstance(told[0]["actor"], int), "an id, not a name"
    assert list(tmp_path.glob("duban-metrics-*")) == []


def test_a_request_under_way_is_answered_before_the_server_ends(postgres_house: House) -> None:
    port, heard = free_port(), list[int]()
    asking = Thread(target=lambda: heard.append(status(port, "/readyz")))

    with running(postgres_house, "web", "--workers", "2", "--port", str(port), first=SLOW) as master:
        until(lambda: status(port, "/healthz") == 200, "the web workers", IN_TIME)
        asking.start()
        time.sleep(0.5)
        master.send_signal(signal.SIGTERM)
        assert master.wait(IN_TIME) == 0
        asking.join()

    assert heard == [200]


def test_a_web_worker_that_is_killed_is_replaced(postgres_house: House) -> None:
    port = free_port()

    with running(postgres_house, "web", "--workers", "2", "--port", str(port)) as master:
        until(lambda: status(port, "/readyz") == 200, "the web workers", IN_TIME)
        first = children(master.pid)
        os.kill(first.pop(), signal.SIGKILL)
        until(lambda: len(children(master.pid) - first) == 1, "a new worker", IN_TIME)
        until(lambda: status(port, "/readyz") == 200, "an answer", IN_TIME)


def test_sqlite_is_served_by_one_process_and_says_why(house: House) -> None:
    with running(house, "web", "--workers", "2") as refused:
        assert refused.wait(IN_TIME) == 1

    (line,) = log_of(house).read_text().splitlines()
    assert "SQLite has one writer at a time" in line


def test_web_scheduler_and_worker_in_one_process_end_in_order(house: House) -> None:
    port = free_port()

    with running(house, "serve", "--port", str(port)) as process:
        until(lambda: status(port, "/readyz") == 200, "the server", IN_TIME)
        until(lambda: kinds_alive(house) == {"scheduler", "worker"}, "both heartbeats", IN_TIME)
        process.send_signal(signal.SIGTERM)
        assert process.wait(IN_TIME) == 0


@pytest.mark.parametrize(("kind", "number"), [("scheduler", signal.SIGTERM), ("worker", signal.SIGINT)])
def test_a_process_without_a_door_shows_its_figures_and_ends_in_order(
    postgres_house: House, kind: str, number: signal.Signals
) -> None:
    port = free_port()

    with running(postgres_house, kind, "--metrics", f"127.0.0.1:{port}") as process:
        until(lambda: kinds_alive(postgres_house) == {kind}, "a heartbeat", IN_TIME)
        assert b"duban_command_retries_total" in get(port, "/")[1]
        process.send_signal(number)
        assert process.wait(IN_TIME) == 0


def kinds_alive(house: House) -> set[str]:
    with house.database.reading() as session:
        return {kind_of(name) for name in session.scalars(select(Heartbeat.name))}


def children(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return {int(child) for child in listed.split()}


def token_of(house: House, login: str) -> str:
    with house.database.transaction() as session:
        return tokens.create_token(session, actor(house, login), "test")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def get(port: int, path: str) -> tuple[int, bytes]:
    return _asked(port, "GET", path, None, {})


def status(port: int, path: str) -> int:
    """0 while nobody listens."""
    try:
        return get(port, path)[0]
    except OSError:
        return 0


def message(port: int, token: str, request_id: str) -> int:
    """A command that nobody waits for."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "X-Request-ID": request_id}
    body = json.dumps({"name": "nothing", "correlation": "nowhere", "variables": {}})
    return _asked(port, "POST", "/api/v1/messages", body, headers)[0]


def _asked(port: int, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
