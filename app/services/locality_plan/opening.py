"""How a locality's plan is opened: after the city's plan, after the targets of a year, or to amend the filed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleViolation
from app.models.annual_target import AnnualTarget, TargetBreakdown
from app.models.locality_plan import LocalityPlan
from app.models.organization import Unit
from app.models.plan import Plan
from app.models.process import ProcessInstance
from app.queries.actor import Actor
from app.queries.settled_indicators import plan_of_year
from app.services.cases import Start
from app.services.house import House
from app.services.library_calendar import Due
from app.services.locality_plan.rows import PROCESS
from app.terms import InstanceStatus, Role
from app.workdays import Calendar


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {locality, year, since?} for an edition, {locality, year, amend: true} for a revision of it.

    year: the plan's first for the edition of the whole period. Raises RuleViolation.
    """
    unit, plan = _locality(session, variables), plan_of_year(session, _year(variables))
    year = _year(variables)
    last = session.scalars(
        select(LocalityPlan).where(LocalityPlan.unit_id == unit.id).order_by(LocalityPlan.id.desc())
    ).first()
    if variables.get("amend"):
        return _revision(session, unit, last)
    is_first = year == plan.first_year
    edition = f"{plan.first_year}-{plan.last_year}" if is_first else str(year)
    since = str(variables.get("since") or (plan.issued_on if is_first else clock.today()))
    return _start(unit, edition, year, since, is_first=is_first, revision=1)


def targets_issued(session: Session, house: House, told: Mapping[str, Any]) -> Start | None:
    """The message of annual targets, for one locality: key is the locality's id; told: {year}."""
    return opening(session, house, {"locality": told["key"], "year": told["year"]})


def may_open(actor: Actor, start: Start) -> bool:
    """The office; and the locality's contact, to amend its own."""
    is_revision = start.business_key.rpartition(":")[2].startswith("r")
    return actor.has(Role.OFFICE) or (is_revision and f"contact:{start.unit_id}" in actor.principals)


def due_in(session: Session, calendar: Calendar, year: int) -> Iterator[Due]:
    """The first edition after the plan, and each year's after its targets were divided."""
    plan = session.scalars(
        select(Plan).where(Plan.first_year <= year, Plan.last_year >= year).order_by(Plan.id.desc())
    ).first()
    if plan is None:
        return
    if year == plan.first_year:
        day = calendar.first_on_or_after(plan.issued_on)
        kinds = Unit.kind.in_(("county", "functional_zone"))
        for unit in session.scalars(select(Unit.id).where(kinds, Unit.ended_on.is_(None)).order_by(Unit.position)):
            yield Due(f"{PROCESS}:{unit}", PROCESS, day, {"locality": unit, "since": plan.issued_on.isoformat()})
        return
    for unit, day in _divided(session, year):
        yield Due(f"{PROCESS}:{unit}", PROCESS, day, {"locality": unit, "since": day.isoformat()})


def _divided(session: Session, year: int) -> Iterator[tuple[str, date]]:
    """Localities with a share of the year's targets, and the day on which these came into force."""
    issued = session.scalar(select(func.min(AnnualTarget.approved_at)).where(AnnualTarget.year == year))
    if issued is None:
        return
    units = select(TargetBreakdown.unit_id).where(TargetBreakdown.year == year).distinct()
    localities = Unit.kind.in_(("county", "functional_zone"))
    wanted = select(Unit.id).where(Unit.id.in_(units), localities, Unit.ended_on.is_(None)).order_by(Unit.position)
    for unit in session.scalars(wanted):
        yield unit, clock.local(issued).date()


def _revision(session: Session, unit: Unit, last: LocalityPlan | None) -> Start:
    if last is None:
        raise RuleViolation("locality", f"{unit.short_name}还没有备案的工作方案")
    if _is_open(session, last.instance_id):
        raise RuleViolation("locality", f"{unit.short_name}的工作方案正在办理，请办结后再修订")
    since = clock.today().isoformat()
    return _start(unit, last.edition, last.year, since, is_first=False, revision=last.revision + 1)


def _is_open(session: Session, instance_id: str) -> bool:
    where = (ProcessInstance.id == instance_id, ProcessInstance.status == InstanceStatus.ACTIVE.value)
    return bool(session.scalar(select(func.count()).select_from(ProcessInstance).where(*where)))


def _start(unit: Unit, edition: str, year: int, since: str, *, is_first: bool, revision: int) -> Start:
    place = unit.code or unit.id
    key = f"{PROCESS}:{place}:{edition}" + (f":r{revision}" if revision > 1 else "")
    data = {
        "locality_key": place,
        "unit_key": unit.id,
        "is_first": is_first,
        "ask_departments": False,
        "departments": {},
        "round": 1,
        "outcome": "",
    }
    name = f"{edition.replace('-', '—')}年工作方案：{unit.short_name}" + (f"（第{revision}版）" if revision > 1 else "")
    rows = {("edition", ""): {"edition": edition, "since": since, "is_first": is_first, "revision": revision}}
    return Start(PROCESS, key, name, year, unit.id, data=data, rows=rows)


def _year(variables: Mapping[str, Any]) -> int:
    text = str(variables.get("year", ""))
    if not text.isdecimal():
        raise RuleViolation("year", "请填写年度，例如 2023")
    return int(text)


def _locality(session: Session, variables: Mapping[str, Any]) -> Unit:
    unit = session.get(Unit, str(variables.get("locality", "")))
    if unit is None or not unit.is_locality or unit.ended_on is not None:
        raise RuleViolation("locality", "请选择县（市、区）或功能区")
    return unit
