"""The growth plan of one selected enterprise: drafted, agreed, given to the departments, looked at after its year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.enterprise_figures import decimal_of
from app.duties.quantity import as_number, to_decimal
from app.engine import OpenTask
from app.models.enterprise import EnterpriseYear
from app.models.library import GrowthMark, PlanGoal, SupportLine
from app.models.organization import Unit
from app.models.pairing import Pairing
from app.services.case_notes import hand_of, present
from app.services.cases import Action, Case, Data, Prefill, Responsible
from app.services.growth_selection.facts import unit_named
from app.services.growth_selection.rows import Row, year_of

Answers = Mapping[str, Any]
SERVICE = "service"
GOALS: Mapping[str, str] = {
    "revenue": "主营业务收入（万元）",
    "rd": "研发费用（万元）",
    "title": "称号（级）",
    "ip": "Ⅰ类知识产权（项）",
    "other": "其他",
}
FIGURE_OF = {"revenue": "main_revenue_wan", "rd": "rd_wan", "ip": "class1_ip"}
DROPPED = "培育方案终止"


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """The service specialist who is paired now; without one the locality's contact, as the lane says."""
    if task.group != "specialist" or case.instance.enterprise_id is None:
        return None
    where = (Pairing.enterprise_id == case.instance.enterprise_id, Pairing.kind == SERVICE, Pairing.to_on.is_(None))
    paired = case.session.scalars(select(Pairing).where(*where)).first()
    return Responsible(f"person:{paired.person_id}", case.instance.unit_id or paired.unit_id) if paired else None


def _draft_form(case: Case) -> Prefill:
    subject, plan = case.row("subject") or {}, case.row("plan") or {}
    confirmation = case.row("confirmation") or {}
    opinion = confirmation.get("opinion_text") if confirmation.get("outcome") == "no" else None
    known = present(enterprise_note=subject.get("note"), wants=subject.get("wants"), returned_opinion=opinion)
    names = ("goals", "supports", "difficulties")
    return known | present(**{name: plan.get(name) for name in names}), {}


def _confirm_form(case: Case) -> Prefill:
    plan = case.row("plan") or {}
    goals = [{"no": number, **row, "kind": GOALS[row["kind"]]} for number, row in enumerate(plan["goals"], 1)]
    supports = [{"no": number, **row} for number, row in enumerate(plan["supports"], 1)]
    return present(goals=goals, supports=supports, difficulties=plan.get("difficulties")), {}


def _review_form(case: Case) -> Prefill:
    latest = _latest(case)
    goals: list[Row] = []
    marks: dict[str, dict[str, Any]] = {}
    for index, goal in enumerate(_goals(case)):
        value = decimal_of(latest.figures.get(FIGURE_OF[goal.kind])) if latest and goal.kind in FIGURE_OF else None
        row = {"no": goal.position, "kind": GOALS[goal.kind], "target": as_number(goal.value), "year": goal.year}
        goals.append(row | ({} if value is None else {"value": as_number(value)}))
        if value is not None and latest is not None:
            marks[f"goals.{index}.value"] = {"text": f"{latest.year}年度更新", "value": as_number(value)}
    names = {row.id: row.short_name for row in case.session.execute(select(Unit.id, Unit.short_name))}
    supports = [
        present(
            no=line.position,
            unit_name=names[line.unit_id],
            content=line.content,
            due_on=line.due_on.isoformat(),
            state=line.state,
            note=line.note,
        )
        for line in _supports(case)
    ]
    silent = (case.row("confirmation") or {}).get("is_silent")
    note = "企业未在期限内确认方案，视为认可" if silent else "企业已认可方案"
    return {"goals": goals, "supports": supports, "rating_note": note}, marks


def _draft(case: Case, answers: Answers) -> Answers:
    names = ("goals", "supports", "difficulties")
    case.put("plan", "", {**hand_of(case), **{name: answers[name] for name in names if name in answers}})
    case.drop("confirmation", "")
    return {}


