"""What the sign-in page shows: the plan in three figures, and the accounts of a demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models.organization import OFFICE, Unit
from app.models.person import Person
from app.models.plan import Indicator, Measure, Plan


@dataclass(frozen=True)
class PlanCard:
    """name: short, without its years. office: full name of the office that drives it. number: of the paper."""

    name: str
    office: str
    number: str
    indicators: int
    measures: int
    units: int


def plan_card(session: Session) -> PlanCard | None:
    """The plan that was loaded last; None before any."""
    plan = session.scalar(select(Plan).order_by(Plan.id.desc()).limit(1))
    if plan is None:
        return None
    taking_part = (Unit.kind != "body", Unit.ended_on.is_(None))
    return PlanCard(
        name=plan.short_title.partition("（")[0],
        office=session.scalar(select(Unit.name).where(Unit.id == OFFICE)) or "",
        number=plan.number,
        indicators=_count(session, Indicator.plan_id == plan.id),
        measures=_count(session, Measure.plan_id == plan.id),
        units=_count(session, *taking_part),
    )


def demonstration_accounts(session: Session) -> Sequence[Person]:
    """Everybody of a demonstration, the most used first."""
    statement = (
        select(Person)
        .where(Person.is_active)
        .options(joinedload(Person.unit), selectinload(Person.roles))
        .order_by(Person.id)
    )
    return session.scalars(statement).all()


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0
