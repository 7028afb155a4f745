"""Enterprises: the library as the caller may see it, and one file with its figures by year and its titles."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import select

from app.api.resources import Reply, reads, resource
from app.api.shapes import Instant, Listing, Name, Path, Shape, listed
from app.models.enterprise import Enterprise as Row
from app.models.enterprise import EnterpriseYear, Title
from app.queries import enterprise_file, enterprises
from app.queries.enterprise_sight import Sight, scope_of, seen_enterprise
from app.queries.enterprises import NONE, Filters, Line
from app.services import file_accesses
from app.terms import TitleLevel
from app.views.context import current_actor, current_house

bp = resource("enterprises", "Enterprise")

Level = Literal["innovative", "tech_sme", "specialised_city", "specialised", "little_giant", "single_champion", "none"]
assert set(Level.__args__) == {*TitleLevel, NONE}  # type: ignore[attr-defined]


class OfLibrary(Listing):
    """q: part of a name, its pinyin or initials, or how a code begins. unit: the locality. entered: year of entry."""

    q: Name | None = None
    unit: Name | None = None
    level: Level | None = None
    chain: Name | None = None
    industry: Name | None = None
    status: Name | None = None
    library: Literal["in", "out"] | None = None
    entered: int | None = Field(None, ge=2000, le=2099)


class ByCode(Path):
    id: str = Field(max_length=18)


class EnterpriseLine(Shape):
    """id: the unified social credit code. unit: the locality. titles: levels that are held, the highest first."""

    id: str
    name: str
    unit: str
    chain: str
    product: str
    status: str
    titles: list[str]
    library_since: date | None
    is_demo: bool


class EnterpriseList(Shape):
    items: list[EnterpriseLine]
    next_cursor: str | None


class TitleShape(Shape):
    level: str
    status: str
    announced_on: date
    from_on: date
    until_on: date
    rule_version: str
    evaluation_id: int | None


class YearOfEnterprise(Shape):
    """figures: key of the catalogue -> decimal text, whole number or word; masked ones are three full-width stars.

    sources: key -> [source, day], of a figure that came otherwise than the year's last change.
    """

    year: int
    as_of: date
    source: str
    sources: dict[str, list[str]]
    recorded_at: Instant
    figures: dict[str, Any]


class Enterprise(Shape):
    """is_masked: contact and sensitive figures are hidden from the caller."""

    id: str
    name: str
    unit: str
    chain: str
    industry: str
    product: str
    address: str
    status: str
    registered_on: date | None
    contact_name: str
    contact_phone: str
    library_since: date | None
    successor_id: str | None
    is_demo: bool
    is_masked: bool
    changed_at: Instant
    titles: list[TitleShape]
    years: list[YearOfEnterprise]


@bp.get("/enterprises", responses=reads(EnterpriseList))
def list_enterprises(query: OfLibrary) -> Reply:
    """Those the caller may see, by the pinyin of their names; by code where q is the beginning of one."""
    wanted = Filters(
        q=query.q or "",
        locality=query.unit or "",
        level=query.level or "",
        chain=query.chain or "",
        industry=query.industry or "",
        state=query.status or "",
        library=query.library or "",
        entered=query.entered,
    )
    with current_house().database.reading() as session:
        scope = scope_of(session, current_actor())
        found = enterprises.enterprises(session, scope, wanted, query.cursor, query.limit)
        return listed(map(_line, found.items), found.next_cursor)


@bp.get("/enterprises/<id>", responses=reads(Enterprise))
def get_enterprise(path: ByCode) -> Reply:
    """One file; the look is written down, and shown in the file."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        row, sight = seen_enterprise(session, actor, path.id)
        years = session.scalars(
            select(EnterpriseYear).where(EnterpriseYear.enterprise_id == row.id).order_by(EnterpriseYear.year)
        ).all()
        answer = _enterprise(row, sight, enterprise_file.titles(session, row.id), years).as_json()
    file_accesses.note(house, actor, [path.id], file_accesses.PROGRAM)
    return answer


def _line(line: Line) -> EnterpriseLine:
    return EnterpriseLine(
        id=line.id,
        name=line.name,
        unit=line.locality_id,
        chain=line.chain,
        product=line.product,
        status=line.state,
        titles=[level.value for level in line.levels],
        library_since=line.library_since,
        is_demo=line.is_demo,
    )


def _enterprise(row: Row, sight: Sight, titles: Any, years: Any) -> Enterprise:
    contact_name, contact_phone = sight.contact(row.contact_name, row.contact_phone)
    return Enterprise(
        id=row.id,
        name=row.name,
        unit=row.locality_id,
        chain=row.chain,
        industry=row.industry,
        product=row.product,
        address=row.address,
        status=row.state,
        registered_on=row.registered_on,
        contact_name=contact_name,
        contact_phone=contact_phone,
        library_since=row.library_since,
        successor_id=row.successor_id,
        is_demo=row.is_demo,
        is_masked=not sight.is_whole,
        changed_at=row.changed_at,
        titles=[_title(title, sight) for title in titles],
        years=[_year(year, sight) for year in years],
    )


def _title(title: Title, sight: Sight) -> TitleShape:
    shape = TitleShape.model_validate(title)
    return shape if sight.is_whole else shape.model_copy(update={"evaluation_id": None})


def _year(row: EnterpriseYear, sight: Sight) -> YearOfEnterprise:
    return YearOfEnterprise(
        year=row.year,
        as_of=row.as_of,
        source=row.source,
        sources=row.sources,
        recorded_at=row.recorded_at,
        figures=sight.figures(row.figures),
    )
