"""Compares the staged rows of a file with one another and with the library: what each would do, and what is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from app.duties.enterprise_difference import Known, changes
from app.services.enterprise_columns import CODE
from app.services.enterprise_import_work import ENTERPRISE, IMPORT, PAGE, ROW, known_of, progress, staged
from app.services.house import House
from app.terms import ImportKind

SET_FOUND = (
    update(ROW)
    .where(ROW.c.import_id == bindparam("of_import"), ROW.c.number == bindparam("of_number"))
    .values(kind=bindparam("to_kind"), changes=bindparam("to_changes"), found=bindparam("to_found"))
)


@dataclass(frozen=True)
class Compared:
    """values: what is written to the row; errors: how many of its cells are wrong."""

    values: Mapping[str, Any]
    errors: int


def compare(house: House, import_id: int, *, adds_only: bool) -> Counter[str]:
    """Note what each row would do; how many rows there are of each kind, and how many cells are wrong."""
    with house.database.reading() as session:
        connection = session.connection()
        comparison = _Comparison(connection, import_id, adds_only)
        found = [each for page in staged(connection, import_id, ("errors",)) for each in comparison.of(page)]
    for at in range(0, len(found), PAGE):
        part = found[at : at + PAGE]
        with house.database.writing() as connection:
            connection.execute(SET_FOUND, [each.values for each in part])
        progress(house, import_id, at + len(part), about=len(found))
    counts = Counter({**{kind.value: 0 for kind in ImportKind}, "errors": 0})
    for each in found:
        counts[each.values["to_kind"]] += 1
        counts["errors"] += each.errors
    return counts


def kind_of(known: Known | None, changed: Mapping[str, Any]) -> str:
    """What a row without errors does."""
    if known is None:
        return ImportKind.NEW.value
    return ImportKind.CHANGED.value if changed else ImportKind.UNCHANGED.value


class _Comparison:
    """Of one file: knows which codes and names stand in several of its rows."""

    def __init__(self, connection: Connection, import_id: int, adds_only: bool) -> None:
        self._connection, self._adds_only = connection, adds_only
        self._letters = connection.execute(select(IMPORT.c.letters).where(IMPORT.c.id == import_id)).scalar_one()
        self._codes: defaultdict[str, list[int]] = defaultdict(list)
        self._names: defaultdict[str, list[int]] = defaultdict(list)
        columns = (ROW.c.number, ROW.c.enterprise_id, ROW.c.name)
        for number, code, name in connection.execute(select(*columns).where(ROW.c.import_id == import_id)):
            self._codes[code].append(number)
            self._names[name].append(number)

    def of(self, page: Sequence[Row[Any]]) -> Iterator[Compared]:
        """Of the rows of one page, in a fixed number of statements."""
        known, called = known_of(self._connection, page), self._called(page)
        for row in page:
            here = known.get(row.enterprise_id)
            told = [*self._twice(row), *self._alike(row, called), *self._not_new(here)]
            changed = {} if here is None else changes(row.given, here)
            values = {
                "of_import": row.import_id,
                "of_number": row.number,
                "to_kind": ImportKind.WRONG.value if row.errors or told else kind_of(here, changed),
                "to_changes": changed,
                "to_found": told,
            }
            yield Compared(values, len(row.errors) + len(told))

    def _called(self, page: Sequence[Row[Any]]) -> Mapping[str, str]:
        """Name -> code of enterprises of the library that are called as one of the page."""
        names = [row.name for row in page if row.name]
        wanted = select(ENTERPRISE.c.name, ENTERPRISE.c.id).where(ENTERPRISE.c.name.in_(names))
        return {row.name: row.id for row in self._connection.execute(wanted)}

    def _twice(self, row: Row[Any]) -> Iterator[list[str]]:
        named = (
            (CODE, row.enterprise_id, self._codes, "统一社会信用代码"),
            ("name", row.name, self._names, "企业名称"),
        )
        for key, value, by, word in named:
            others = [f"第{number}行" for number in by[value] if number != row.number][:5] if value else []
            if others:
                yield self._error(key, f"{word}与{'、'.join(others)}重复，请只保留一行。")

    def _alike(self, row: Row[Any], called: Mapping[str, str]) -> Iterator[list[str]]:
        code = called.get(row.name)
        if code is not None and code != row.enterprise_id:
            yield self._error("name", f"库中已有同名企业，统一社会信用代码 {code}，请核对代码。")

    def _not_new(self, known: Known | None) -> Iterator[list[str]]:
        if self._adds_only and known is not None:
            yield self._error(CODE, f"该代码已在库中（{known.fields['name']}）；本次选择了只新增企业。")

    def _error(self, key: str, text: str) -> list[str]:
        return [self._letters.get(key, ""), text]
