"""What is known of an indicator before its unit reports: accepted figures, the library's count, the year's target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.december_report_figures import Attainment, Kind, expected_ratio
from app.duties.lights import chinese_date
from app.duties.pace import DEFAULT_PACE, PacePolicy, indicator_light
from app.duties.quantity import plain
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.queries.rule_tables import in_force
from app.queries.settled_indicators import SettledIndicator
from app.services.december_report.scope import Scope
from app.terms import Nature, Source

MONTHS = Decimal(12)


@dataclass(frozen=True)
class Known:
    """audited: the last accepted figure of the year that was not counted; counted: the library's last count.

    base: the value at the end of last year. target: of the year, for the city or for the locality that reports. pace:
    the rules of the year.
    """

    audited: IndicatorActual | None = None
    counted: IndicatorActual | None = None
    base: IndicatorActual | None = None
    target: Decimal | None = None
    comparator: str = "eq"
    kind: Kind = "newly_added"
    pace: PacePolicy = DEFAULT_PACE

    @property
    def latest(self) -> IndicatorActual | None:
        """What the form begins with; of the same day, the count."""
        rows = [row for row in (self.audited, self.counted) if row is not None]
        return max(rows, key=lambda row: (row.as_of, row is self.counted), default=None)

    @property
    def mark(self) -> str:
        """Where that comes from: 运行监测，截至2024年11月30日，已核实."""
        row = self.latest
        if row is None:
            return ""
        origin = "台账自动计数" if row.source == Source.LEDGER else "运行监测"
        return f"{origin}，截至{chinese_date(row.as_of)}，{'预计数' if row.nature == Nature.EXPECTED else '已核实'}"

    @property
    def attainment(self) -> Attainment | None:
        """How far the latest figure reaches; None without a figure or a target."""
        return None if self.latest is None else self.attained(self.latest.value)

    def attained(self, value: Decimal) -> Attainment | None:
        return None if self.target is None else expected_ratio(value, self.target, self.kind, self.comparator)

    @property
    def is_met(self) -> bool:
        return self.attainment is not None and self.attainment.is_met

    @property
    def light(self) -> str:
        """The code word of the light at the pace of the latest figure's month; empty without a target."""
        if self.target is None:
            return ""
        row = self.latest
        shown = indicator_light(
            row.value if row else None,
            self.target,
            row.as_of.month / MONTHS if row else Decimal(1),
            self.kind,
            self.comparator,
            base=self.base.value if self.base else None,
            policy=self.pace,
        )
        return shown.light.value


def known_figures(
    session: Session, year: int, scope: Scope, besides: str, counts: Mapping[int, IndicatorActual]
) -> dict[int, Known]:
    """By number of the indicator, for all that the scope names. besides: an instance whose own figures do not count.

    A locality's figures are its own, of which its share of the target is known, and what the libraries count there.
    """
    if scope.kind == "locality":
        return {row.number: _share(row, scope.shares[row.number], counts.get(row.number)) for row in scope.led}
    return city_figures(session, year, [*scope.led, *scope.shared], besides)


def city_figures(
    session: Session, year: int, indicators: Sequence[SettledIndicator], besides: str = ""
) -> dict[int, Known]:
    numbers = {row.id: row.number for row in indicators}
    found: dict[int, dict[str, Any]] = {
        row.number: {"comparator": row.comparator, "kind": row.kind} for row in indicators
    }
    for row in _actuals(session, year, numbers):
        if row.year < year:
            found[numbers[row.indicator_id]]["base"] = row
        elif row.instance_id is None or row.instance_id != besides:
            kind = "counted" if row.source == Source.LEDGER else "audited"
            found[numbers[row.indicator_id]][kind] = row
    for number, target in _targets(session, year, numbers).items():
        found[number] |= {"target": target.value, "comparator": target.comparator}
    pace = in_force(session).pace(date(year, 12, 31))
    return {number: Known(pace=pace, **parts) for number, parts in found.items()}


def as_number(value: Decimal) -> int | float:
    """As JSON and the forms have it."""
    return int(value) if value == value.to_integral_value() else float(value)


def figure_facts(indicator: SettledIndicator, known: Known) -> dict[str, Any]:
    """The row of `figures` as the duty's rules read it."""
    return {
        "no": indicator.number,
        "name": indicator.name,
        "unit": indicator.unit,
        "kind": indicator.kind,
        "precision": indicator.precision,
        "comparator": known.comparator,
        "target": known.target,
        "prefill": known.latest.value if known.latest else None,
        "counted": known.counted.value if known.counted else None,
        "last_accepted": known.audited.value if known.audited else None,
        "base": known.base.value if known.base else None,
    }


def is_superseded(row: IndicatorActual | None, as_of: date, nature: str) -> bool:
    """True when the accepted row is later than such a figure: of a later day, or final where this is expected."""
    if row is None:
        return False
    return (row.as_of, row.nature == Nature.ACTUAL) > (as_of, nature == Nature.ACTUAL)


def with_unit(value: Decimal, unit: str) -> str:
    return f"{plain(value)}{unit}"


def _share(indicator: SettledIndicator, target: Decimal, counted: IndicatorActual | None) -> Known:
    return Known(counted=counted, target=target, comparator=indicator.comparator, kind=cast(Kind, indicator.kind))


def _actuals(session: Session, year: int, numbers: Mapping[int, int]) -> Iterable[IndicatorActual]:
    """Of this year and the last, the oldest first."""
    wanted = IndicatorActual.indicator_id.in_(numbers), IndicatorActual.year.in_((year - 1, year))
    order = (IndicatorActual.as_of, IndicatorActual.id)
    return session.scalars(select(IndicatorActual).where(*wanted).order_by(*order))


def _targets(session: Session, year: int, numbers: Mapping[int, int]) -> dict[int, AnnualTarget]:
    """The highest revision wins."""
    wanted = AnnualTarget.indicator_id.in_(numbers), AnnualTarget.year == year
    rows = session.scalars(select(AnnualTarget).where(*wanted).order_by(AnnualTarget.revision))
    return {numbers[row.indicator_id]: row for row in rows}
