"""What the forms of a batch begin with, from its notice to the departments; the others are in list_forms.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_recognition import CHECKS, SCORED_LEVELS
from app.duties.enterprise_recognition_dates import LEAST_WINDOW_DAYS
from app.errors import RuleViolation
from app.models.organization import UnitFunction
from app.models.recognition import Application, DepartmentCheck, RecognitionBatch
from app.models.user_task import IS_OPEN, UserTask
from app.queries import rule_sets
from app.queries.units import short_names
from app.services.cases import Case, Prefill
from app.services.enterprise_recognition.application_forms import window_of
from app.services.enterprise_recognition.list_forms import LIST_FORMS, named, returned
from app.services.enterprise_recognition.rows import PENDING, applications_of, batch_of, batch_title, filled
from app.terms import TitleLevel

Row = dict[str, Any]
EXPECTED_DAYS = 40  # PP: working days from the window's end to the announcement


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FILLERS.get(element_id)
    return (filled(filler(case, item)) if filler else {}), {}


def units_with_functions(case: Case) -> dict[str, str]:
    """Function -> unit, of all departments that can be asked."""
    wanted = select(UnitFunction).where(UnitFunction.function.in_(CHECKS)).order_by(UnitFunction.unit_id)
    return {row.function: row.unit_id for row in reversed(case.session.scalars(wanted).all())}


def functions_of(case: Case, unit_id: str) -> list[str]:
    """What this unit is asked about in this batch."""
    with_functions = units_with_functions(case)
    return [name for name in batch_of(case).checks if with_functions.get(name) == unit_id]


def _open(case: Case, item: str | None) -> Row:
    plan = case.row("plan") or {}
    begins = case.calendar.first_on_or_after(case.today)
    closes = case.calendar.add(begins, 2 * LEAST_WINDOW_DAYS)
    known: Row = {
        "level_name": TitleLevel(plan["level"]).label,
        "batch_no": f"{plan['year']}年第{plan['number']}批",
        "rule_name": _rule_name(case, plan["level"]),
        "returned_opinion": returned(case, "open_batch"),
        "window_from": begins.isoformat(),
        "window_to": closes.isoformat(),
        "expected_on": case.calendar.add(closes, EXPECTED_DAYS).isoformat(),
        "visit_share": 20,
        "is_scored": plan["level"] in SCORED_LEVELS,
        "checks": _checks(case),
        "notice_text": _notice_text(plan),
    }
    return known | _written(case)


def _rule_name(case: Case, level: str) -> str:
    try:
        return rule_sets.applicable(case.session, level, case.today).name
    except RuleViolation as missing:
        return missing.text


def _notice_text(plan: Mapping[str, Any]) -> str:
    name = batch_title(SimpleNamespace(**plan))
    return (
        f"现组织{name}申报工作。符合条件的企业请在申报期内登录系统填报申请，数据由企业档案和年度更新带出，"
        "请逐项核对并对真实性负责。属地主管部门按规定初审和实地核查，逾期不予受理。"
    )


def _checks(case: Case) -> list[Row]:
    units = units_with_functions(case)
    names = short_names(case.session, set(units.values()))
    return [
        {"function": function, "name": name, "unit_name": names[units[function]], "is_asked": True}
        for function, name in CHECKS.items()
        if function in units
    ]


def _written(case: Case) -> Row:
    """What was planned before the head sent it back."""
    key = case.instance.business_key
    batch = case.session.scalars(select(RecognitionBatch).where(RecognitionBatch.key == key)).one_or_none()
    if batch is None:
        return {}
    asked = [{**row, "is_asked": row["function"] in batch.checks} for row in _checks(case)]
    days = {name: getattr(batch, name) for name in ("window_from", "window_to", "expected_on", "upper_due_on")}
    kept = {name: getattr(batch, name) for name in ("visit_share", "is_scored", "notice_text")}
    return {**{name: day.isoformat() for name, day in days.items() if day}, **kept, "checks": asked}


def _sign_notice(case: Case, item: str | None) -> Row:
    batch = batch_of(case)
    return {
        "level_name": TitleLevel(batch.level).label,
        "batch_no": f"{batch.year}年第{batch.number}批",
        "rule_name": batch.rule_version,
        "window": window_of(batch),
        "notice_text": batch.notice_text,
    }


def _settle(case: Case, item: str | None) -> Row:
    rows = applications_of(case, *PENDING)
    names = short_names(case.session, {row.locality_id for row in rows})
    steps = _steps(case, rows)
    pending = [named(row) | {"locality": names[row.locality_id], "step": steps.get(row.id, "")} for row in rows]
    return {"pending": pending or None}


def _steps(case: Case, rows: Any) -> dict[int, str]:
    instances = {row.instance_id: row.id for row in rows}
    wanted = select(UserTask.instance_id, UserTask.name).where(UserTask.instance_id.in_(instances), IS_OPEN)
    return {instances[row.instance_id]: row.name for row in case.session.execute(wanted)}


def _check_list(case: Case, item: str | None) -> Row:
    functions = functions_of(case, item or "")
    rows = applications_of(case, *PENDING, "reviewed")
    names = short_names(case.session, {row.locality_id for row in rows})
    return {
        "function_name": "、".join(CHECKS[name] for name in functions),
        "rows": [named(row) | {"locality": names[row.locality_id]} for row in rows],
    }


def _press(case: Case, item: str | None) -> Row:
    answered = set(
        case.session.scalars(
            select(DepartmentCheck.function)
            .join(Application, Application.id == DepartmentCheck.application_id)
            .where(Application.batch_id == batch_of(case).id)
            .distinct()
        )
    )
    units = units_with_functions(case)
    open_ = [name for name in batch_of(case).checks if name not in answered and name in units]
    names = short_names(case.session, {units[name] for name in open_})
    silent: dict[str, Row] = {}
    for name in open_:
        row = silent.setdefault(
            units[name], {"unit": units[name], "unit_name": names[units[name]], "function_name": ""}
        )
        row["function_name"] = "、".join(filter(None, [row["function_name"], CHECKS[name]]))
    return {"silent": list(silent.values()) or None, "text": "联审意见已到期，请尽快报送；未报送的不视为无意见。"}


FILLERS: Mapping[str, Callable[[Case, str | None], Row]] = {
    "open_batch": _open,
    "sign_batch_notice": _sign_notice,
    "settle_pending": _settle,
    "check_list_by_department": _check_list,
    "press_checks": _press,
    **LIST_FORMS,
}
