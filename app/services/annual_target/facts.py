"""What the rules of 年度目标设定 are told: of a package, of one indicator's proposal, of one locality's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from app.duties.annual_target import shortfall
from app.duties.quantity import digits, is_ratio, to_decimal
from app.models.plan import Discrepancy
from app.services.annual_target.package import (
    Package,
    Row,
    Standing,
    item_key,
    items_of,
    load_package,
    localities,
    number_of,
    open_discrepancies,
    package_row,
    units_by_id,
    year_of,
)
from app.services.cases import Case
from app.services.lazy_facts import LazyFacts

INDICATOR, LOCALITY = "annual_target_indicator", "annual_target_locality"


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    """All facts by the names of app/duties/annual_target.py; a rule pays only for those it reads."""
    return LazyFacts({**_always(case), **SOURCES[case.instance.definition_key](case)})


def _always(case: Case) -> dict[str, Callable[[], Any]]:
    return {
        "today": lambda: case.today,
        "opened_on": lambda: case.today,
        "calendar": lambda: case.calendar,
        "year": lambda: year_of(case),
    }


class _PackageFacts:
    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def package(self) -> Package:
        return load_package(self.case.session, year_of(self.case), ())

    @cached_property
    def units(self) -> list[str]:
        return localities(units_by_id(self.case.session))

    def discrepancies(self) -> list[Row]:
        numbers = package_row(self.case)["numbers"]
        rows = open_discrepancies(self.case.session, self.package.plan, numbers)
        return [discrepancy_fact(row, self.package) for row in rows]

    def items(self) -> list[Row]:
        shares = self.case.rows("breakdown")
        return [
            {**item, "short": digits(shortfall_of(item, shares.get(item_key(item["no"]))))}
            for item in items_of(self.case)
        ]


def _of_package(case: Case) -> dict[str, Callable[[], Any]]:
    own = _PackageFacts(case)
    return {
        "first_year": lambda: own.package.plan.first_year,
        "last_year": lambda: own.package.plan.last_year,
        "package_kind": lambda: package_row(case)["kind"],
        "revision": lambda: package_row(case)["revision"],
        "discrepancies": own.discrepancies,
        "items": own.items,
        "localities": lambda: own.units,
        "must_cover": lambda: False,
    }


class _IndicatorFacts:
    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def package(self) -> Package:
        return load_package(self.case.session, year_of(self.case), [number_of(self.case)])

    @cached_property
    def standing(self) -> Standing:
        return next(iter(self.package.standings.values()))

    def indicator(self) -> Row:
        row = self.standing.indicator
        return {
            "no": row.number,
            "name": row.name,
            "unit": row.unit,
            "kind": row.kind,
            "comparator": row.comparator,
            "total": row.total,
            "first_year_value": row.first_year_value,
            "floor": row.floor,
            "precision": row.precision,
        }


def _of_indicator(case: Case) -> dict[str, Callable[[], Any]]:
    own = _IndicatorFacts(case)
    return {
        "first_year": lambda: own.package.plan.first_year,
        "last_year": lambda: own.package.plan.last_year,
        "package_kind": lambda: package_row(case)["kind"],
        "round": lambda: round_of(case),
        "is_returned": lambda: case.row("returned") is not None,
        "indicator": own.indicator,
        "done": lambda: own.standing.done,
        "last_actual": lambda: own.standing.last.value if own.standing.last else None,
        "suggested": lambda: own.standing.suggested,
    }


def _of_locality(case: Case) -> dict[str, Callable[[], Any]]:
    return {"items": lambda: list(case.rows("figure").values())}


SOURCES: Mapping[str, Callable[[Case], dict[str, Callable[[], Any]]]] = {
    "annual_target": _of_package,
    INDICATOR: _of_indicator,
    LOCALITY: _of_locality,
}


def round_of(case: Case) -> int:
    """How often the opinions of a proposal were collected."""
    row = case.row("countersigning")
    return int(row["round"]) if row else 0


def shortfall_of(item: Row, share: Row | None) -> Decimal:
    """By how much the localities miss the city's target; a ratio and an undivided count have no sum to reach."""
    if share is None or share["method"] == "undivided" or is_ratio(item["unit"], item["name"]):
        return Decimal(0)
    return shortfall(to_decimal(item["target"]), {**share["cells"], "held": share["held"]})


def discrepancy_fact(row: Discrepancy, package: Package) -> Row:
    """An open contradiction as a rule and a form see it; leads are called by their short names, as on the screen."""
    leads = [side["lead"] for side in (row.text_side, row.annex_side) if side.get("lead")]
    return {
        "id": row.key,
        "name": row.subject,
        "kind": row.kind,
        "indicators": row.indicators,
        "text": quotation(row.text_side),
        "annex": quotation(row.annex_side),
        "leads": [package.name_of(lead) for lead in leads if lead],
    }


def quotation(side: Mapping[str, str | None]) -> str:
    return f"{side['clause']}：{side['says']}"
