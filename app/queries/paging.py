"""One page of a list after another by the last row's key: costs the same on every page and skips nothing that moved.

    found = page(session, select(Person).where(…), [Person.pinyin, Person.id], request.args.get("cursor"), 50)
    found.items, found.next_cursor, found.left

The order's columns hold no NULL, and the last one makes the order unique. Descending(column) turns one round.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import BadRequest

T = TypeVar("T")

LARGEST_INT = 2**31 - 1
MOST_COUNTED = 1000  # nobody reads on after that


@dataclass(frozen=True)
class Descending:
    column: InstrumentedAttribute[Any]


Order = Sequence[InstrumentedAttribute[Any] | Descending]


@dataclass(frozen=True)
class Page(Generic[T]):
    """next_cursor: None on the last page. left: how many follow, at most MOST_COUNTED + 1; None if nobody asked."""

    items: Sequence[T]
    next_cursor: str | None
    left: int | None = None


def page(
    session: Session,
    statement: Select[T],
    order: Order,
    cursor: str | None = None,
    limit: int = 50,
    *,
    counts: bool = False,
) -> Page[T]:
    """The rows behind the cursor, at most limit of them; raises BadRequest for a cursor that is none of ours."""
    columns = [_column(part) for part in order]
    asked = statement.add_columns(*columns).order_by(*(_sorted(part) for part in order)).limit(limit + 1)
    if cursor:
        asked = asked.where(behind(order, cursor))
    rows = session.execute(asked).all()
    items = [row[0] for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items, None, 0 if counts else None)
    last = rows[limit - 1][-len(columns) :]
    rest = statement.with_only_columns(*columns).where(_behind(order, last))
    return Page(items, _cursor(last), count_some(session, rest) if counts else None)


def count_some(session: Session, statement: Select[Any]) -> int:
    """How many rows there are, but never more than MOST_COUNTED + 1: counting must not grow with the office."""
    some = statement.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def cursor_at(*values: Any) -> str:
    """The cursor of a row, by its values of the order's columns, for a list that finds its rows in a way of its own."""
    return _cursor(values)


def values_at(order: Order, cursor: str) -> list[Any]:
    """What the row of a cursor has in the order's columns. Raises BadRequest."""
    return _values(cursor, [_column(part) for part in order])


def behind(order: Order, cursor: str) -> ColumnElement[bool]:
    """The condition of what follows the cursor, for a part of the statement that limits itself. Raises BadRequest."""
    return _behind(order, _values(cursor, [_column(part) for part in order]))


def _column(part: InstrumentedAttribute[Any] | Descending) -> InstrumentedAttribute[Any]:
    return part.column if isinstance(part, Descending) else part


def _sorted(part: InstrumentedAttribute[Any] | Descending) -> ColumnElement[Any]:
    return part.column.desc() if isinstance(part, Descending) else part.asc()


def _behind(order: Order, values: Sequence[Any]) -> ColumnElement[bool]:
    """Equal in the first columns and further on in the next, for each: a row comparison whose parts may turn."""
    columns = [_column(part) for part in order]
    steps = []
    for place, part in enumerate(order):
        equal = [column == value for column, value in zip(columns[:place], values, strict=False)]
        further = columns[place] < values[place] if isinstance(part, Descending) else columns[place] > values[place]
        steps.append(and_(*equal, further))
    return or_(*steps)


def _cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def _values(cursor: str, columns: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_value(value, column) for value, column in zip(raw, columns, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRequest from error


def _value(value: Any, column: InstrumentedAttribute[Any]) -> Any:
    """Raises ValueError, TypeError or OverflowError for what no database could compare with the column."""
    kind = column.type.python_type
    if kind is date:
        return date.fromisoformat(value)
    if kind is datetime:
        return _aware(datetime.fromisoformat(value))
    if type(value) is not kind or (isinstance(value, str) and "\0" in value):
        raise TypeError(f"{column.key} is no {kind.__name__}")
    if isinstance(value, int) and abs(value) > LARGEST_INT:
        raise ValueError(f"{column.key} is too large")
    return value


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(UTC)
