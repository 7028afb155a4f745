"""Typical cases for programs: the column of what is published, and one's own on their way there."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from app.api.resources import Reply, reads, resource
from app.api.shapes import Listing, Path, Shape, listed
from app.duties.typical_case import TEXTS
from app.models.typical_case import TypicalCase as Row
from app.queries import typical_cases
from app.queries.typical_cases import PUBLISHED, Filters
from app.views.context import current_actor, current_house

bp = resource("typical_cases", "Typical cases")


class TypicalCase(Shape):
    """author: its name. unit_id: whom it is credited to; enterprise_id: the firm it is about.

    top_year, top_place: among the ten of a year.
    """

    number: str
    title: str
    kind: str
    state: str
    author: str
    unit_id: str | None
    enterprise_id: str | None
    published_on: date | None
    top_year: int | None
    top_place: int | None


class TypicalCaseList(Shape):
    items: list[TypicalCase]
    next_cursor: str | None


class WholeTypicalCase(TypicalCase):
    """parts: situation, practice, result and lesson as published; empty before that. views: since it was published."""

    parts: dict[str, str]
    views: int


class ListedCases(Listing):
    """scope: published, or mine for all that one has to do with, whatever their state."""

    scope: Literal["published", "mine"] = PUBLISHED  # type: ignore[assignment]
    year: int | None = Field(None, ge=2000, le=2100)
    kind: str = Field("", max_length=12)


class ByCase(Path):
    number: str = Field(pattern=r"^[0-9]{4}-[0-9]{3,6}$")


@bp.get("/typical-cases", responses=reads(TypicalCaseList))
def list_typical_cases(query: ListedCases) -> Reply:
    """The latest first."""
    wanted = Filters(kind=query.kind, year=str(query.year or ""))
    with current_house().database.reading() as session:
        if query.scope == PUBLISHED:
            found = typical_cases.column(session, wanted, query.cursor, query.limit)
        else:
            found = typical_cases.collected(session, current_actor(), wanted, query.cursor, query.limit)
        return listed([TypicalCase(**_told(row)) for row in found.items], found.next_cursor)


@bp.get("/typical-cases/<number>", responses=reads(WholeTypicalCase))
def get_typical_case(path: ByCase) -> Reply:
    with current_house().database.reading() as session:
        row = typical_cases.seen_case(session, current_actor(), path.number)
        parts = {part: str(row.told[part]) for part in TEXTS if row.told.get(part)}
        views = typical_cases.views_of(session, row.number)
        return WholeTypicalCase(**_told(row), parts=parts, views=views).as_json()


def _told(row: Row) -> dict[str, Any]:
    names = ("number", "title", "kind", "state", "unit_id", "enterprise_id", "published_on", "top_year", "top_place")
    return {"author": row.author_name, **{name: getattr(row, name) for name in names}}
