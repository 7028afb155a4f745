"""One indicator's page: how its figure grew, every figure and target there was, and how targets were divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget, TargetBreakdown
from app.models.organization import Unit
from app.terms import Nature


@dataclass(frozen=True)
class Share:
    """A locality's part of a target that was divided."""

    unit: str
    value: Decimal


def growth(session: Session, indicator_id: int, year: int, until: date) -> list[IndicatorActual]:
    """The accepted figures of a year, one a day, in the order of their days."""
    where = (IndicatorActual.indicator_id == indicator_id, IndicatorActual.year == year)
    rows = session.scalars(
        select(IndicatorActual)
        .where(*where, IndicatorActual.nature == Nature.ACTUAL, IndicatorActual.as_of <= until)
        .order_by(IndicatorActual.as_of, IndicatorActual.id)
    )
    return list({row.as_of: row for row in rows}.values())


def figures(session: Session, indicator_id: int, year: int) -> Sequence[IndicatorActual]:
    """Everything that was recorded of an indicator's year, the latest first."""
    rows = select(IndicatorActual).where(IndicatorActual.indicator_id == indicator_id, IndicatorActual.year == year)
    return session.scalars(rows.order_by(IndicatorActual.as_of.desc(), IndicatorActual.id.desc())).all()


def targets(session: Session, indicator_id: int) -> Sequence[AnnualTarget]:
    """Every target that was ever set for an indicator, the latest first."""
    rows = select(AnnualTarget).where(AnnualTarget.indicator_id == indicator_id)
    return session.scalars(rows.order_by(AnnualTarget.year.desc(), AnnualTarget.revision.desc())).all()


def shares(session: Session, indicator_id: int) -> Mapping[int, Sequence[Share]]:
    """By year, how the target was divided among localities, in the newest revision of each."""
    rows = session.execute(
        select(TargetBreakdown, Unit.short_name)
        .join(Unit, Unit.id == TargetBreakdown.unit_id)
        .where(TargetBreakdown.indicator_id == indicator_id)
        .order_by(TargetBreakdown.year, TargetBreakdown.revision, Unit.position)
    )
    newest: dict[int, dict[str, Share]] = {}
    for row, name in rows:
        newest.setdefault(row.year, {})[row.unit_id] = Share(name, row.value)
    return {year: list(found.values()) for year, found in newest.items()}
