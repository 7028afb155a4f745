"""The plan as programs list it: plans, indicators, measures, and the units that carry them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.organization import Unit
from app.models.plan import Indicator, Measure, Plan
from app.queries.paging import Page, page


def plans_page(session: Session, cursor: str | None, limit: int) -> Page[Plan]:
    return page(session, select(Plan), (Plan.id,), cursor, limit)


def indicators_page(session: Session, plan_key: str | None, cursor: str | None, limit: int) -> Page[Indicator]:
    statement = select(Indicator).join(Plan, Plan.id == Indicator.plan_id)
    if plan_key is not None:
        statement = statement.where(Plan.key == plan_key)
    return page(session, statement, (Indicator.plan_id, Indicator.number), cursor, limit)


def measures_page(session: Session, plan_key: str | None, cursor: str | None, limit: int) -> Page[Measure]:
    statement = select(Measure).join(Plan, Plan.id == Measure.plan_id)
    if plan_key is not None:
        statement = statement.where(Plan.key == plan_key)
    return page(session, statement, (Measure.plan_id, Measure.number), cursor, limit)


def units_page(session: Session, cursor: str | None, limit: int) -> Page[Unit]:
    return page(session, select(Unit), (Unit.position, Unit.id), cursor, limit)


def plan_keys(session: Session) -> dict[int, str]:
    return dict(session.execute(select(Plan.id, Plan.key)).all())
