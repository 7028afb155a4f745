"""The papers of a growth selection: the call, the list, the results of its plans, one enterprise's plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.documents import library_list
from app.documents.library_list import Entry
from app.duties.growth_selection import PARTS
from app.duties.lights import chinese_date
from app.duties.quantity import plain, to_decimal
from app.models.enterprise import Enterprise
from app.models.library import GrowthMark, SupportLine
from app.models.organization import Unit
from app.models.process import ProcessInstance, WorkingRow
from app.queries.settled_indicators import plan_of_year
from app.services import letterheads
from app.services.growth_selection.plans import GOALS
from app.services.growth_selection.rows import PLAN, weights_of
from app.services.house import House

TO_ALL = "各县（市、区）、功能区，市各有关部门"
STOPPED, OPEN, DONE = "已终止", "实施中", "已完成"


def call_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """遴选通知."""
    told = _row(session, instance, "selection")
    weights = weights_of(told)
    head = letterheads.of_office(session, "", TO_ALL, date.fromisoformat(told["on"]))
    listed = [(part.label, plain(weights[part.key])) for part in PARTS]
    return library_list.call(head, _year(instance), told["notice_text"], listed)


def selected_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """入选名单公布文件."""
    told, names = _row(session, instance, "published"), _names(session)
    head = letterheads.of_office(session, told["number"], TO_ALL, date.fromisoformat(told["on"]))
    wanted = (Enterprise.id.in_(told["codes"]),)
    known = {row.id: row for row in session.scalars(select(Enterprise).where(*wanted))}
    rows = [Entry(known[code].name, code, names[known[code].locality_id], "") for code in told["codes"]]
    return library_list.selected(head, _year(instance), plan_of_year(session, _year(instance)).title, rows)


def results_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """年度成效表; plans that are still open are named as such."""
    year, names = _year(instance), _names(session)
    marks = session.execute(
        select(GrowthMark, Enterprise.name)
        .join(Enterprise, Enterprise.id == GrowthMark.enterprise_id)
        .where(GrowthMark.year == year)
        .order_by(GrowthMark.place)
    ).all()
    plans = {
        row.enterprise_id: row
        for row in session.scalars(
            select(ProcessInstance).where(ProcessInstance.definition_key == PLAN, ProcessInstance.year == year)
        )
    }
    lines: dict[str, list[str]] = {}
    for code, state in session.execute(
        select(SupportLine.enterprise_id, SupportLine.state).where(SupportLine.year == year)
    ):
        lines.setdefault(code, []).append(state)
    rows = [
        (
            name,
            names[mark.locality_id],
            _progress(plans.get(mark.enterprise_id)),
            f"{len(lines.get(mark.enterprise_id, ()))}项",
            f"{lines.get(mark.enterprise_id, []).count('done')}项",
        )
        for mark, name in marks
    ]
    today = clock.today()
    return library_list.results(letterheads.of_office(session, "", "", today).agency, year, today, rows)


def plan_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """一企一策培育方案."""
    told = _row(session, instance, "plan")
    enterprise = session.get_one(Enterprise, instance.enterprise_id)
    goals = [
        f"{row['year']}年{GOALS[row['kind']]}：{plain(to_decimal(row['value']))}"
        + (f"（{row['note']}）" if row.get("note") else "")
        for row in told["goals"]
    ]
    supports = [
        (row["unit_name"], row["content"], chinese_date(date.fromisoformat(row["due_on"]))) for row in told["supports"]
    ]
    return library_list.growth_plan(
        session.get_one(Unit, instance.unit_id).name,
        enterprise.name,
        _year(instance),
        date.fromisoformat(told["on"]),
        goals,
        supports,
        told.get("difficulties", ""),
    )


def _progress(plan: ProcessInstance | None) -> str:
    if plan is None:
        return "–"
    if plan.status == "active":
        return OPEN
    return STOPPED if plan.end_element == "plan_stopped" else DONE


def _year(instance: ProcessInstance) -> int:
    assert instance.year is not None
    return instance.year


def _names(session: Session) -> dict[str, str]:
    return {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}


def _row(session: Session, instance: ProcessInstance, kind: str) -> dict[str, Any]:
    return dict(session.get_one(WorkingRow, (instance.id, kind, "")).value)
