"""Where every indicator stands in a year, or in the plan so far: target in force, last figure, pace and light.

Six statements, whatever is shown: the plan, its indicators with what was settled, targets, figures, rules of pace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.duties.annual_target import even_quarters
from app.duties.elapsed import elapsed_of_years, elapsed_share
from app.duties.lights import Explanation
from app.duties.pace import DEFAULT_PACE, WORDS, Kind, PacePolicy, indicator_light, without_target
from app.duties.pace import Standing as Pace
from app.duties.quantity import to_decimal
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.plan import Plan
from app.queries.rule_tables import in_force, pace_of_year
from app.queries.settled_indicators import SettledIndicator, settled_indicators
from app.terms import Light, Nature

Targets = Mapping[tuple[int, int], AnnualTarget]  # by indicator id and year, the highest revision
Figures = Mapping[tuple[int, int], IndicatorActual]  # by indicator id and year, the last one


@dataclass(frozen=True)
class Standing:
    """One indicator. target: of the year, None while none is in force; revision counts its changes.

    done: newly added so far, or the value now; figure: the one it comes from, None before any. ahead: what its lead
    expects at the end of the year. pace: share of the way that should lie behind on the figure's day. base: a
    period-end indicator's value at the end of last year. policy: the rules of the year, of today's for a running one.
    """

    indicator: SettledIndicator
    target: Decimal | None
    comparator: str
    revision: int
    done: Decimal | None
    figure: IndicatorActual | None
    ahead: IndicatorActual | None
    pace: Decimal
    base: Decimal | None
    span: str = "年度"
    policy: PacePolicy = DEFAULT_PACE

    @cached_property
    def explanation(self) -> Explanation:
        if self.target is None:
            return without_target(self.policy)
        return indicator_light(
            self.done,
            self.target,
            self.pace,
            cast(Kind, self.indicator.kind),
            self.comparator,
            base=self.base,
            unit=self.indicator.unit,
            policy=self.policy,
            span=self.span,
        )

    @property
    def light(self) -> Light:
        return self.explanation.light

    @property
    def word(self) -> str:
        return self.explanation.word

    @property
    def is_count(self) -> bool:
        """Whether a share of the target says something: not of a percentage or a mean."""
        return self.indicator.kind == "newly_added"

    @property
    def ratio(self) -> Decimal | None:
        if self.done is None or not self.target:
            return None
        return self.done / self.target

    @property
    def percent(self) -> int | None:
        return None if self.ratio is None else int(self.ratio * 100)

    @property
    def due_now(self) -> Decimal | None:
        """What should be reached by as_of."""
        if self.target is None:
            return None
        kind = cast(Kind, self.indicator.kind)
        own = Pace(self.done, self.target, self.pace, kind, self.comparator, self.base, policy=self.policy)
        return own.expected


def counts(standings: Sequence[Standing]) -> dict[Light, int]:
    """How many show each light, in the order 达标 正常 偏慢 落后 未报."""
    shown = [standing.light for standing in standings]
    return {light: shown.count(light) for light in WORDS}


def worst_first(standings: Sequence[Standing]) -> list[Standing]:
    order = [Light.RED, Light.YELLOW, Light.GREY, Light.GREEN, Light.BLUE]
    return sorted(standings, key=lambda row: (order.index(row.light), row.ratio or 0, row.indicator.number))


def behind(standings: Sequence[Standing]) -> list[Standing]:
    """落后 and 偏慢."""
    return [row for row in worst_first(standings) if row.light in (Light.RED, Light.YELLOW)]


def plans(session: Session) -> Sequence[Plan]:
    return session.scalars(select(Plan).order_by(Plan.id.desc())).all()


def newest_plan(session: Session) -> Plan | None:
    return session.scalars(select(Plan).order_by(Plan.id.desc()).limit(1)).one_or_none()


def standings(session: Session, plan: Plan, year: int | None, today: date) -> list[Standing]:
    """All indicators of the plan in its order; year None is the plan so far."""
    indicators = list(settled_indicators(session, plan).values())
    until = min(today.year, plan.last_year) if year is None else year
    figures, expected = _figures(session, indicators, plan.first_year - 1, until, today)
    policy = pace_of_year(in_force(session), until, today)
    if year is None:
        found = [_of_plan(indicator, plan, figures, today) for indicator in indicators]
    else:
        targets = targets_in_force(session, year, year)
        found = [_of_year(indicator, year, targets, figures, expected, today) for indicator in indicators]
    return [replace(standing, policy=policy) for standing in found]


def targets_in_force(session: Session, first: int, last: int) -> Targets:
    """By indicator and year, the target with the highest revision."""
    rows = session.scalars(
        select(AnnualTarget).where(AnnualTarget.year.between(first, last)).order_by(AnnualTarget.revision)
    )
    return {(row.indicator_id, row.year): row for row in rows}


def _figures(
    session: Session, indicators: Sequence[SettledIndicator], first: int, last: int, today: date
) -> tuple[Figures, Figures]:
    """The last accepted figure of each indicator and year until today, and the last one expected."""
    of_year = (IndicatorActual.indicator_id, IndicatorActual.year, IndicatorActual.nature)
    place = func.row_number().over(
        partition_by=of_year, order_by=(IndicatorActual.as_of.desc(), IndicatorActual.id.desc())
    )
    is_known = (IndicatorActual.nature == Nature.EXPECTED) | (IndicatorActual.as_of <= today)
    ranked = (
        select(IndicatorActual, place.label("place"))
        .where(IndicatorActual.indicator_id.in_([indicator.id for indicator in indicators]))
        .where(IndicatorActual.year.between(first, last), is_known)
        .subquery()
    )
    last_of = aliased(IndicatorActual, ranked)
    found: dict[str, dict[tuple[int, int], IndicatorActual]] = defaultdict(dict)
    for row in session.scalars(select(last_of).where(ranked.c.place == 1)):
        found[row.nature][row.indicator_id, row.year] = row
    return found[Nature.ACTUAL], found[Nature.EXPECTED]


def _of_year(
    indicator: SettledIndicator, year: int, targets: Targets, figures: Figures, expected: Figures, today: date
) -> Standing:
    target, figure = targets.get((indicator.id, year)), figures.get((indicator.id, year))
    return Standing(
        indicator=indicator,
        target=target.value if target else None,
        comparator=target.comparator if target else indicator.comparator,
        revision=target.revision if target else 0,
        done=figure.value if figure else None,
        figure=figure,
        ahead=expected.get((indicator.id, year)),
        pace=year_pace(indicator, target, year, figure.as_of if figure else today, today),
        base=_base(indicator, figures, year),
    )


def year_pace(indicator: SettledIndicator, target: AnnualTarget | None, year: int, on: date, today: date) -> Decimal:
    """Share of the year's way that should lie behind: held against the day of the figure; 1 once the year is over."""
    if today.year > year:
        return Decimal(1)
    if on.year < year:
        return Decimal(0)
    return elapsed_share(on, planned_quarters(indicator, target))


