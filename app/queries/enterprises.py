"""企业库: the enterprises that a person may see, by name, pinyin or code, narrowed and page by page.

The list runs along one index that holds all it is narrowed by, so a page costs what its rows cost, however large the
library is; the rows themselves, their titles and figures are then read for the page alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from app.duties.enterprise_figures import shown
from app.models.enterprise import Enterprise, EnterpriseYear, Title
from app.models.organization import Unit
from app.queries.enterprise_sight import Scope, holds, is_shared
from app.queries.paging import Descending, Order, Page, count_some, page
from app.terms import TitleLevel, TitleStatus

PAGE = 50
CODE_LENGTH = 18
NONE = "none"  # the level of whoever holds no title
CODE = re.compile(r"[0-9][0-9A-HJ-NP-RT-UW-Y]{1,17}", re.IGNORECASE)  # how a credit code begins
LETTER = re.compile("[A-Za-z]")
CJK = re.compile("[\u3400-\u9fff]")
Library = Literal["", "in", "out"]

BY_NAME: Order = (Enterprise.pinyin, Enterprise.id)
BY_CODE: Order = (Enterprise.id,)
BY_CHANGE: Order = (Descending(Enterprise.changed_at), Enterprise.id)
HELD = (TitleStatus.VALID.value, TitleStatus.PENDING.value)


@dataclass(frozen=True)
class Filters:
    """q: part of a name, its pinyin or initials, or how a code begins. level: of terms.TitleLevel, or NONE.

    entered: year of entry into the upgrading library. shared: only what departments share. sort: name | changed.
    """

    q: str = ""
    locality: str = ""
    level: str = ""
    chain: str = ""
    industry: str = ""
    state: str = ""
    library: Library = ""
    entered: int | None = None
    shared: bool = False
    sort: str = "name"

    @property
    def is_empty(self) -> bool:
        return replace(self, sort="name") == Filters()

    @property
    def order(self) -> Order:
        if CODE.fullmatch(self.q):
            return BY_CODE
        return BY_CHANGE if self.sort == "changed" else BY_NAME


@dataclass(frozen=True)
class Line:
    """One enterprise in the list. levels: titles it holds, the highest first. revenue: of `year`, as it is shown."""

    id: str
    name: str
    locality_id: str
    chain: str
    product: str
    state: str
    levels: Sequence[TitleLevel]
    library_since: date | None
    year: int | None
    revenue: str
    is_demo: bool


def enterprises(
    session: Session, scope: Scope, filters: Filters, cursor: str | None = None, limit: int = PAGE
) -> Page[Line]:
    """One page of whom the scope holds and the filters leave. Raises BadRequest for a cursor that is none of ours."""
    found = page(session, _found(scope, filters), filters.order, cursor, limit, counts=True)
    return Page(_lines(session, found.items), found.next_cursor, found.left)


def count(session: Session, scope: Scope, filters: Filters) -> int:
    """At most paging.MOST_COUNTED + 1."""
    return count_some(session, _found(scope, filters))


def all_ids(session: Session, scope: Scope, filters: Filters, most: int) -> Sequence[str]:
    """For an export, in the order of the list; at most so many."""
    return session.scalars(_found(scope, filters).order_by(Enterprise.pinyin, Enterprise.id).limit(most)).all()


def _found(scope: Scope, filters: Filters) -> Select[str]:
    return select(Enterprise.id).where(scope.visible, *_conditions(filters))


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    equal = (
        (Enterprise.locality_id, filters.locality),
        (Enterprise.chain, filters.chain),
        (Enterprise.industry, filters.industry),
        (Enterprise.state, filters.state),
    )
    yield from (column == value for column, value in equal if value)
    if filters.q:
        yield _matches(filters.q)
    if filters.level:
        yield ~holds() if filters.level == NONE else holds(filters.level)
    if filters.shared:
        yield is_shared()
    if filters.library:
        is_in = Enterprise.library_since.is_not(None)
        yield is_in if filters.library == "in" else ~is_in
    if filters.entered is not None:
        yield Enterprise.library_since.between(date(filters.entered, 1, 1), date(filters.entered, 12, 31))


def _matches(q: str) -> ColumnElement[bool]:
    """A code by its beginning, a name by any part of it, in signs or in pinyin."""
    if CODE.fullmatch(q):
        code = q.upper()
        return Enterprise.id.between(code, code.ljust(CODE_LENGTH, "Z"))
    if not CJK.search(q):  # a name's own letters stand among its pinyin
        return Enterprise.pinyin.contains(q.casefold().replace(" ", ""), autoescape=True)
    if LETTER.search(q):
        return Enterprise.name.icontains(q, autoescape=True)
    return Enterprise.name.contains(q, autoescape=True)


def _lines(session: Session, ids: Sequence[str]) -> list[Line]:
    columns = (Enterprise.id, Enterprise.name, Enterprise.locality_id, Enterprise.chain, Enterprise.product)
    more = (Enterprise.state, Enterprise.library_since, Enterprise.is_demo)
    rows = {row.id: row for row in session.execute(select(*columns, *more).where(Enterprise.id.in_(ids)))}
    levels, figures = levels_of(session, ids), _newest_years(session, ids)
    return [_line(rows[id_], levels.get(id_, ()), figures.get(id_)) for id_ in ids]


def _line(row: Any, levels: Sequence[TitleLevel], newest: Any) -> Line:
    return Line(
        **row._mapping,
        levels=levels,
        year=newest.year if newest else None,
        revenue=shown("revenue_wan", newest.figures.get("revenue_wan")) if newest else "",
    )


def levels_of(session: Session, ids: Sequence[str]) -> Mapping[str, Sequence[TitleLevel]]:
    """Titles held, by enterprise, the highest first; those whose re-verification is not decided yet included."""
    wanted = select(Title.enterprise_id, Title.level).where(Title.enterprise_id.in_(ids), Title.status.in_(HELD))
    held: dict[str, set[str]] = {}
    for enterprise_id, level in session.execute(wanted):
        held.setdefault(enterprise_id, set()).add(level)
    return {id_: [level for level in reversed(TitleLevel) if level in levels] for id_, levels in held.items()}


def _newest_years(session: Session, ids: Sequence[str]) -> Mapping[str, Any]:
    """The last year with figures, by enterprise."""
    other = aliased(EnterpriseYear)
    newest = select(func.max(other.year)).where(other.enterprise_id == EnterpriseYear.enterprise_id).scalar_subquery()
    columns = (EnterpriseYear.enterprise_id, EnterpriseYear.year, EnterpriseYear.figures)
    rows = select(*columns).where(EnterpriseYear.enterprise_id.in_(ids), EnterpriseYear.year == newest)
    return {row.enterprise_id: row for row in session.execute(rows)}


def locality_names(session: Session) -> Mapping[str, str]:
    """Those that are in service, in their order."""
    rows: Any = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return {unit.id: unit.short_name for unit in rows if unit.is_locality}
