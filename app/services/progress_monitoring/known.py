"""What is known of a unit's indicators before it reports: targets, accepted figures, and what the libraries count.

A figure counted by a library is that of the period's last day, for the city or for the locality; it is confirmed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.duties.lights import chinese_date
from app.duties.pace import DEFAULT_PACE, PacePolicy
from app.duties.progress_monitoring import Period
from app.duties.quantity import as_number, to_decimal
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.progress_monitoring import ProgressFigure
from app.queries.library_counts import counted, figure, per_locality
from app.queries.settled_indicators import SettledIndicator
from app.services.cases import Case
from app.services.library_counts import counts_of
from app.services.library_entry.rows import present_units
from app.services.progress_monitoring.scope import Asked
from app.terms import Nature, Source


@dataclass(frozen=True)
class Known:
    """last: of the period before in this year. current: told for this period already, by whom `current_source` says."""

    indicator: SettledIndicator
    target: Decimal | None = None
    comparator: str = "eq"
    quarters: Sequence[Decimal] = ()
    base: Decimal | None = None
    last: Decimal | None = None
    counted: Decimal | None = None
    current: Decimal | None = None
    current_source: str = ""
    current_as_of: date | None = None
    pace: PacePolicy = DEFAULT_PACE

    @property
    def value(self) -> Decimal | None:
        """What the form begins with."""
        return self.current if self.counted is None else self.counted

    def mark(self, period: Period) -> str:
        """Where that is from."""
        if self.counted is not None:
            return f"台账自动计数，截至{chinese_date(period.ends_on)}"
        return f"已登记，截至{chinese_date(self.current_as_of)}" if self.current_as_of else ""

    def facts(self) -> dict[str, Any]:
        """As the rules read it."""
        row = self.indicator
        return {
            "no": row.number,
            "name": row.name,
            "unit": row.unit,
            "kind": row.kind,
            "precision": row.precision,
            "comparator": self.comparator,
            "target": self.target,
            "quarters": self.quarters,
            "base": self.base,
            "last": self.last,
            "counted": self.counted,
            "basis": row.basis,
            "pace": self.pace,
        }

    def shown(self, period: Period) -> dict[str, Any]:
        """A row of the form; nothing where nothing is known."""
        row = self.indicator
        told = {
            "no": row.number,
            "name": row.name,
            "unit": row.unit,
            "target": _number(self.target),
            "last_value": _number(self.last),
            "value": _number(self.value),
            "prefill_note": self.mark(period) or None,
            "basis": row.basis,
            "source": Source.LEDGER.value if self.counted is not None else self.current_source or None,
        }
        return {name: value for name, value in told.items() if value is not None}


def known_figures(case: Case, period: Period, asked: Asked) -> dict[int, Known]:
    """By number, in the form's order, with the rules of pace that hold at the period's end."""
    pace = case.house.rules(case.connection).pace(period.ends_on)
    return {number: replace(known, pace=pace) for number, known in _known(case, period, asked).items()}


def _known(case: Case, period: Period, asked: Asked) -> dict[int, Known]:
    ids = {row.id: row for row in asked.indicators}
    last = _last_reported(case, period, ids)
    counts = _counts(case, period, asked)
    if asked.shares is not None:
        shares = asked.shares
        return {
            row.number: Known(
                row, shares[row.number], row.comparator, last=last.get(row.id), counted=counts.get(row.number)
            )
            for row in asked.indicators
        }
    targets, actuals = _targets(case, period.year, ids), _actuals(case, period, ids)
    return {row.number: _of_city(row, period, targets, actuals, last, counts) for row in asked.indicators}


def _of_city(
    row: SettledIndicator,
    period: Period,
    targets: Mapping[int, AnnualTarget],
    actuals: Mapping[int, list[IndicatorActual]],
    last: Mapping[int, Decimal],
    counts: Mapping[int, Decimal],
) -> Known:
    target, rows = targets.get(row.id), actuals.get(row.id, [])
    base = next((one.value for one in reversed(rows) if one.year < period.year), None)
    own = [one for one in rows if one.year == period.year]
    before = [one.value for one in own if one.as_of < period.begins_on and one.nature == Nature.ACTUAL]
    now = [one for one in own if period.begins_on <= one.as_of <= period.ends_on and one.source != Source.LEDGER]
    current = now[-1] if now else None
    return Known(
        indicator=row,
        target=target.value if target else None,
        comparator=target.comparator if target else row.comparator,
        quarters=tuple(map(to_decimal, target.quarters)) if target else (),
        base=base,
        last=last.get(row.id, before[-1] if before else None),
        counted=counts.get(row.number),
        current=current.value if current else None,
        current_source=current.source if current else "",
        current_as_of=current.as_of if current else None,
    )


def _last_reported(case: Case, period: Period, ids: Collection[int]) -> dict[int, Decimal]:
    """What the unit told for an earlier period of the year; the last correction counts."""
    wanted = (
        ProgressFigure.indicator_id.in_(ids),
        ProgressFigure.year == period.year,
        ProgressFigure.as_of < period.ends_on,
        ProgressFigure.unit_id == case.instance.unit_id,
    )
    rows = case.session.scalars(select(ProgressFigure).where(*wanted).order_by(ProgressFigure.as_of, ProgressFigure.id))
    return {row.indicator_id: row.value for row in rows}


def _targets(case: Case, year: int, ids: Collection[int]) -> dict[int, AnnualTarget]:
    """The highest revision wins."""
    wanted = (AnnualTarget.indicator_id.in_(ids), AnnualTarget.year == year)
    rows = case.session.scalars(select(AnnualTarget).where(*wanted).order_by(AnnualTarget.revision))
    return {row.indicator_id: row for row in rows}


def _actuals(case: Case, period: Period, ids: Collection[int]) -> dict[int, list[IndicatorActual]]:
    """Of this year and the last, the oldest first."""
    wanted = (IndicatorActual.indicator_id.in_(ids), IndicatorActual.year.in_((period.year - 1, period.year)))
    order = (IndicatorActual.as_of, IndicatorActual.id)
    found: dict[int, list[IndicatorActual]] = {}
    for row in case.session.scalars(select(IndicatorActual).where(*wanted).order_by(*order)):
        found.setdefault(row.indicator_id, []).append(row)
    return found


def _counts(case: Case, period: Period, asked: Asked) -> dict[int, Decimal]:
    """Of the indicators that a library has counted in this year; one that was never counted is told by its unit."""
    counts = counts_of(case.house, asked.plan_key)
    wanted = {row.id: row for row in asked.indicators if row.number in counts}
    is_counted = (
        IndicatorActual.indicator_id.in_(wanted),
        IndicatorActual.year == period.year,
        IndicatorActual.source == Source.LEDGER.value,
    )
    counted_ids = set(case.session.scalars(select(IndicatorActual.indicator_id).where(*is_counted)))
    rows, chains = [row for id_, row in wanted.items() if id_ in counted_ids], case.house.chains.names
    if not asked.is_locality:
        return {row.number: figure(case.session, counts[row.number], period.ends_on, chains) for row in rows}
    present = present_units(case.session)
    homes = {present[unit] for unit in (case.instance.unit_id, *case.rows("inherited")) if unit}
    found = {}
    for row in rows:
        places = per_locality(counted(case.session, counts[row.number], period.ends_on, chains))
        found[row.number] = Decimal(sum(count for place, count in places.items() if present[place] in homes))
    return found


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else as_number(value)
