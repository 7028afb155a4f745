"""Opens the list of a year: the plan's own for its first year, one that is collected for the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.errors import RuleViolation
from app.models.organization import Unit
from app.models.plan import Matter, Plan
from app.queries.settled_indicators import plan_of_year
from app.services.assignment import unit_with
from app.services.cases import Start
from app.services.house import House
from app.services.library_calendar import Due
from app.services.practical_matter.rows import LIST
from app.workdays import Calendar

OPENS = (3, 1)
USUAL_LEAD = "recognition"  # the unit with this function leads what the plan gives to no single one
MOST_DEPARTMENTS = 50


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {year, lead?}; lead: of the matters of the plan's annex that name none. Raises RuleViolation."""
    text = str(variables.get("year", ""))
    if not text.isdecimal():
        raise RuleViolation("year", "请填写年度，例如 2023")
    year = int(text)
    plan = plan_of_year(session, year)
    key = f"{LIST}:{year}"
    is_adopted = year == plan.first_year and _has_annex(session, plan)
    return Start(
        LIST,
        key,
        f"{year}年办实事清单",
        year,
        data={
            "list_key": key,
            "is_adopted_list": is_adopted,
            "departments": {} if is_adopted else {unit: {} for unit in _departments(session)},
            "units": {},
            "outcome": "",
        },
        rows={("opened", ""): {"lead": _lead(session, variables)}},
    )


def due_in(session: Session, calendar: Calendar, year: int) -> Iterator[Due]:
    """1 March; in the plan's first year with the plan, whose annex is adopted."""
    wanted = select(Plan).where(Plan.first_year <= year, Plan.last_year >= year).order_by(Plan.id.desc())
    plan = session.scalars(wanted).first()
    if plan is not None:
        day = plan.issued_on if year == plan.first_year else date(year, *OPENS)
        yield Due(LIST, LIST, calendar.first_on_or_after(day))


def _has_annex(session: Session, plan: Plan) -> bool:
    return bool(session.scalar(select(exists().where(Matter.plan_id == plan.id, Matter.year == plan.first_year))))


def _departments(session: Session) -> list[str]:
    rows = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return [unit.id for unit in rows if unit.reports and not unit.is_locality][:MOST_DEPARTMENTS]


def _lead(session: Session, variables: Mapping[str, Any]) -> str:
    named = str(variables.get("lead") or "")
    if not named:
        return unit_with(session.connection(), USUAL_LEAD)
    unit = session.get(Unit, named)
    if unit is None or unit.ended_on is not None or unit.kind == "body":
        raise RuleViolation("lead", "请选择牵头单位")
    return named
