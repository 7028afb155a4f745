"""What each closed year brought, by indicator: its last accepted figure (实际), with where it comes from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.lights import chinese_date
from app.duties.registry import DUTIES
from app.models.actual import IndicatorActual
from app.models.process import ProcessInstance
from app.terms import Nature, Source


@dataclass(frozen=True)
class YearFigure:
    """value: newly added in the year, or the value at its end. origin: the duty that brought it, or the source."""

    year: int
    value: Decimal
    as_of: date
    source: str
    origin: str

    @property
    def mark(self) -> str:
        """What stands beside a field that is filled with it."""
        return f"{self.origin}，{chinese_date(self.as_of)}，已核实"


def year_figures(
    session: Session, indicator_ids: Collection[int], first: int, before: int
) -> dict[int, dict[int, YearFigure]]:
    """By indicator id and year, for the years from first to the one before `before`; a later figure of a year wins."""
    rows = session.execute(
        select(IndicatorActual, ProcessInstance.duty)
        .outerjoin(ProcessInstance, ProcessInstance.id == IndicatorActual.instance_id)
        .where(IndicatorActual.indicator_id.in_(indicator_ids))
        .where(IndicatorActual.year >= first, IndicatorActual.year < before)
        .where(IndicatorActual.nature == Nature.ACTUAL)
        .order_by(IndicatorActual.as_of, IndicatorActual.id)
    )
    found: dict[int, dict[int, YearFigure]] = {id_: {} for id_ in indicator_ids}
    for row, duty in rows:
        origin = DUTIES[duty].name if duty in DUTIES else Source(row.source).label
        found[row.indicator_id][row.year] = YearFigure(row.year, row.value, row.as_of, row.source, origin)
    return found
