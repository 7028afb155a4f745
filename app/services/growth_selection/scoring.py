"""The profile of many enterprises at once, and their scores: four queries, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.growth_selection import Score, growth_score, profile_of
from app.models.enterprise import Enterprise, EnterpriseYear
from app.services.library_entry.rows import titles_of

YEARS_BACK = 3


@dataclass(frozen=True)
class Scored:
    """is_updated: the figures of the closed year are there."""

    enterprise: Enterprise
    score: Score
    is_updated: bool


def scored(
    session: Session,
    enterprises: Sequence[Enterprise],
    year: int,
    chains: Collection[str],
    weights: Mapping[str, Decimal],
) -> list[Scored]:
    """The enterprises with their scores for a selection of the year, best first."""
    codes = [row.id for row in enterprises]
    figures, titles = _figures(session, codes, year), titles_of(session, codes)
    found = [
        Scored(
            row,
            growth_score(
                profile_of(
                    figures.get(row.id, {}), year - 1, chain=row.chain, chains=chains, titles=titles.get(row.id, ())
                ),
                weights,
            ),
            is_updated=year - 1 in figures.get(row.id, {}),
        )
        for row in enterprises
    ]
    return sorted(found, key=lambda one: (-one.score.total, one.enterprise.id))


def in_library(session: Session, localities: Collection[str]) -> Sequence[Enterprise]:
    wanted = (Enterprise.library_since.is_not(None), Enterprise.locality_id.in_(localities))
    return session.scalars(select(Enterprise).where(*wanted).order_by(Enterprise.id)).all()


def _figures(session: Session, codes: Collection[str], year: int) -> dict[str, dict[int, Mapping[str, object]]]:
    wanted = (EnterpriseYear.enterprise_id.in_(codes), EnterpriseYear.year.between(year - YEARS_BACK, year - 1))
    found: dict[str, dict[int, Mapping[str, object]]] = {}
    for row in session.scalars(select(EnterpriseYear).where(*wanted)):
        found.setdefault(row.enterprise_id, {})[row.year] = row.figures
    return found
