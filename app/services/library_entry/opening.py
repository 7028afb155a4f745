"""Opens a locality's list, by the round of the calendar or at any time, and the yearly check of its enterprises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleViolation
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.queries.actor import Actor
from app.services.cases import Start
from app.services.house import House
from app.services.library_entry.rows import CHECK, LIST
from app.terms import InstanceStatus, Role


def open_list(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {year, locality}. Raises RuleViolation, also where the locality has a list under way."""
    year, unit = year_of(variables), locality_of(session, variables)
    if has_open_list(session, unit.id):
        raise RuleViolation("locality", f"{unit.short_name}已有办理中的推荐名单，请在该名单中推荐")
    prefix = f"{LIST}:{year}:{place_of(unit)}"
    serial = _made(session, LIST, prefix) + 1
    key = f"{prefix}:{serial}"
    return Start(
        LIST,
        key,
        f"{year}年“千企升级”入库推荐：{unit.short_name}" + (f"（第{serial}批）" if serial > 1 else ""),
        year,
        unit.id,
        data={"list_key": key, "valid_rows": 0, "consent_open": 0, "round": 1, "outcome": ""},
        rows={("list", ""): {"opened_on": clock.today().isoformat(), "round": 1}},
    )


def open_check(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {year, locality}. Raises RuleViolation."""
    year, unit = year_of(variables), locality_of(session, variables)
    key = f"{CHECK}:{year}:{place_of(unit)}"
    return Start(CHECK, key, f"{year}年在库企业核查：{unit.short_name}", year, unit.id, data={"outcome": ""})


def may_open(actor: Actor, start: Start) -> bool:
    """The office, and the locality for itself."""
    return actor.has(Role.OFFICE) or (actor.has(Role.CONTACT) and start.unit_id in actor.unit_ids)


def has_open_list(session: Session, locality_id: str) -> bool:
    where = (
        ProcessInstance.definition_key == LIST,
        ProcessInstance.unit_id == locality_id,
        ProcessInstance.status == InstanceStatus.ACTIVE.value,
    )
    return session.scalar(select(func.count()).select_from(ProcessInstance).where(*where)) != 0


def place_of(unit: Unit) -> str:
    """The division's code, or where a functional zone has none the unit's id."""
    return unit.code or unit.id


def year_of(variables: Mapping[str, Any]) -> int:
    text = str(variables.get("year", ""))
    if not text.isdecimal():
        raise RuleViolation("year", "请填写年度，例如 2023")
    return int(text)


def locality_of(session: Session, variables: Mapping[str, Any]) -> Unit:
    unit = session.get(Unit, str(variables.get("locality", "")))
    if unit is None or not unit.is_locality or unit.ended_on is not None:
        raise RuleViolation("locality", "请选择县（市、区）或功能区")
    return unit


def _made(session: Session, process: str, prefix: str) -> int:
    made = select(func.count()).select_from(ProcessInstance).where(ProcessInstance.definition_key == process)
    return session.scalar(made.where(ProcessInstance.business_key.startswith(f"{prefix}:", autoescape=True))) or 0
