"""What the forms of 属地工作方案 begin with, and which parts stand fast after a return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select

from app.duties.lights import distance_text
from app.duties.locality_plan import PARTS, cover, fields_of, round_due_on
from app.duties.quantity import as_number
from app.models.enterprise import Enterprise
from app.models.plan import Measure
from app.models.user_task import UserTask
from app.services import form_rules
from app.services.case_notes import unit_of, year_of
from app.services.cases import Case, Prefill
from app.services.locality_plan.facts import facts
from app.services.locality_plan.rows import (
    Row,
    city_measures,
    current_lines,
    given_figures,
    last_filed,
    line_answers,
    plan_row,
    unit_name,
)

FORM = "locality_plan.write_plan"
KEPT = ("policies", "organisation", "head", "contact", "gradient")


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    if element_id == "ask_departments_opinion":
        return _opinion(case, item)
    filler = FORMS.get(element_id)
    return filler(case) if filler else ({}, {})


def locked(case: Case, element_id: str, item: str | None) -> list[str]:
    correction = case.row("correction")
    if element_id != "write_plan" or correction is None:
        return []
    closed = [part for part in PARTS if part not in correction["unlocked"]]
    return ["unchanged", *(field for part in closed for field in fields_of(part))]


def _write(case: Case) -> Prefill:
    known = {name: value for name, value in _known(case).items() if value}
    typed = case.row("draft")
    return (form_rules.overlay(form_rules.read_form(FORM), known, typed) if typed else known), {}


def _known(case: Case) -> Row:
    """Figures of the city; the edition before as it was filed, else the city's measures with an empty line each."""
    lines, last = [line_answers(line) for line in current_lines(case)], last_filed(case)
    before = {name: (last.answers if last else {}).get(name) for name in KEPT}
    return {
        "return_points": (case.row("correction") or {}).get("points"),
        "figures": [
            {"no": row.number, "name": row.name, "unit": row.unit, "year": year_of(case), "target": as_number(value)}
            for row, value in given_figures(case)
        ],
        "lines": lines or [{"measure_no": row.number} for row in city_measures(case)],
        **before,
        "library_state": _library_state(case),
    }


def _library_state(case: Case) -> str:
    wanted = (Enterprise.locality_id == unit_of(case), Enterprise.library_since.is_not(None))
    count = case.session.scalar(select(func.count()).select_from(Enterprise).where(*wanted)) or 0
    return f"“千企升级”培育库在库企业{count}家。"


def _sign(case: Case) -> Prefill:
    draft = case.row("draft") or {}
    lines = draft.get("lines", ())
    if draft.get("unchanged"):
        return {"summary": "沿用上一版方案，任务措施没有变化。"}, {}
    not_concerned = sum(bool(row.get("is_not_concerned")) for row in lines)
    own = sum(row.get("own") is not None for row in draft.get("figures", ()))
    told = f"任务措施{len(lines) - not_concerned}项，不涉及{not_concerned}项；自定目标{own}项"
    return {"summary": f"{told}；配套政策{len(draft.get('policies', ()))}项。"}, {}


def _review(case: Case) -> Prefill:
    answers, measures = plan_row(case).answers, {row.number: row for row in city_measures(case)}
    lines = answers.get("lines", ())
    gaps = cover(lines, measures.keys()).gaps
    figures = [
        {name: row[name] for name in ("no", "name", "target", "own") if row.get(name) is not None}
        for row in answers.get("figures", ())
    ]
    known = {
        "gaps": [{"no": number, "title": measures[number].title} for number in gaps],
        "figures": figures,
        "lines": _shown_lines(lines, measures),
        "ask_departments": plan_row(case).is_first,
    }
    return {name: value for name, value in known.items() if value or name == "ask_departments"}, {}


def _shown_lines(lines: Any, measures: Mapping[int, Measure], lead: str | None = None) -> list[Row]:
    """lead: only those for measures that this department leads."""
    return [
        {
            "no": number,
            "measure": f"任务{row['measure_no']}"
            + (f" {measures[row['measure_no']].title}" if row["measure_no"] in measures else ""),
            "content": ("不涉及：" if row.get("is_not_concerned") else "") + str(row.get("content", "")),
            "by": str(row.get("by", "")),
        }
        for number, row in enumerate(lines, 1)
        if lead is None or (row["measure_no"] in measures and measures[row["measure_no"]].lead_id == lead)
    ]


def _delay(case: Case) -> Prefill:
    due_on = round_due_on(facts(case, "write_plan", None))
    wanted = (UserTask.instance_id == case.instance.id, UserTask.element_id.in_(("write_plan", "sign_plan")))
    times = sum(case.session.scalars(select(UserTask.urged_count).where(*wanted)))
    return {
        "unit_name": unit_name(case),
        "due_on": due_on.isoformat(),
        "late_note": distance_text(case.today, due_on, case.calendar),
        "reminder_note": f"已催办{times}次" if times else "尚未催办",
    }, {}


def _opinion(case: Case, item: str | None) -> Prefill:
    measures = {row.number: row for row in city_measures(case)}
    return {"lines": _shown_lines(plan_row(case).answers.get("lines", ()), measures, item)}, {}


FORMS: Mapping[str, Callable[[Case], Prefill]] = {
    "write_plan": _write,
    "sign_plan": _sign,
    "review_plan": _review,
    "decide_plan_delay": _delay,
}
