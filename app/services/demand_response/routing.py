"""What the rule proposes for a demand, and which demands look like it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.demand_response import Raised, Route, is_duplicate, is_hint, route
from app.models.demand import Demand
from app.services.demand_routes import demand_routes


def proposed(demand: Demand, locality: str) -> Route:
    text = f"{demand.title}，{demand.text}"
    return route(demand_routes(), demand.category, text, locality, is_urgent=demand.is_urgent)


def duplicates_of(session: Session, demand: Demand) -> list[Demand]:
    """Earlier demands of the firm that say the same and were not withdrawn or joined themselves."""
    routes = demand_routes()
    since = demand.raised_on - timedelta(days=routes.duplicate_days)
    earlier = session.scalars(
        select(Demand)
        .where(Demand.enterprise_id == demand.enterprise_id, Demand.category == demand.category)
        .where(Demand.id < demand.id, Demand.raised_on >= since)
        .where(Demand.state != "withdrawn", Demand.joined_to.is_(None))
        .order_by(Demand.id)
    )
    this = _raised(demand)
    return [one for one in earlier if is_duplicate(this, _raised(one), routes.likeness, routes.duplicate_days)]


def is_a_hint(session: Session, demand: Demand) -> bool:
    """Whether with this demand so many firms asked for the same category that the office should hear of it."""
    routes = demand_routes()
    since = demand.raised_on - timedelta(days=routes.hint_days)
    rows = session.execute(
        select(Demand.enterprise_id, Demand.raised_on).where(
            Demand.category == demand.category, Demand.raised_on >= since, Demand.state != "withdrawn"
        )
    )
    return is_hint(routes, [(row.enterprise_id, row.raised_on) for row in rows], demand.raised_on)


def _raised(demand: Demand) -> Raised:
    return Raised(demand.enterprise_id, demand.category, f"{demand.title}{demand.text}", demand.raised_on)
