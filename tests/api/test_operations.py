"""What monitoring asks: alive, ready, the figures; and the request id that leads from an answer to its log lines."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import Database
from app.models.outbox import OutboxRow
from app.models.timer import BACKUP, Heartbeat, Timer
from app.queries.gauges import Remembered
from app.services import clock_stops, schema
from app.services.clock_stops import Suspicion
from app.services.house import House
from app.terms import ClockFault
from tests.api.conftest import CallAs
from tests.api.linear import first_task, started


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


def figures(app: Flask) -> dict[str, float]:
    """Name with labels -> value."""
    page = app.test_client().get("/metrics")
    assert page.status_code == 200
    lines = [line for line in page.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def stop_clock(house: House) -> None:
    assert clock_stops.note(house, "office-1:1:scheduler", Suspicion(ClockFault.FORWARD, timedelta(hours=25)))


def test_a_ready_house_says_its_revision_and_that_its_clock_is_right(app: Flask) -> None:
    answer = app.test_client().get("/readyz")

    assert answer.json == {"status": "ok", "revision": schema.head(), "clock": "ok"}


def test_tables_of_another_version_are_not_ready(app: Flask, house: House) -> None:
    with house.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json.items() >= {"code": "not_ready", "missing": ["schema"], "revision": "0001"}.items()


def test_a_database_that_is_away_is_named_and_the_process_stays_healthy(app: Flask) -> None:
    away = OperationalError("SELECT", {}, Exception("server closed the connection"))

    with patch.object(Database, "reading", side_effect=away):
        answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["missing"]) == (503, ["database"])
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_a_stopped_clock_is_told_and_people_work_on(app: Flask, house: House) -> None:
    assert figures(app)["duban_clock_stopped"] == 0
    stop_clock(house)

    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["clock"]) == (200, "stopped")
    assert figures(app)["duban_clock_stopped"] == 1


def test_commands_are_counted_by_kind_and_conflicts_by_code(app: Flask, call_as: CallAs) -> None:
    office = call_as("office")
    task = first_task(office, started(office))
    before = figures(app)
    path = f"/user-tasks/{task['id']}/completion"

    assert office.post(path, {"variables": {"outcome": "yes"}}).status_code == 200
    assert office.post(path, {"variables": {"outcome": "yes"}}).status_code == 409

    grown = {name: value - before.get(name, 0) for name, value in figures(app).items() if name.startswith("duban_co")}
    assert grown['duban_commands_total{code="ok",kind="complete"}'] == 1
    assert grown['duban_commands_total{code="already_completed",kind="complete"}'] == 1
    assert grown['duban_conflicts_total{code="already_completed"}'] == 1
    assert grown['duban_command_seconds_count{kind="complete"}'] == 2


def test_the_backlog_says_how_much_and_since_when(app: Flask, house: House, call_as: CallAs) -> None:
    instance = started(call_as("office"))
    now = clock.now()
    with house.database.transaction() as session:
        for minutes in (-10, -5, 60):
            at = now + timedelta(minutes=minutes)
            session.add(Timer(task_id=str(uuid4()), instance_id=instance, element_id="wait", due_at=at))
            for kind in ("mail", "message"):
                session.add(OutboxRow(effect_key=f"{kind}{minutes}", kind=kind, payload={}, next_at=at, created_at=now))
        session.add(
            OutboxRow(effect_key="given up", kind="mail", payload={}, status="failed", next_at=now, created_at=now)
        )

    found = figures(app)

    assert (found["duban_timers_late"], found["duban_outbox_due"], found["duban_outbox_failed"]) == (2, 4, 1)
    assert 600 <= found["duban_timers_late_oldest_seconds"] < 700
    assert 600 <= found["duban_outbox_due_oldest_seconds"] < 700
    assert found['duban_outbox_pending{kind="mail"}'] == 3
    assert found["duban_user_tasks_open"] == 1


def test_heartbeats_stand_by_process_and_the_last_backup_apart(app: Flask, house: House) -> None:
    assert not any(name.startswith("duban_backup") for name in figures(app))
    with house.database.transaction() as session:
        session.add(Heartbeat(name="office-1:7:scheduler", at=clock.system_now() - timedelta(seconds=40)))
        session.add(Heartbeat(name=BACKUP, at=clock.system_now() - timedelta(days=2)))

    found = figures(app)

    assert 40 <= found['duban_heartbeat_age_seconds{process="office-1:7:scheduler"}'] < 100
    assert sum(name.startswith("duban_heartbeat") for name in found) == 1
    assert found["duban_backup_age_seconds"] >= 2 * 24 * 3600


def test_the_figures_name_nobody(app: Flask, call_as: CallAs) -> None:
    started(call_as("office"))

    page = app.test_client().get("/metrics").text

    assert re.search(r"[^\x00-\x7f]", page) is None
    assert "contact" not in page


def test_a_dear_figure_is_asked_for_once_in_a_while() -> None:
    asked = []

    def ask(_session: object) -> int:
        asked.append(1)
        return len(asked)

    often, rarely = Remembered(ask, every=0), Remembered(ask, every=3600)

    assert [often(None) for _ in range(3)] == [1, 2, 3]  # type: ignore[arg-type]
    assert [rarely(None) for _ in range(3)] == [4, 4, 4]  # type: ignore[arg-type]


def test_a_request_keeps_the_id_of_the_proxy_and_gets_one_without(app: Flask) -> None:
    client = app.test_client()

    kept = client.get("/healthz", headers={"X-Request-ID": "nginx-4711.a_b"})
    made = client.get("/healthz")

    assert kept.headers["X-Request-ID"] == "nginx-4711.a_b"
    assert re.fullmatch("[0-9a-f]{32}", made.headers["X-Request-ID"])


@pytest.mark.parametrize("unfit", ["short", "a" * 65, 'say "hello" <b>', "编号编号编号编号".encode().decode("latin-1")])
def test_an_unfit_id_is_not_let_into_the_log(app: Flask, unfit: str) -> None:
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": unfit})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
