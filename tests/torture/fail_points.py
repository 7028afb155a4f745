"""Where a process may be told to die: at a statement, before a COMMIT, after it, or with the answer in its hand.

The connections of the database driver are replaced, never the product: they count what passes and, at the wanted
place, the process kills itself with SIGKILL, so that nothing is cleaned up.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from dataclasses import dataclass
from typing import Any, NoReturn

import psycopg
from sqlalchemy import Engine, event

STATEMENT, BEFORE_COMMIT, AFTER_COMMIT, ANSWER, NOWHERE = "statement", "before_commit", "after_commit", "answer", ""


@dataclass
class Plan:
    """Die at the nth place of this kind; counts go on from where the plan was made."""

    place: str = NOWHERE
    nth: int = 0
    statements: int = 0
    commits: int = 0

    @classmethod
    def read(cls, text: str) -> Plan:
        """From "statement 7"; the empty text is a plan to live."""
        place, _, nth = text.partition(" ")
        return cls(place, int(nth or 0))

    def pass_statement(self) -> None:
        self.statements += 1
        self._die_at(STATEMENT, self.statements)

    def pass_commit(self) -> None:
        self._die_at(BEFORE_COMMIT, self.commits + 1)

    def pass_committed(self) -> None:
        self.commits += 1
        self._die_at(AFTER_COMMIT, self.commits)

    def pass_answer(self) -> None:
        self._die_at(ANSWER, 1)

    def _die_at(self, place: str, count: int) -> None:
        if (self.place, self.nth) == (place, count):
            die()


class _Here(threading.local):
    """The plan of what this thread works at; a thread without one follows the plan of its process."""

    plan: Plan | None = None


here = _Here()
of_process = Plan()


def plan() -> Plan:
    return here.plan or of_process


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit  # not reached


class MortalSQLite(sqlite3.Connection):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.set_trace_callback(_count)

    def commit(self) -> None:
        is_writing = self.in_transaction
        if is_writing:
            plan().pass_commit()
        super().commit()
        if is_writing:
            plan().pass_committed()


def _count(statement: str) -> None:
    """Not what SQLite says of itself, nor how a new connection is set up."""
    if not statement.startswith(("--", "PRAGMA")):
        plan().pass_statement()


class MortalCursor(psycopg.Cursor[Any]):
    def execute(self, *arguments: Any, **options: Any) -> MortalCursor:
        plan().pass_statement()
        return super().execute(*arguments, **options)

    def executemany(self, *arguments: Any, **options: Any) -> None:
        plan().pass_statement()
        super().executemany(*arguments, **options)


class MortalPostgres(psycopg.Connection[Any]):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.cursor_factory = MortalCursor

    def commit(self) -> None:
        plan().pass_commit()
        super().commit()
        plan().pass_committed()


def make_mortal(engine: Engine) -> None:
    """From now on the engine's new connections count what passes."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        if engine.dialect.name == "sqlite":
            return sqlite3.connect(*arguments, **options, factory=MortalSQLite)
        return MortalPostgres.connect(*arguments, **options)


class MortalDoor:
    """The web application, each request with a plan of its own from X-Die; X-Passed tells how much it passed."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        here.plan = mine = Plan.read(environ.get("HTTP_X_DIE", ""))

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            mine.pass_answer()
            return start_response(status, [*headers, ("X-Passed", f"{mine.statements} {mine.commits}")], *rest)

        try:
            return self._application(environ, start)
        finally:
            here.plan = None