def _confirm(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text")}
    case.put("confirmation", "", {**hand_of(case), **told})
    return {"outcome": answers["outcome"]}


def _review(case: Case, answers: Answers) -> Answers:
    values = {row["no"]: to_decimal(row["value"]) for row in answers["goals"]}
    for goal in _goals(case):
        goal.actual = values.get(goal.position)
    states = {row["no"]: row for row in answers["supports"]}
    for line in _supports(case):
        told = states.get(line.position, {})
        line.state, line.note = told.get("state", line.state), str(told.get("note", ""))
        line.closed_on = case.today if line.state == "done" else None
    case.put("review", "", {**hand_of(case), "summary": answers["summary"]})
    case.session.flush()
    _offer_case(case, answers)
    return {}


def _offer_case(case: Case, answers: Answers) -> None:
    """Where every goal was reached, others may learn from it: the locality is asked to write it down."""
    goals = _goals(case)
    if not goals or any(goal.actual is None or goal.actual < goal.value for goal in goals):
        return
    name = (case.row("subject") or {}).get("name", "")
    told = {"unit": case.instance.unit_id, "enterprise_id": case.instance.enterprise_id, "kind": "growth"}
    told |= {"title": f"{name}高成长培育", "text": answers["summary"], "origin": "growth"}
    key = f"{case.instance.business_key}:case"
    case.effect(f"{case.instance.id}:case_offered", "message", name="case_offered", key=key, **told)


def commit_departments(case: Case, data: Data) -> None:
    """Goals and support lines of the agreed plan; who was silent is taken to agree, and marked."""
    plan, code = case.row("plan") or {}, case.instance.enterprise_id
    assert code is not None
    if case.row("confirmation") is None:
        case.put("confirmation", "", {"is_silent": True, "on": case.today.isoformat()})
    for position, row in enumerate(plan["goals"], 1):
        case.session.add(_goal(case, code, position, row))
    for position, row in enumerate(plan["supports"], 1):
        case.session.add(_support(case, code, position, row))
    case.session.flush()


def record_drop(case: Case, data: Data) -> None:
    """The departments' open lines are closed, and the mark of the year ends."""
    for line in _supports(case):
        if line.state == "open":
            line.state, line.note, line.closed_on = "closed", DROPPED, case.today
    marks = (GrowthMark.enterprise_id == case.instance.enterprise_id, GrowthMark.year == year_of(case))
    for mark in case.session.scalars(select(GrowthMark).where(*marks)):
        mark.removed_on = case.today
    case.session.flush()


def _goal(case: Case, code: str, position: int, row: Row) -> PlanGoal:
    told = {"kind": row["kind"], "value": to_decimal(row["value"]), "year": row["year"], "note": row.get("note", "")}
    return PlanGoal(instance_id=case.instance.id, enterprise_id=code, position=position, **told)


def _support(case: Case, code: str, position: int, row: Row) -> SupportLine:
    return SupportLine(
        instance_id=case.instance.id,
        enterprise_id=code,
        year=year_of(case),
        position=position,
        unit_id=unit_named(case, row["unit_name"]),
        content=row["content"].strip(),
        due_on=date.fromisoformat(row["due_on"]),
    )


def _goals(case: Case) -> list[PlanGoal]:
    where = PlanGoal.instance_id == case.instance.id
    return list(case.session.scalars(select(PlanGoal).where(where).order_by(PlanGoal.position)))


def _supports(case: Case) -> list[SupportLine]:
    where = SupportLine.instance_id == case.instance.id
    return list(case.session.scalars(select(SupportLine).where(where).order_by(SupportLine.position)))


def _latest(case: Case) -> EnterpriseYear | None:
    where = EnterpriseYear.enterprise_id == case.instance.enterprise_id
    return case.session.scalars(select(EnterpriseYear).where(where).order_by(EnterpriseYear.year.desc())).first()


PLAN_FORMS: Mapping[str, Callable[[Case], Prefill]] = {
    "draft_plan": _draft_form,
    "confirm_plan": _confirm_form,
    "review_plan_year": _review_form,
}
PLAN_ANSWERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "draft_plan": _draft,
    "confirm_plan": _confirm,
    "review_plan_year": _review,
}
PLAN_ACTIONS: Mapping[str, Action] = {
    "growth_selection_plan.commit_departments": commit_departments,
    "growth_selection_plan.record_drop": record_drop,
}
