"""How a value of a table becomes JSON that both databases can take, and how SQLite keeps it.

PostgreSQL reads the same texts by itself: COPY parses each by its column's type.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, cast, types

Convert = Callable[[Any], Any]


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    REAL = "real"
    DECIMAL = "decimal"
    DAY = "day"
    INSTANT = "instant"
    BYTES = "bytes"
    JSON = "json"


KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (types.JSON, Kind.JSON),
    (types.Boolean, Kind.BOOLEAN),
    (types.Integer, Kind.INTEGER),
    (types.Float, Kind.REAL),
    (types.Numeric, Kind.DECIMAL),
    (types.DateTime, Kind.INSTANT),
    (types.Date, Kind.DAY),
    (types.LargeBinary, Kind.BYTES),
    (types.String, Kind.TEXT),
)


def kind_of(column: Column[Any]) -> Kind:
    for type_, kind in KINDS:
        if isinstance(column.type, type_):
            return kind
    raise TypeError(f"{column}: a backup does not know the type {column.type!r}")


def read(column: Column[Any]) -> ColumnElement[Any]:
    """What is selected of a column. JSON comes as the text it is stored as, so that it comes back the same."""
    return cast(column, Text) if kind_of(column) is Kind.JSON else column


def _instant_text(at: datetime) -> str:
    """SQLite gives instants without their zone, which is UTC."""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _decimal_text(value: Decimal) -> str:
    return format(value, "f")


def _bytes_text(value: bytes) -> str:
    return b64encode(value).decode()


WRITTEN: dict[Kind, Convert] = {
    Kind.INSTANT: _instant_text,
    Kind.DAY: date.isoformat,
    Kind.DECIMAL: _decimal_text,
    Kind.BYTES: _bytes_text,
}


def _sqlite_instant(text: str) -> str:
    return f"{text[:10]} {text[11:26]}"


FOR_SQLITE: dict[Kind, Convert] = {Kind.INSTANT: _sqlite_instant, Kind.DECIMAL: float, Kind.BYTES: b64decode}
FOR_POSTGRESQL: dict[Kind, Convert] = {Kind.BYTES: b64decode}


def converter(kinds: Sequence[Kind], by_kind: dict[Kind, Convert]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """A function that converts the rows of a table: only the columns that need it, and never a NULL."""
    needed = [(number, by_kind[kind]) for number, kind in enumerate(kinds) if kind in by_kind]
    if not needed:
        return lambda row: row

    def convert(row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for number, one in needed:
            if values[number] is not None:
                values[number] = one(values[number])
        return values

    return convert
