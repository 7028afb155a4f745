"""质量加分: what a unit's published cases add to its quality in the yearly assessment, each with its ground."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.typical_case import MOST_BONUS
from app.models.typical_case import QualityBonus


def bonus_of(session: Session, year: int) -> Mapping[str, Decimal]:
    """By unit, at most what one may earn in a year."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in bonus_rows(session, year):
        sums[row.unit_id] += row.points
    return {unit: min(points, MOST_BONUS) for unit, points in sums.items()}


def bonus_rows(session: Session, year: int, unit_id: str | None = None) -> Sequence[QualityBonus]:
    """Each event that stands, in the order it was given; of one unit or of all."""
    wanted = select(QualityBonus).where(QualityBonus.year == year, QualityBonus.removed_on.is_(None))
    if unit_id is not None:
        wanted = wanted.where(QualityBonus.unit_id == unit_id)
    return session.scalars(wanted.order_by(QualityBonus.given_on, QualityBonus.source_key)).all()
