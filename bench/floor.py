"""The floor: the least that a durable engine step can cost, without any of our promises.

One UPDATE of a state and one INSERT of an event in one transaction, by the bare driver, and the step of the library's
own workflow class in memory. The bytes are as many as the model's own states and events have.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any

import psycopg
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import make_url

from app.engine import Definition, Step, load
from app.engine.bridge import Bridge
from app.engine.stamp import stamped
from bench.models import Model

AT = datetime(2024, 1, 1, tzinfo=UTC)
TABLES = (
    "CREATE TABLE IF NOT EXISTS floor_instance (id INTEGER PRIMARY KEY, version INTEGER, state {blob})",
    "CREATE TABLE IF NOT EXISTS floor_event (id INTEGER PRIMARY KEY, body TEXT)",
    "INSERT INTO floor_instance VALUES (1, 0, NULL) ON CONFLICT DO NOTHING",
)
Commit = Callable[[int, int], None]  # of so many bytes of state and of event


@contextmanager
def durable_commit(url: str) -> Iterator[Commit]:
    """A function that does the two-row commit once."""
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    with closing(_open_sqlite(str(address.database)) if is_sqlite else _open_postgresql(address)) as connection:
        yield (_sqlite if is_sqlite else _postgresql)(connection)


def _open_sqlite(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file}.floor", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = full")
    for statement in TABLES:
        connection.execute(statement.format(blob="BLOB"))
    return connection


def _sqlite(connection: Any) -> Commit:
    def commit(state: int, event: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE floor_instance SET version = version + 1, state = ? WHERE id = 1", (b"x" * state,))
        connection.execute("INSERT INTO floor_event (body) VALUES (?)", ("e" * event,))
        connection.execute("COMMIT")

    return commit


def _open_postgresql(address: Any) -> Any:
    dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(dsn, autocommit=True)
    for statement in TABLES:
        connection.execute(statement.format(blob="BYTEA").replace("INTEGER PRIMARY KEY, body", "SERIAL, body"))
    return connection


def _postgresql(connection: Any) -> Commit:
    def commit(state: int, event: int) -> None:
        with connection.transaction():
            connection.execute(
                "UPDATE floor_instance SET version = version + 1, state = %s WHERE id = 1", (b"x" * state,)
            )
            connection.execute("INSERT INTO floor_event (body) VALUES (%s)", ("e" * event,))

    return commit


class _Yes:
    """Answers service and rule tasks as our casework does, from nowhere."""

    def act(self, operation: str, element_id: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"rank": 1, "is_met": True}

    def due(self, rule: str, element_id: str, data: Mapping[str, Any]) -> datetime:
        raise NotImplementedError


class Stock:
    """Instances of a model in the library's own workflow class."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._versions = count()

    @cached_property
    def _definition(self) -> Definition:
        return load({f"{self._model.key}.bpmn": self._model.source}, self._model.key)

    def start(self) -> BpmnWorkflow:
        deployment = self._definition.deployment
        with stamped(self._step()):
            bridge = Bridge(self._model.key, _Yes())
            workflow = BpmnWorkflow(deployment.spec, deployment.subspecs, script_engine=bridge)
            workflow.task_tree.data.update(self._model.variables)
            workflow.do_engine_steps()
        return workflow

    def step(self, workflow: BpmnWorkflow, answers: Mapping[str, Any]) -> None:
        """Complete a person's task that is ready."""
        with stamped(self._step()):
            task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
            task.data.update(answers)
            task.run()
            workflow.do_engine_steps()

    def _step(self) -> Step:
        """Our ids and times, new ones each time: in this house the engine runs with no others."""
        return Step("floor", next(self._versions), AT)
