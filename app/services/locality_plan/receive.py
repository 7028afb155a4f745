"""What completing each form of 属地工作方案 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.services.case_notes import hand_of, numbered, unit_of
from app.services.cases import Case, FormTask
from app.services.locality_plan.rows import city_measures, current_lines, line_answers, plan_row
from app.services.telling import tell

Answers = Mapping[str, Any]
MOST_DEPARTMENTS = 12


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    return RECEIVERS[task.element_id](case, task, answers)


def _write(case: Case, task: FormTask, answers: Answers) -> Answers:
    """An unchanged year keeps the lines of the edition before."""
    kept = {"lines": [line_answers(line) for line in current_lines(case)]} if answers.get("unchanged") else {}
    case.put("draft", "", {**answers, **kept})
    case.put("drafter", "", hand_of(case))
    return {}


def _sign(case: Case, task: FormTask, answers: Answers) -> Answers:
    if answers["outcome"] == "yes":
        case.put("signature", "", hand_of(case))
    case.put("opinion", "", {**hand_of(case), **answers})
    return {"outcome": answers["outcome"]}


def _decide_delay(case: Case, task: FormTask, answers: Answers) -> Answers:
    case.put("delay", "", {**hand_of(case), "outcome": answers["outcome"], "note": answers.get("note", "")})
    if answers["outcome"] == "wait":
        inboxes = [f"contact:{unit_of(case)}", f"head:{unit_of(case)}"]
        tell(
            case, inboxes, f"催办：{case.instance.title}", f"方案已逾期，请抓紧报送。{answers.get('note', '')}", "delay"
        )
    return {"outcome": answers["outcome"]}


def _review(case: Case, task: FormTask, answers: Answers) -> Answers:
    """Departments are asked for what they lead; each of them once, at most twelve."""
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text", "quality_level")}
    points = {"return_points": list(answers.get("return_points", ()))}
    case.put("review", numbered(plan_row(case).round), {**hand_of(case), **told, **points})
    if answers["outcome"] != "accepted":
        return {"outcome": answers["outcome"]}
    leads = dict.fromkeys(row.lead_id for row in city_measures(case)) if answers.get("ask_departments") else {}
    departments: dict[str, Any] = {unit: {} for unit in list(leads)[:MOST_DEPARTMENTS]}
    return {"outcome": "accepted", "ask_departments": bool(departments), "departments": departments}


def _opinion(case: Case, task: FormTask, answers: Answers) -> Answers:
    rows = [] if answers.get("none") else list(answers.get("suggestions", ()))
    case.put("suggestion", task.item or "", {**hand_of(case), "rows": rows})
    return {}


RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Answers]] = {
    "write_plan": _write,
    "sign_plan": _sign,
    "decide_plan_delay": _decide_delay,
    "review_plan": _review,
    "ask_departments_opinion": _opinion,
}
