"""What a year's package of targets is made of: the settled indicators with their figures, and a working row for each.

Working rows of a package (`annual_target`); numbers are texts, exact:

    package ""        {kind, year, numbers, reason, revision}; revision: how often items were reopened
    item "02"         {no, state, revision, child, value, suggested, quarters, reason, approach, opinions, mark,
                      proposed_on, return_reason, returned_by, gap_note} and, from `check_package` on,
                      {name, short_name, unit, kind, comparator, lead, floor, total, done, target, left, per_year,
                      status}
                      state: waiting | collecting | proposed | proxied | adopted | returned | dropped
    collection ""     {reason}: why the office did not wait any longer
    cover ""          {note}: what goes up with the package
    request ""        {number, signed_by, signed_on}: the paper to the leading group
    approval ""       {mode, meeting_date, minutes_no, opinion_text, sheet, by}
    breakdown "02"    {no, method, cells, held, reason}; cells: unit id -> share
    locality "<unit>" {state, figures}; state: asked | accepted | decided | silent | undecided;
                      figures: "02" -> what was decided
    letters ""        {signed_on, by, opinion_text}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.annual_target import suggested_target, suggestion_note
from app.duties.quantity import to_decimal
from app.errors import RuleViolation
from app.models.organization import Unit
from app.models.plan import Discrepancy, Plan
from app.queries.settled_indicators import SettledIndicator, plan_of_year, settled_indicators
from app.queries.year_figures import YearFigure, year_figures
from app.services.cases import Case

Row = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """Where an indicator stands as its year is set. done: sum of the closed years; last: last year's figure."""

    indicator: SettledIndicator
    done: Decimal
    last: YearFigure | None
    suggested: Decimal
    note: str

    @property
    def base(self) -> Decimal:
        """What `coverage` starts from: what was added so far, or last year's value."""
        if self.indicator.kind == "newly_added":
            return self.done
        return self.last.value if self.last else Decimal(0)


@dataclass(frozen=True)
class Package:
    """A year with its plan. standings: by number, of the indicators asked for. units: all, in the plan's order."""

    plan: Plan
    year: int
    standings: Mapping[int, Standing]
    units: Mapping[str, Unit]

    def name_of(self, unit_id: str) -> str:
        return self.units[unit_id].short_name


def load_package(session: Session, year: int, numbers: Collection[int]) -> Package:
    """Read once a step, with a handful of queries. Raises RuleViolation("year") outside of every plan."""
    plan = plan_of_year(session, year)
    settled = settled_indicators(session, plan)
    wanted = [settled[number] for number in sorted(numbers)]
    figures = year_figures(session, [indicator.id for indicator in wanted], plan.first_year, year)
    standings = {row.number: _standing(row, figures[row.id], plan, year) for row in wanted}
    return Package(plan, year, standings, units_by_id(session))


def units_by_id(session: Session) -> dict[str, Unit]:
    return {unit.id: unit for unit in session.scalars(select(Unit).order_by(Unit.position))}


def localities(units: Mapping[str, Unit]) -> list[str]:
    """Those that take part, in the plan's order."""
    return [unit.id for unit in units.values() if unit.is_locality and unit.ended_on is None]


def package_row(case: Case) -> Row:
    """The package's own row, asked for from the package or from one of its children."""
    row = case.row("package", instance_id=case.instance.parent_id)
    if row is None:
        raise LookupError(f"{case.instance.business_key} has no package row")
    return row


def package_of(case: Case) -> Package:
    """The package with all its indicators."""
    row = package_row(case)
    return load_package(case.session, row["year"], row["numbers"])


def open_discrepancies(session: Session, plan: Plan, numbers: Collection[int]) -> list[Discrepancy]:
    """What must be settled before targets of these indicators can be set, in the plan's order."""
    rows = session.scalars(
        select(Discrepancy)
        .where(Discrepancy.plan_id == plan.id, Discrepancy.must_settle, Discrepancy.settled_at.is_(None))
        .order_by(Discrepancy.id)
    )
    return [row for row in rows if not set(numbers).isdisjoint(row.indicators)]


def item_key(number: int) -> str:
    return f"{number:02d}"


def items_of(case: Case) -> list[Row]:
    """The items that are still in the package, by number."""
    rows = case.rows("item").values()
    return sorted((row for row in rows if row["state"] != "dropped"), key=lambda row: row["no"])


def put_items(case: Case, items: Iterable[Row]) -> None:
    case.put_all("item", {item_key(item["no"]): item for item in items})


def parent_item(case: Case) -> Row:
    """A child's item in its package."""
    row = case.row("item", item_key(number_of(case)), case.instance.parent_id)
    if row is None:
        raise LookupError(f"{case.instance.business_key} has no item in its package")
    return row


def put_parent_item(case: Case, item: Row) -> None:
    case.put("item", item_key(item["no"]), item, case.instance.parent_id)


def number_of(case: Case) -> int:
    """The indicator that a child of `annual_target_indicator` is about."""
    subject = case.row("subject")
    if subject is None:
        raise LookupError(f"{case.instance.business_key} has no subject row")
    return int(subject["no"])


def standing_of(case: Case) -> Standing:
    """The same indicator, as it stands."""
    number = number_of(case)
    return load_package(case.session, year_of(case), [number]).standings[number]


def year_of(case: Case) -> int:
    if case.instance.year is None:
        raise LookupError(f"{case.instance.business_key} has no year")
    return case.instance.year


def _standing(indicator: SettledIndicator, figures: Mapping[int, YearFigure], plan: Plan, year: int) -> Standing:
    done = sum((figure.value for figure in figures.values()), Decimal(0))
    last = figures.get(year - 1)
    suggested, note = _suggestion(indicator, done, last, plan, year)
    return Standing(indicator, done, last, suggested, note)


def _suggestion(
    indicator: SettledIndicator, done: Decimal, last: YearFigure | None, plan: Plan, year: int
) -> tuple[Decimal, str]:
    """Without last year's figure a period-end indicator is held to the plan's final value, and the note says why."""
    note = suggestion_note(indicator.kind, indicator.total, done)  # type: ignore[arg-type]  # the table's word
    try:
        value = suggested_target(
            indicator.kind,  # type: ignore[arg-type]  # the table's word
            to_decimal(indicator.total),
            to_decimal(indicator.first_year_value),
            indicator.floor,
            year,
            plan.first_year,
            plan.last_year,
            done,
            last.value if last else None,
            indicator.precision,
        )
    except RuleViolation as gap:
        return indicator.total, gap.text
    return value, note
