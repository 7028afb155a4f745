"""What the libraries count in one locality: its part of the city's figure, for the report in which it confirms it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.models.actual import IndicatorActual
from app.queries.library_counts import counted, per_locality
from app.services.case_notes import year_of
from app.services.cases import Case
from app.services.december_report.scope import Scope
from app.services.library_counts import counts_of
from app.services.library_entry.rows import present_units
from app.terms import Nature, Source


def locality_counts(case: Case, plan_key: str, scope: Scope, units: Collection[str]) -> dict[int, IndicatorActual]:
    """By number of the indicator, as of today or the year's end; nothing where the city's figure was never counted.

    units: the locality, with those it took over. The rows are no part of the database: the city's figure is.
    """
    counts, year = counts_of(case.house, plan_key), year_of(case)
    wanted = [row for row in scope.led if row.number in counts] if scope.kind == "locality" else []
    if not wanted:
        return {}
    known, present = _counted_in_city(case, [row.id for row in wanted], year), present_units(case.session)
    on, homes = min(case.today, date(year, 12, 31)), {present[unit] for unit in units}
    found = {}
    for row in wanted:
        if row.id in known:
            places = per_locality(counted(case.session, counts[row.number], on, case.house.chains.names))
            value = sum(count for place, count in places.items() if present[place] in homes)
            found[row.number] = _figure(row.id, year, on, value, case.instance.unit_id or "")
    return found


def _figure(indicator_id: int, year: int, on: date, value: int, unit_id: str) -> IndicatorActual:
    return IndicatorActual(
        indicator_id=indicator_id,
        year=year,
        as_of=on,
        value=Decimal(value),
        nature=Nature.ACTUAL.value,
        source=Source.LEDGER.value,
        unit_id=unit_id,
    )


def _counted_in_city(case: Case, ids: Collection[int], year: int) -> Mapping[int, bool]:
    wanted = (
        IndicatorActual.indicator_id.in_(ids),
        IndicatorActual.year == year,
        IndicatorActual.source == Source.LEDGER.value,
    )
    return dict.fromkeys(case.session.scalars(select(IndicatorActual.indicator_id).where(*wanted).distinct()), True)
