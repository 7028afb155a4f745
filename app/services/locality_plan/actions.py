"""The service tasks of a locality's plan: prepared, submitted, returned, filed, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.locality_plan import PARTS, round_due_on, unlocked_parts
from app.models.locality_plan import LocalityPlan, PlanLine, PlanSuggestion
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.services.case_notes import numbered, unit_of, year_of
from app.services.cases import Action, Case, Data
from app.services.document_numbers import give_number
from app.services.locality_plan.facts import facts
from app.services.locality_plan.rows import PROCESS, Row, city_plan, current_lines, day, plan_row
from app.services.telling import tell
from app.terms import InstanceStatus

LETTER = "函"


def prefill_plan(case: Case, data: Data) -> Mapping[str, Any]:
    edition = case.row("edition")
    assert edition is not None
    case.session.add(
        LocalityPlan(
            unit_id=unit_of(case),
            edition=edition["edition"],
            revision=edition["revision"],
            year=year_of(case),
            is_first=edition["is_first"],
            instance_id=case.instance.id,
            status="writing",
            started_on=day(edition["since"]),
            round=1,
            answers={},
        )
    )
    case.session.flush()
    return {"is_first": edition["is_first"]}


def submit_plan(case: Case, data: Data) -> Mapping[str, Any]:
    """Freezes what the head signed. The first signature decides timeliness."""
    plan, signature, versions = plan_row(case), case.row("signature") or {}, case.rows("version")
    drafter = (case.row("drafter") or {}).get("name", "")
    case.put("version", numbered(len(versions) + 1), {**signature, "drafter": drafter, "answers": case.row("draft")})
    if plan.first_submitted_on is None:
        signed_on, last = day(signature["on"]), round_due_on(facts(case, "write_plan", None))
        plan.first_submitted_on = signed_on
        counted = case.calendar.first_on_or_after(signed_on)
        plan.late_days = max(case.calendar.count(last, counted), 0) if signed_on > last else 0
    plan.answers, plan.status, plan.round = case.row("draft") or {}, "signed", len(versions) + 1
    case.session.flush()
    return {"round": plan.round}


def set_correction(case: Case, data: Data) -> None:
    """Opens the parts that were listed, for a limit of their own."""
    points = list(case.rows("review").values())[-1]["return_points"]
    told = [{"no": at, "item": PARTS[row["field"]], "point": row["point"]} for at, row in enumerate(points, 1)]
    parts = unlocked_parts(points)
    case.put("correction", "", {"on": case.today.isoformat(), "points": told, "unlocked": parts})
    plan = plan_row(case)
    plan.status, plan.returned_on, plan.moved_on = "returned", case.today, None
    case.session.flush()


def file_plan(case: Case, data: Data) -> None:
    """Lines with their milestones take the place of those before; suggestions go along. The receipt has a number."""
    plan = plan_row(case)
    if not (plan.answers.get("unchanged") and current_lines(case)):
        for line in current_lines(case):
            line.ended_on = case.today
        case.session.add_all(_line(plan, at, row) for at, row in enumerate(plan.answers.get("lines", ()), 1))
    for department, told in case.rows("suggestion").items():
        case.session.add_all(_suggestion(plan, department, row) for row in told["rows"])
    plan.number = give_number(case.connection, city_plan(case).agency_code, LETTER, case.today.year)
    plan.status, plan.filed_at = "filed", case.at
    plan.quality = list(case.rows("review").values())[-1]["quality_level"]
    case.session.flush()
    text = f"{plan.number}：{case.instance.title}已备案。{_suggested(case)}"
    tell(case, [f"contact:{plan.unit_id}", f"head:{plan.unit_id}"], "属地工作方案备案回执", text, "filed")


def _line(plan: LocalityPlan, position: int, row: Row) -> PlanLine:
    is_concerned = not row.get("is_not_concerned")
    return PlanLine(
        plan_id=plan.id,
        unit_id=plan.unit_id,
        position=position,
        measure_number=row["measure_no"],
        is_concerned=is_concerned,
        content=row["content"],
        unit=row.get("unit") or "",
        by_on=date.fromisoformat(row["by"]) if is_concerned and row.get("by") else None,
        success=row.get("success") or "",
    )


def _suggestion(plan: LocalityPlan, department: str, row: Row) -> PlanSuggestion:
    return PlanSuggestion(plan_id=plan.id, department_id=department, position=row.get("line_no"), text=row["text"])


def _suggested(case: Case) -> str:
    count = sum(len(row["rows"]) for row in case.rows("suggestion").values())
    return f"部门提出建议{count}条，随附供参考。" if count else ""


def move_plan(case: Case, data: Data) -> None:
    """The figures are added to the successor's plan, where that is still being written."""
    plan_row(case).status = "transferred"
    unit = case.session.get_one(Unit, unit_of(case))
    open_ = select(ProcessInstance.id).where(
        ProcessInstance.definition_key == PROCESS,
        ProcessInstance.unit_id == unit.successor_id,
        ProcessInstance.status == InstanceStatus.ACTIVE.value,
    )
    handed = {unit.id: {"unit": unit.id, "name": unit.short_name}, **case.rows("inherited")}
    for instance_id in case.session.scalars(open_):
        for key, row in handed.items():
            case.put("inherited", key, row, instance_id=instance_id)
    case.session.flush()


ACTIONS: Mapping[str, Action] = {
    "locality_plan.prefill_plan": prefill_plan,
    "locality_plan.submit_plan": submit_plan,
    "locality_plan.set_correction": set_correction,
    "locality_plan.file_plan": file_plan,
    "locality_plan.move_plan": move_plan,
}
