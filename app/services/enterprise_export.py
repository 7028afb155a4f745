"""The library as a spreadsheet: the list as a person has narrowed it, with the figures of each enterprise's last year.

Who took the list is an administration event, and a line in the record of every file on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.documents.enterprise_sheet_writing import export as written
from app.documents.sheet_column import Column
from app.duties.enterprise_figures import FIGURES, decimal_of
from app.duties.enterprise_row import YEAR
from app.models.enterprise import Enterprise, EnterpriseYear
from app.queries.actor import Actor
from app.queries.enterprise_sight import MASKED, Scope, Sight, scope_of
from app.queries.enterprises import Filters, all_ids
from app.services import file_accesses
from app.services.administration import record
from app.services.enterprise_columns import CODE, FIELDS, columns
from app.services.house import House
from app.terms import Act

MOST = 20_000  # what can be read back at one go
PAGE = 500


def export(house: House, actor: Actor, wanted: Filters, asked: Mapping[str, Any]) -> bytes:
    """The file. asked: the filters as the address has them, for the event."""
    with house.database.reading() as session:
        scope = scope_of(session, actor)
        ids = all_ids(session, scope, wanted, MOST)
        shown = columns(session, clock.today().year - 1, house.chains.choices)
        content = written(shown, _rows(session, scope, ids, shown), clock.today())
    file_accesses.note(house, actor, ids, file_accesses.EXPORT)
    with house.database.transaction() as session:
        record(session, actor.login, Act.ENTERPRISES_EXPORTED, enterprises=len(ids), filters=dict(asked))
    return content


def _rows(session: Session, scope: Scope, ids: Sequence[str], shown: Sequence[Column]) -> Iterator[dict[str, Any]]:
    words = {column.key: {value: word for word, value in column.choices.items()} for column in shown if column.choices}
    for begin in range(0, len(ids), PAGE):
        part = ids[begin : begin + PAGE]
        years = _years(session, part)
        rows = {
            row[0].id: row for row in session.execute(select(Enterprise, scope.whole).where(Enterprise.id.in_(part)))
        }
        for id_ in part:
            enterprise, is_whole = rows[id_]
            yield _row(enterprise, years.get(id_), Sight(is_whole=bool(is_whole)), words)


def _years(session: Session, ids: Sequence[str]) -> Mapping[str, EnterpriseYear]:
    rows = select(EnterpriseYear).where(EnterpriseYear.enterprise_id.in_(ids)).order_by(EnterpriseYear.year)
    return {row.enterprise_id: row for row in session.scalars(rows)}


def _row(
    enterprise: Enterprise, year: EnterpriseYear | None, sight: Sight, words: Mapping[str, Mapping[Any, str]]
) -> dict[str, Any]:
    name, phone = sight.contact(enterprise.contact_name, enterprise.contact_phone)
    fields = {key: getattr(enterprise, key) for key in (CODE, *FIELDS)} | {"contact_name": name, "contact_phone": phone}
    figures = sight.figures(year.figures) if year is not None else {}
    said = {**fields, YEAR: year.year if year is not None else None}
    said |= {key: _said(key, value) for key, value in figures.items() if key in FIGURES}
    return {key: words[key].get(value, value) if key in words else value for key, value in said.items()}


def _said(key: str, value: Any) -> Any:
    """A number as a number; a word, and what is masked, as it is."""
    if value == MASKED or FIGURES[key].words is not None:
        return value
    return decimal_of(value)
