"""Opens the selection of a year; what the plan promises says how many enterprises it takes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.library_counts import NO_COUNTS, Count
from app.errors import RuleViolation
from app.models.organization import UnitFunction
from app.models.plan import Commitment
from app.queries.settled_indicators import plan_of_year
from app.services.assignment import present_unit, unit_with
from app.services.cases import Start
from app.services.growth_selection.rows import SELECTION
from app.services.house import House

LEAD, CO = "growth.lead", "growth.co"
USUAL_NUMBER = Decimal(100)
SELECTED = Count("growth", ("selected",))


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {year}. Raises RuleViolation."""
    text = str(variables.get("year", ""))
    if not text.isdecimal():
        raise RuleViolation("year", "请填写年度，例如 2023")
    year = int(text)
    plan_of_year(session, year)
    connection, key = session.connection(), f"{SELECTION}:{year}"
    functions = select(UnitFunction.unit_id).where(UnitFunction.function == CO).order_by(UnitFunction.unit_id)
    others = dict.fromkeys(present_unit(connection, unit) for unit in session.scalars(functions))
    return Start(
        SELECTION,
        key,
        f"{year}年高成长企业遴选",
        year,
        unit_with(connection, LEAD),
        data={
            "selection_key": key,
            "units": {unit: {} for unit in others},
            "experts": {},
            "panel": False,
            "replacements": 0,
            "notice_key": "",
            "notice_days": 0,
            "outcome": "",
        },
    )


def promised(session: Session, house: House, year: int) -> Commitment | None:
    """The plan's promise that this selection fulfils, such as 每年遴选100家左右."""
    plan = plan_of_year(session, year)
    counted = house.counts.get(plan.key, NO_COUNTS).commitments
    keys = [key for key, count in counted.items() if count == SELECTED]
    wanted = (Commitment.plan_id == plan.id, Commitment.key.in_(keys))
    return session.scalars(select(Commitment).where(*wanted)).first()


def number_promised(session: Session, house: House, year: int) -> Decimal:
    commitment = promised(session, house, year)
    return commitment.value if commitment else USUAL_NUMBER
