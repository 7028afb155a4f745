"""What a unit is asked for in a December report: the indicators, measures and matters of the plan that name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.december_report_content import Kind
from app.models.annual_target import TargetBreakdown
from app.models.organization import Unit
from app.models.plan import Action, Indicator, Matter, Measure, Plan
from app.queries.settled_indicators import SettledIndicator, plan_of_year, settled_indicators


@dataclass(frozen=True)
class Item:
    """A measure, or for a locality an action. lead: the unit leads it and tells its result."""

    no: int
    title: str
    lead: bool


@dataclass(frozen=True)
class Scope:
    """led: indicators of which the unit gives the figure; shared: those it only answers for.

    shares: number of an indicator -> the locality's part of the year's target.
    """

    kind: Kind
    led: Sequence[SettledIndicator]
    shared: Sequence[SettledIndicator]
    items: Sequence[Item]
    matters: Sequence[Matter]
    shares: Mapping[int, Decimal]

    @property
    def summary(self) -> str:
        """For the notice: 指标11项，重点任务22项（牵头11项），办实事4项."""
        led = sum(item.lead for item in self.items)
        items = f"行动{led}项" if self.kind == "locality" else f"重点任务{len(self.items)}项（牵头{led}项）"
        parts = [f"指标{len(self.led)}项" if self.led else "", items if self.items else ""]
        parts.append(f"办实事{len(self.matters)}项" if self.matters else "")
        return "，".join(filter(None, [*parts, "存在问题和下一年工作重点"]))


@dataclass(frozen=True)
class PlanYear:
    """The plan as it stands for one year. shares: unit -> number of an indicator -> its part of the year's target."""

    plan: Plan
    actions: Sequence[Action]
    measures: Sequence[Measure]
    indicators: Sequence[SettledIndicator]
    matters: Sequence[Matter]
    shares: Mapping[str, Mapping[int, Decimal]]

    def scope_of(self, units: Iterable[Unit]) -> Scope:
        """What these units are asked for together: one unit, or a unit with those whose report it took over."""
        known = {unit.id: unit for unit in units}
        matters = [row for row in self.matters if row.lead_id in known or not known.keys().isdisjoint(row.responsible)]
        if any(unit.is_locality for unit in known.values()):
            return self._locality(known.keys(), matters)
        return self._department(known.keys(), matters)

    def _department(self, ids: Iterable[str], matters: Sequence[Matter]) -> Scope:
        units = set(ids)
        items = [
            Item(row.number, row.title, row.lead_id in units)
            for row in self.measures
            if row.lead_id in units or not units.isdisjoint(row.responsible)
        ]
        led = [row for row in self.indicators if row.lead_id in units]
        shared = [row for row in self.indicators if row.lead_id not in units and not units.isdisjoint(row.responsible)]
        return Scope("department", led, shared, items, matters, {})

    def _locality(self, ids: Iterable[str], matters: Sequence[Matter]) -> Scope:
        """Every measure applies to a locality, so it answers by action."""
        shares: dict[int, Decimal] = {}
        for unit in ids:
            for number, value in self.shares.get(unit, {}).items():
                shares[number] = shares.get(number, Decimal(0)) + value
        led = [row for row in self.indicators if row.number in shares]
        items = [Item(row.number, row.name, lead=True) for row in self.actions]
        return Scope("locality", led, [], items, matters, shares)


def read_plan_year(session: Session, year: int) -> PlanYear:
    """Raises RuleViolation("year") for a year of no plan."""
    plan = plan_of_year(session, year)
    of_plan = {"plan_id": plan.id}
    return PlanYear(
        plan=plan,
        actions=session.scalars(select(Action).filter_by(**of_plan).order_by(Action.number)).all(),
        measures=session.scalars(select(Measure).filter_by(**of_plan).order_by(Measure.number)).all(),
        indicators=tuple(settled_indicators(session, plan).values()),
        matters=session.scalars(select(Matter).filter_by(**of_plan, year=year).order_by(Matter.number)).all(),
        shares=_shares(session, plan.id, year),
    )


def _shares(session: Session, plan_id: int, year: int) -> dict[str, dict[int, Decimal]]:
    """The last revision of each share wins."""
    rows = session.execute(
        select(TargetBreakdown.unit_id, Indicator.number, TargetBreakdown.value)
        .join(Indicator, Indicator.id == TargetBreakdown.indicator_id)
        .where(Indicator.plan_id == plan_id, TargetBreakdown.year == year)
        .order_by(TargetBreakdown.revision)
    )
    shares: dict[str, dict[int, Decimal]] = {}
    for unit_id, number, value in rows:
        shares.setdefault(unit_id, {})[number] = value
    return shares
