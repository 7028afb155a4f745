"""How an assessment is opened: by the calendar on the first working day after 10 January, or by the office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.duties.assessment import opening_day
from app.errors import RuleViolation
from app.models.plan import Plan
from app.queries.settled_indicators import plan_of_year
from app.services.assessment.rows import CAMPAIGN
from app.services.cases import Start
from app.services.house import House
from app.services.library_calendar import Due
from app.workdays import Calendar


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {year}, the year that is assessed. Raises RuleViolation."""
    year = variables.get("year")
    if not isinstance(year, int):
        raise RuleViolation("year", "请填写年度")
    plan_of_year(session, year)
    if clock.today().year <= year:
        raise RuleViolation("year", "年度结束后才能考核")
    key = f"{CAMPAIGN}:{year}"
    data = {"assessment_key": key, "rules_changed": False, "outcome": ""}
    return Start(CAMPAIGN, key, f"{year}年度考核", year, data=data)


def due_in(session: Session, calendar: Calendar, year: int) -> Iterator[Due]:
    """In this year: the assessment of the year before, where a plan covered it."""
    covered = select(Plan.id).where(Plan.first_year <= year - 1, Plan.last_year >= year - 1)
    if session.scalars(covered).first() is not None:
        yield Due(f"{CAMPAIGN}:{year - 1}", CAMPAIGN, opening_day(year - 1, calendar), {"year": year - 1})
