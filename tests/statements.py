"""Counts what is asked of the database, so that a screen's number of statements can be held fixed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.services.house import House


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that are sent to the house's database within the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(house.database.engine, "before_cursor_execute", note)
