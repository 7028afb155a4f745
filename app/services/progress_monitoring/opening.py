"""How a report is opened: by the calendar for each unit after its period, or to correct one recorded figure (更正)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.duties.progress_monitoring import Period, periods_of
from app.errors import RuleViolation
from app.models.organization import Unit
from app.models.plan import Indicator, Plan
from app.models.process import ProcessInstance
from app.models.progress_monitoring import ProgressFigure, ProgressReport
from app.queries.actor import Actor
from app.services.cases import Start
from app.services.house import House
from app.services.library_calendar import Due
from app.services.progress_monitoring.rows import PROCESS, Row
from app.services.progress_monitoring.scope import reporting_units
from app.terms import Role
from app.workdays import Calendar

SHORTEST_REASON = 2


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {period, unit}, or {period, unit, correct, reason} for a figure's number. Raises RuleViolation."""
    period, unit = _period(variables), _unit(session, variables)
    if variables.get("correct") not in (None, ""):
        return _correction(session, period, unit, variables)
    if clock.today() <= period.ends_on:
        raise RuleViolation("period", f"{period.name}尚未结束")
    return report_start(period, unit)


def report_start(
    period: Period, unit: Unit, suffix: str = "", rows: Mapping[tuple[str, str], Mapping[str, Any]] | None = None
) -> Start:
    """suffix: what tells a second report of the same unit and period apart."""
    key = f"{PROCESS}:{period.text}:{unit.id}{suffix}"
    data = {
        "submission_key": key,
        "row_count": 0,
        "behind_count": 0,
        "round": 1,
        "needs_check": False,
        "outcome": "",
    }
    title = f"{period.name}运行监测：{unit.short_name}"
    return Start(PROCESS, key, title, period.year, unit.id, data=data, rows=rows or {})


def may_open(actor: Actor, start: Start) -> bool:
    """The office; and the unit's contact, to correct what it told."""
    is_correction = ("correcting", "") in start.rows
    return actor.has(Role.OFFICE) or (is_correction and f"contact:{start.unit_id}" in actor.principals)


def due_in(session: Session, calendar: Calendar, year: int) -> Iterator[Due]:
    """What the calendar opens in a year: the quarters of this one, and in January the whole of the last."""
    for period in [Period(year - 1, 4), *periods_of(year)[:3]]:
        plan = session.scalars(
            select(Plan).where(Plan.first_year <= period.year, Plan.last_year >= period.year).order_by(Plan.id.desc())
        ).first()
        if plan is None or period.ends_on < plan.issued_on:
            continue
        day = period.opens_on(calendar)
        if day <= clock.today():
            for unit in reporting_units(session, period):
                yield Due(f"{PROCESS}:{period.text}:{unit.id}", PROCESS, day, {"period": period.text, "unit": unit.id})


def _correction(session: Session, period: Period, unit: Unit, variables: Mapping[str, Any]) -> Start:
    reason = str(variables.get("reason") or "").strip()
    if len(reason) < SHORTEST_REASON:
        raise RuleViolation("reason", "请说明更正的原因")
    number = int(variables["correct"]) if str(variables["correct"]).isdecimal() else 0
    figure = session.scalars(
        select(ProgressFigure)
        .join(Indicator, Indicator.id == ProgressFigure.indicator_id)
        .where(ProgressFigure.period == period.text, ProgressFigure.unit_id == unit.id, Indicator.number == number)
        .order_by(ProgressFigure.id.desc())
    ).first()
    if figure is None:
        raise RuleViolation("correct", "该期没有登记过这项指标，无须更正")
    _refuse_second(session, period, unit)
    times = session.scalar(
        select(func.count())
        .select_from(ProgressReport)
        .where(ProgressReport.period == period.text, ProgressReport.unit_id == unit.id)
    )
    rows: dict[tuple[str, str], Row] = {("correcting", ""): {"number": number, "reason": reason, "of": figure.id}}
    start = report_start(period, unit, f":c{times}", rows)
    return Start(**{**vars(start), "title": f"{start.title}（更正指标{number}）"})


def _refuse_second(session: Session, period: Period, unit: Unit) -> None:
    """One at a time, so that a correction begins with what counts."""
    open_ = (
        select(func.count())
        .select_from(ProgressReport)
        .join(ProcessInstance, ProcessInstance.id == ProgressReport.instance_id)
    )
    where = (
        ProgressReport.period == period.text,
        ProgressReport.unit_id == unit.id,
        ProcessInstance.status == "active",
    )
    if session.scalar(open_.where(*where)):
        raise RuleViolation("period", "该期还有办理中的监测报送，请办结后再更正")


def _period(variables: Mapping[str, Any]) -> Period:
    try:
        return Period.read(str(variables.get("period", "")))
    except ValueError:
        raise RuleViolation("period", "请填写报送期，例如 2023-Q2 或 2023-12") from None


def _unit(session: Session, variables: Mapping[str, Any]) -> Unit:
    unit = session.get(Unit, str(variables.get("unit", "")))
    if unit is None or not unit.reports:
        raise RuleViolation("unit", "请选择在册的报送单位")
    return unit
