"""The plan's indicators as they count once the office has settled where the plan contradicts itself.

Without a settlement the target table counts (annex 1). What a settlement changes, by the kind of the contradiction:

    value        the number it names replaces the plan's total
    basis        the text's stock at the end, less the stock at the beginning, replaces the total
    comparator   the text's own word («超过», «不少于») replaces the table's bare number
    lead         another unit leads
    departments  the text's responsible units replace the table's
    others       only the 统计口径 beside the figure, which those above bring too, but for lead and departments
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.duties.quantity import to_decimal
from app.errors import RuleViolation
from app.models.organization import Unit
from app.models.plan import Commitment, Discrepancy, Indicator, Measure, Plan

TEXT, OTHER = "text", "other"
ABOUT_UNITS = ("lead", "departments")  # what is settled there says who answers, not how is counted
KIND_WORDS = {"newly_added": "新增值", "period_end": "期末值"}


_KNOWN: WeakKeyDictionary[Engine, dict[tuple[object, ...], Mapping[int, SettledIndicator]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class SettledIndicator:
    """An indicator as it counts. co_unit_ids: departments responsible beside the lead, in the plan's order."""

    id: int
    number: int
    action_number: int
    measure_number: int
    name: str
    short_name: str
    kind: str
    comparator: str
    unit: str
    precision: int
    total: Decimal
    first_year_value: Decimal
    floor: Decimal | None
    is_divided: bool
    lead_id: str
    responsible: tuple[str, ...]
    basis: str

    @property
    def co_unit_ids(self) -> tuple[str, ...]:
        return tuple(unit for unit in self.responsible if unit != self.lead_id)


@dataclass(frozen=True)
class _PlanText:
    """What the plan's text, as against its table, says: the comparator by indicator, the units by measure."""

    comparators: Mapping[int, str]
    responsible: Mapping[int, tuple[str, ...]]


def plan_of_year(session: Session, year: int) -> Plan:
    """The plan that covers the year; the one loaded last of several. Raises RuleViolation("year")."""
    plans = session.scalars(select(Plan).order_by(Plan.id.desc()))  # few; and a year of any size may be asked for
    plan = next((plan for plan in plans if plan.first_year <= year <= plan.last_year), None)
    if plan is None:
        raise RuleViolation("year", "该年度不在计划期内")
    return plan


def settled_indicators(session: Session, plan: Plan) -> Mapping[int, SettledIndicator]:
    """All indicators of the plan by number; reckoned once for each state of the settlements."""
    where = (Discrepancy.plan_id == plan.id, Discrepancy.settled_at.is_not(None))
    stamp = session.execute(select(func.count(), func.max(Discrepancy.settled_at)).where(*where)).one()
    known = _KNOWN.setdefault(session.get_bind().engine, {})
    key = (plan.id, *stamp)
    if key not in known:
        known[key] = _reckoned(session, plan)
    return known[key]


def _reckoned(session: Session, plan: Plan) -> Mapping[int, SettledIndicator]:
    departments = set(session.scalars(select(Unit.id).where(Unit.kind == "department")))
    rows = session.scalars(select(Indicator).where(Indicator.plan_id == plan.id).order_by(Indicator.number))
    indicators = {row.number: _as_in_the_table(row, departments) for row in rows}
    settled = session.scalars(
        select(Discrepancy)
        .where(Discrepancy.plan_id == plan.id, Discrepancy.settled_at.is_not(None))
        .order_by(Discrepancy.id)
    ).all()
    if settled:
        text = _plan_text(session, plan, departments)
        for row in settled:
            for number in row.indicators:
                indicators[number] = _settle(indicators[number], row, text)
    return MappingProxyType({number: _with_basis(indicator) for number, indicator in indicators.items()})


def _as_in_the_table(row: Indicator, departments: set[str]) -> SettledIndicator:
    return SettledIndicator(
        id=row.id,
        number=row.number,
        action_number=row.action_number,
        measure_number=row.measure_number,
        name=row.name,
        short_name=row.short_name,
        kind=row.kind,
        comparator=row.comparator,
        unit=row.unit,
        precision=row.precision,
        total=row.total,
        first_year_value=row.first_year_value,
        floor=row.floor,
        is_divided=row.is_divided,
        lead_id=row.lead_id,
        responsible=_only(row.responsible, departments),
        basis="",
    )


def _plan_text(session: Session, plan: Plan, departments: set[str]) -> _PlanText:
    promises = session.scalars(
        select(Commitment).where(
            Commitment.plan_id == plan.id,
            Commitment.indicator_number.is_not(None),
            Commitment.measure_number.is_not(None),
        )
    )
    measures = session.scalars(select(Measure).where(Measure.plan_id == plan.id))
    return _PlanText(
        {row.indicator_number: row.comparator for row in promises if row.indicator_number is not None},
        {row.number: _only(row.responsible, departments) for row in measures},
    )


def _only(units: Iterable[str], departments: set[str]) -> tuple[str, ...]:
    return tuple(unit for unit in units if unit in departments)


def _settle(indicator: SettledIndicator, row: Discrepancy, text: _PlanText) -> SettledIndicator:
    if row.kind not in ABOUT_UNITS:
        texts = (indicator.basis, row.basis_text.strip("。； "))
        indicator = replace(indicator, basis="；".join(filter(None, texts)))
    if row.kind == "lead":
        return replace(indicator, lead_id=row.lead_id or indicator.lead_id)
    if row.kind in ("value", "basis"):
        return replace(indicator, total=_settled_total(indicator, row))
    if row.binding != TEXT:
        return indicator
    if row.kind == "comparator":
        return replace(indicator, comparator=text.comparators.get(indicator.number, indicator.comparator))
    if row.kind == "departments":
        return replace(indicator, responsible=text.responsible.get(indicator.measure_number, indicator.responsible))
    return indicator


def _settled_total(indicator: SettledIndicator, row: Discrepancy) -> Decimal:
    if row.binding == OTHER and row.binding_value is not None:
        return row.binding_value
    if row.binding != TEXT or row.text_side.get("value") is None:
        return indicator.total
    stated = to_decimal(row.text_side["value"])
    return stated if row.kind == "value" else max(Decimal(0), stated - (row.base_value or Decimal(0)))


def _with_basis(indicator: SettledIndicator) -> SettledIndicator:
    """Where nobody wrote one, it is the table's own: the row, and whether values are added or stand at the end."""
    if indicator.basis:
        return indicator
    return replace(indicator, basis=f"附件1第{indicator.number}项，{KIND_WORDS[indicator.kind]}")
