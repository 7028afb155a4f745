"""How far an indicator is, year by year: what was to be reached and the last figure that was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.organization import Unit
from app.models.plan import Indicator, Plan
from app.queries.actor import Actor


@dataclass(frozen=True)
class YearProgress:
    """target, actual: None where none is in force or recorded yet."""

    year: int
    target: AnnualTarget | None
    actual: IndicatorActual | None

    @property
    def ratio(self) -> Decimal | None:
        """Share of the year's target that is reached; 1 means met. None without a target to divide by."""
        if self.actual is None or self.target is None or not self.target.value:
            return None
        return (self.actual.value / self.target.value).quantize(Decimal("0.0001"))


def seen_indicator(session: Session, actor: Actor, indicator_id: int) -> Indicator:
    """Raises NotFound, also for one that the actor's units have no part in."""
    indicator = session.get(Indicator, indicator_id)
    if indicator is None or not (actor.reads_all or _takes_part(session, actor, indicator)):
        raise NotFound
    return indicator


def progress(session: Session, indicator: Indicator) -> list[YearProgress]:
    """Every year of the plan; of several targets or figures of a year the last counts."""
    plan = session.get_one(Plan, indicator.plan_id)
    targets = select(AnnualTarget).where(AnnualTarget.indicator_id == indicator.id).order_by(AnnualTarget.revision)
    actuals = (
        select(IndicatorActual)
        .where(IndicatorActual.indicator_id == indicator.id)
        .order_by(IndicatorActual.as_of, IndicatorActual.id)
    )
    target_of = {row.year: row for row in session.scalars(targets)}
    actual_of = {row.year: row for row in session.scalars(actuals)}
    return [
        YearProgress(year, target_of.get(year), actual_of.get(year))
        for year in range(plan.first_year, plan.last_year + 1)
    ]


def _takes_part(session: Session, actor: Actor, indicator: Indicator) -> bool:
    """Its units, and every locality where its target is broken down to them."""
    if not actor.unit_ids.isdisjoint({indicator.lead_id, *indicator.responsible}):
        return True
    is_locality = or_(Unit.kind == "county", Unit.kind == "functional_zone")
    mine = select(Unit.id).where(Unit.id.in_(actor.unit_ids), is_locality).limit(1)
    return indicator.is_divided and session.scalar(mine) is not None
