"""Opens a year's package of targets: the yearly one, the plan's own first year, or a change within the year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.errors import RuleViolation
from app.models.annual_target import AnnualTarget
from app.models.plan import Indicator, Plan
from app.models.process import ProcessInstance
from app.queries.settled_indicators import plan_of_year
from app.services.cases import Start
from app.services.house import House

PROCESS = "annual_target"
YEARLY, ADOPTED, ADJUSTMENT = "yearly", "adopted", "adjustment"
REASON_LENGTH = 2


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: year; kind, where it is not the usual one of the year; indicators and reason of an adjustment.

    Raises RuleViolation.
    """
    year = _year(variables)
    plan = plan_of_year(session, year)
    kind = _kind(variables, year, plan)
    numbers = _numbers(session, plan, variables)
    reason = str(variables.get("reason") or "").strip()
    key = f"{PROCESS}:{year}"
    if kind == ADJUSTMENT:
        _check_adjustment(session, year, variables, reason)
        key = _next_adjustment(session, key)
    row = {"kind": kind, "year": year, "numbers": numbers, "reason": reason, "revision": 0}
    return Start(
        definition_key=PROCESS,
        business_key=key,
        title=f"{year}年度目标{'调整' if kind == ADJUSTMENT else '设定'}",
        year=year,
        data={"package_key": key, "package_kind": kind, "year": year},
        rows={("package", ""): row},
    )


def _year(variables: Mapping[str, Any]) -> int:
    text = str(variables.get("year", ""))
    if not text.isdecimal():
        raise RuleViolation("year", "请填写年度，例如 2023")
    return int(text)


def _kind(variables: Mapping[str, Any], year: int, plan: Plan) -> str:
    kind = str(variables.get("kind") or (ADOPTED if year == plan.first_year else YEARLY))
    if kind not in (YEARLY, ADOPTED, ADJUSTMENT):
        raise RuleViolation("kind", "请选择年度设定、采用计划值或年中调整")
    if kind == ADOPTED and year != plan.first_year:
        raise RuleViolation("kind", f"计划只列出{plan.first_year}年的年度值，其他年度须申报")
    return kind


def _numbers(session: Session, plan: Plan, variables: Mapping[str, Any]) -> list[int]:
    """The indicators asked for, by default all of the plan."""
    known = list(session.scalars(select(Indicator.number).where(Indicator.plan_id == plan.id)))
    wanted = variables.get("indicators") or known
    if strange := [number for number in wanted if number not in known]:
        raise RuleViolation("indicators", f"计划中没有第{strange[0]}项指标")
    return sorted(set(wanted))


def _check_adjustment(session: Session, year: int, variables: Mapping[str, Any], reason: str) -> None:
    if not variables.get("indicators"):
        raise RuleViolation("indicators", "请选择要调整的指标")
    if len(reason) < REASON_LENGTH:
        raise RuleViolation("reason", "请说明调整的理由")
    if not session.scalar(select(exists().where(AnnualTarget.year == year))):
        raise RuleViolation("kind", f"{year}年度目标尚未发布，不能调整")


def _next_adjustment(session: Session, key: str) -> str:
    """annual_target:2023:a1, a2, …"""
    made = select(func.count()).select_from(ProcessInstance).where(ProcessInstance.definition_key == PROCESS)
    count = session.scalar(made.where(ProcessInstance.business_key.startswith(f"{key}:a", autoescape=True))) or 0
    return f"{key}:a{count + 1}"
