"""How a service month is opened: by the calendar on 1 June, or by the office, once a year of the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import RuleViolation
from app.models.organization import Unit
from app.models.plan import Plan
from app.queries.settled_indicators import plan_of_year
from app.services.cases import Start
from app.services.house import House
from app.services.library_calendar import Due
from app.services.service_month.rows import MONTH
from app.workdays import Calendar

OPENS = (6, 1)  # PP: held in September
MOST_UNITS = 50


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {year}. Raises RuleViolation."""
    text = str(variables.get("year", ""))
    if not text.isdecimal():
        raise RuleViolation("year", "请填写年度，例如 2023")
    year, key = int(text), f"{MONTH}:{int(text)}"
    plan_of_year(session, year)
    units = session.scalars(
        select(Unit.id).where(Unit.kind != "body", Unit.ended_on.is_(None)).order_by(Unit.position).limit(MOST_UNITS)
    )
    data = {"month_key": key, "units": {unit: {} for unit in units}, "outcome": ""}
    return Start(MONTH, key, f"{year}年专精特新企业服务月", year, data=data)


def due_in(session: Session, calendar: Calendar, year: int) -> Iterator[Due]:
    """On the first working day of June in each year of a plan that was issued by then."""
    day = calendar.first_on_or_after(date(year, *OPENS))
    covers = (Plan.first_year <= year, Plan.last_year >= year, Plan.issued_on <= day)
    if session.scalars(select(Plan.id).where(*covers)).first() is not None:
        yield Due(MONTH, MONTH, day)