def planned_quarters(indicator: SettledIndicator, target: AnnualTarget | None) -> Sequence[Decimal]:
    """The quarters of the target where they bend the pace; an even split of a count is no plan."""
    if target is None or indicator.kind != "newly_added":
        return ()
    quarters = tuple(to_decimal(quarter) for quarter in target.quarters)
    return () if quarters == even_quarters(target.value, indicator.precision) else quarters


def _of_plan(indicator: SettledIndicator, plan: Plan, figures: Figures, today: date) -> Standing:
    """Against the plan's total: what the years brought together, or the value now."""
    known = [
        figures[key] for year in range(plan.first_year, plan.last_year + 1) if (key := (indicator.id, year)) in figures
    ]
    figure = known[-1] if known else None
    done = figure.value if figure else None
    if indicator.kind == "newly_added" and known:
        done = sum((row.value for row in known), Decimal(0))
    on = min(figure.as_of if figure else today, date(plan.last_year, 12, 31))
    pace = elapsed_of_years(on, plan.first_year, plan.last_year, elapsed_share(on))
    return Standing(
        indicator=indicator,
        target=indicator.total,
        comparator=indicator.comparator,
        revision=0,
        done=done,
        figure=figure,
        ahead=None,
        pace=Decimal(1) if today.year > plan.last_year else pace,
        base=_base(indicator, figures, plan.first_year),
        span="计划",
    )


def _base(indicator: SettledIndicator, figures: Figures, year: int) -> Decimal | None:
    before = figures.get((indicator.id, year - 1))
    return before.value if before and indicator.kind == "period_end" else None
