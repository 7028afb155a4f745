"""Statements of the command path: written in SQLAlchemy Core, compiled once, run on the driver's own connection.

SQLAlchemy's execution of a compiled statement costs several times what SQLite needs to carry it out, and a command
has some fifteen of them. What is kept of it here: the text for the dialect, and how each type goes in and comes out.
What is left out: defaults on the Python side (give every value), expanding lists, and its events.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable

Converter = Callable[[Any], Any]
Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement for one dialect and one set of names."""

    text: str
    places: tuple[str, ...] | None  # the order of the values where the driver wants them in order
    into: tuple[tuple[str, Converter], ...]
    constants: Mapping[str, Any]
    row: Callable[[Iterable[Any]], Any] | None
    out_of: tuple[tuple[int, Converter], ...]

    def values(self, given: Parameters) -> Any:
        bound = {**self.constants, **given}
        for name, convert in self.into:
            bound[name] = convert(bound[name])
        return bound if self.places is None else [bound[name] for name in self.places]

    def read(self, found: Sequence[Any]) -> Any:
        assert self.row is not None
        values = list(found)
        for place, convert in self.out_of:
            values[place] = convert(values[place])
        return self.row(values)


class Prepared:
    """A statement that is run often. Give it the values of its bind parameters and, when it writes, of its columns."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def all(self, connection: Connection, **given: Any) -> list[Any]:
        """The rows, each a named tuple. Raises SQLAlchemy's DBAPIError, as everything here."""
        compiled = self._for(connection, given)
        return [compiled.read(row) for row in _run(connection, compiled, given).fetchall()]

    def one_or_none(self, connection: Connection, **given: Any) -> Any:
        """The first row, or None."""
        compiled = self._for(connection, given)
        found = _run(connection, compiled, given).fetchone()
        return None if found is None else compiled.read(found)

    def scalar(self, connection: Connection, **given: Any) -> Any:
        """The first value of the first row, or None."""
        found = self.one_or_none(connection, **given)
        return None if found is None else found[0]

    def write(self, connection: Connection, values: Parameters) -> int:
        """How many rows it touched."""
        return int(_run(connection, self._for(connection, values), values).rowcount)

    def _for(self, connection: Connection, given: Parameters) -> _Compiled:
        key = (connection.dialect.name, *given)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _compile(self._statement, connection, list(given))
        return compiled


@dataclass(frozen=True, slots=True)
class Write:
    """One row to be written later. must_touch: the row has to be there as it was read."""

    statement: Prepared
    values: Parameters
    must_touch: bool = False


def write_all(connection: Connection, writes: Sequence[Write]) -> bool:
    """Carry out the writes in their order; false when one that must touch a row found none.

    PostgreSQL gets them at one go and is waited for once.
    """
    if connection.dialect.name != "postgresql" or len(writes) < 2:
        counts = [write.statement.write(connection, write.values) for write in writes]
    else:
        counts = _pipelined(connection, writes)
    return all(count == 1 for write, count in zip(writes, counts, strict=True) if write.must_touch)


def _pipelined(connection: Connection, writes: Sequence[Write]) -> list[int]:
    driver: Any = connection.connection.dbapi_connection
    compiled = [(write.statement._for(connection, write.values), write.values) for write in writes]
    try:
        with driver.pipeline():
            cursors = [driver.execute(each.text, each.values(values)) for each, values in compiled]
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(connection, compiled[0][0], error) from error
    return [cursor.rowcount for cursor in cursors]


def _run(connection: Connection, compiled: _Compiled, given: Parameters) -> Any:
    driver: Any = connection.connection.dbapi_connection
    try:
        return driver.execute(compiled.text, compiled.values(given))
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(connection, compiled, error) from error


def _translated(connection: Connection, compiled: _Compiled, error: Exception) -> DBAPIError:
    """SQLAlchemy's own error for the driver's; a connection that is lost never goes back to the pool."""
    dbapi = connection.dialect.loaded_dbapi
    is_lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if is_lost:
        connection.invalidate(error)
    wrapped = DBAPIError.instance(
        compiled.text, None, error, dbapi.Error, hide_parameters=True, connection_invalidated=is_lost
    )
    assert isinstance(wrapped, DBAPIError)
    return wrapped


def _row_of(statement: Any) -> Callable[[Iterable[Any]], Any]:
    named: Any = namedtuple  # mypy knows it with names that stand in the source only
    make: Callable[[Iterable[Any]], Any] = named("Row", statement.selected_columns.keys(), rename=True)._make
    return make


def _compile(statement: Any, connection: Connection, names: list[str]) -> _Compiled:
    dialect = connection.dialect
    is_select = isinstance(statement, Select)
    compiled = statement.compile(dialect=dialect, column_keys=None if is_select else names)
    if getattr(compiled, "prefetch", ()):
        raise TypeError(f"{statement}: no value for {[column.name for column in compiled.prefetch]}")
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    into = ((name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in binds.items())
    columns = list(statement.selected_columns) if is_select else []
    out_of = (
        (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for place, column in enumerate(columns)
    )
    return _Compiled(
        text=str(compiled),
        places=tuple(compiled.positiontup) if compiled.positional else None,
        into=tuple((name, convert) for name, convert in into if convert is not None),
        constants={name: bind.value for name, bind in binds.items() if name not in names and not bind.required},
        row=_row_of(statement) if is_select else None,
        out_of=tuple((place, convert) for place, convert in out_of if convert is not None),
    )
