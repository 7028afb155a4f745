"""The plan: what is to be reached, how far it is, and by which units."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.api.resources import Reply, reads, resource
from app.api.shapes import ByNumber, Listing, Name, Number, Shape, listed
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.plan import Indicator as IndicatorRow
from app.models.plan import Measure as MeasureRow
from app.queries import plan_lists
from app.queries.progress import YearProgress, progress, seen_indicator
from app.views.context import current_actor, current_house

bp = resource("plans", "Plan")


class OfPlan(Listing):
    """plan: the key of one; all without it."""

    plan: Name | None = None


class Plan(Shape):
    key: str
    title: str
    number: str
    issued_on: date
    first_year: int
    last_year: int
    source_sha256: str


class PlanList(Shape):
    items: list[Plan]
    next_cursor: str | None


class Indicator(Shape):
    """As the plan's table has it. kind: newly_added | period_end. lead, responsible: ids of units."""

    id: int
    plan: str
    number: int
    name: str
    short_name: str
    kind: str
    comparator: str
    unit: str
    total: Number
    is_divided: bool
    measure: int
    lead: str
    responsible: list[str]


class IndicatorList(Shape):
    items: list[Indicator]
    next_cursor: str | None


class Measure(Shape):
    """number: what a user task's clause names."""

    plan: str
    number: int
    section: str
    title: str
    lead: str
    responsible: list[str]
    contents: list[str]


class MeasureList(Shape):
    items: list[Measure]
    next_cursor: str | None


class Unit(Shape):
    """kind: body | department | county | functional_zone. ended_on: of a unit that was merged or dissolved."""

    id: str
    name: str
    short_name: str
    name_en: str
    kind: str
    successor_id: str | None
    ended_on: date | None


class UnitList(Shape):
    items: list[Unit]
    next_cursor: str | None


class Year(Shape):
    """target, actual: null where none is in force or recorded yet. ratio: 1 means met."""

    year: int
    target: Number | None
    comparator: str | None
    actual: Number | None
    as_of: date | None
    nature: str | None
    source: str | None
    ratio: Number | None


class Progress(Shape):
    indicator_id: int
    unit: str
    total: Number
    years: list[Year]


@bp.get("/plans", responses=reads(PlanList))
def list_plans(query: Listing) -> Reply:
    with current_house().database.reading() as session:
        found = plan_lists.plans_page(session, query.cursor, query.limit)
        return listed(map(Plan.model_validate, found.items), found.next_cursor)


@bp.get("/indicators", responses=reads(IndicatorList))
def list_indicators(query: OfPlan) -> Reply:
    with current_house().database.reading() as session:
        keys = plan_lists.plan_keys(session)
        found = plan_lists.indicators_page(session, query.plan, query.cursor, query.limit)
        return listed([_indicator(row, keys[row.plan_id]) for row in found.items], found.next_cursor)


@bp.get("/indicators/<id>/progress", responses=reads(Progress))
def get_indicator_progress(path: ByNumber) -> Reply:
    """Target and last figure of every year; for those who take part in it, and those who read all."""
    with current_house().database.reading() as session:
        indicator = seen_indicator(session, current_actor(), path.id)
        years = [_year(row.year, row) for row in progress(session, indicator)]
        shape = Progress(indicator_id=indicator.id, unit=indicator.unit, total=indicator.total, years=years)
        return shape.as_json()


@bp.get("/measures", responses=reads(MeasureList))
def list_measures(query: OfPlan) -> Reply:
    with current_house().database.reading() as session:
        keys = plan_lists.plan_keys(session)
        found = plan_lists.measures_page(session, query.plan, query.cursor, query.limit)
        return listed([_measure(row, keys[row.plan_id]) for row in found.items], found.next_cursor)


@bp.get("/units", responses=reads(UnitList))
def list_units(query: Listing) -> Reply:
    with current_house().database.reading() as session:
        found = plan_lists.units_page(session, query.cursor, query.limit)
        return listed(map(Unit.model_validate, found.items), found.next_cursor)


def _indicator(row: IndicatorRow, plan: str) -> Indicator:
    return Indicator(
        id=row.id,
        plan=plan,
        number=row.number,
        name=row.name,
        short_name=row.short_name,
        kind=row.kind,
        comparator=row.comparator,
        unit=row.unit,
        total=row.total,
        is_divided=row.is_divided,
        measure=row.measure_number,
        lead=row.lead_id,
        responsible=row.responsible,
    )


def _measure(row: MeasureRow, plan: str) -> Measure:
    return Measure(
        plan=plan,
        number=row.number,
        section=row.section,
        title=row.title,
        lead=row.lead_id,
        responsible=row.responsible,
        contents=row.contents,
    )


def _year(year: int, row: YearProgress) -> Year:
    return Year(year=year, ratio=row.ratio, **_target(row.target), **_actual(row.actual))


def _target(target: AnnualTarget | None) -> dict[str, Any]:
    if target is None:
        return {"target": None, "comparator": None}
    return {"target": target.value, "comparator": target.comparator}


def _actual(actual: IndicatorActual | None) -> dict[str, Any]:
    if actual is None:
        return dict.fromkeys(("actual", "as_of", "nature", "source"))
    return {"actual": actual.value, "as_of": actual.as_of, "nature": actual.nature, "source": actual.source}
