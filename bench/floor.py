"""The floor: the least that a durable engine step can cost, without any of our promises.

One UPDATE and one INSERT in one transaction, by the bare driver, and the stock engine's step in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import make_url

from app.engine import Step
from app.engine.stamp import stamped

MODEL = Path(__file__).parents[1] / "tests" / "engine" / "valid_linear.bpmn"
KEY = "linear"
AS_IN_SERVICE = Step("floor", 0, datetime(2024, 1, 1, tzinfo=UTC))  # our ids and times: the engine runs with no others
STATE = b"x" * 1500  # about what a linear instance stores
TABLES = (
    "CREATE TABLE IF NOT EXISTS floor_instance (id INTEGER PRIMARY KEY, version INTEGER, state {blob})",
    "CREATE TABLE IF NOT EXISTS floor_event (id INTEGER PRIMARY KEY, body TEXT)",
    "INSERT INTO floor_instance VALUES (1, 0, NULL) ON CONFLICT DO NOTHING",
)


def durable_commit(url: str) -> Callable[[], None]:
    """A function that does the two-row commit once."""
    address = make_url(url)
    return _sqlite(str(address.database)) if address.get_backend_name() == "sqlite" else _postgresql(address)


def _sqlite(file: str) -> Callable[[], None]:
    connection = sqlite3.connect(f"{file}.floor", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = full")
    for statement in TABLES:
        connection.execute(statement.format(blob="BLOB"))

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE floor_instance SET version = version + 1, state = ? WHERE id = 1", (STATE,))
        connection.execute("INSERT INTO floor_event (body) VALUES (?)", ("e" * 400,))
        connection.execute("COMMIT")

    return commit


def _postgresql(address: Any) -> Callable[[], None]:
    dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(dsn, autocommit=True)
    for statement in TABLES:
        connection.execute(statement.format(blob="BYTEA").replace("INTEGER PRIMARY KEY, body", "SERIAL, body"))

    def commit() -> None:
        with connection.transaction():
            connection.execute("UPDATE floor_instance SET version = version + 1, state = %s WHERE id = 1", (STATE,))
            connection.execute("INSERT INTO floor_event (body) VALUES (%s)", ("e" * 400,))

    return commit


def stock_spec() -> Any:
    parser = SpiffBpmnParser()
    parser.add_bpmn_file(str(MODEL))
    return parser.get_spec(KEY)


def stock_start(spec: Any) -> BpmnWorkflow:
    with stamped(AS_IN_SERVICE):
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
    return workflow


def stock_step(workflow: BpmnWorkflow) -> None:
    """Complete the person's task that is ready."""
    with stamped(AS_IN_SERVICE):
        task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.run()
        workflow.do_engine_steps()
