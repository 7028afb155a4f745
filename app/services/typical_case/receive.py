"""What completing each form of 典型案例 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.typical_case import POINTS, score, unit_named
from app.models.typical_case import TypicalCase
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.typical_case.forms import OWN_FIELDS
from app.services.typical_case.rows import case_of, firm_named, name_subject, named_units

Answers = Mapping[str, Any]
Receiver = Callable[[Case, TypicalCase, Answers], Answers]


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    told = case_of(case)
    if task.element_id == "check_facts":
        case.put("checked", task.item or "", {**hand_of(case), "rows": [_finding(row) for row in answers["figures"]]})
        return {}
    scalars = RECEIVERS[task.element_id](case, told, answers)
    case.session.flush()
    return scalars


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("no", "verdict", "right_value", "right_source") if row.get(name) is not None}


def _write(case: Case, told: TypicalCase, answers: Answers) -> Answers:
    told.answers = {name: answers[name] for name in OWN_FIELDS if name in answers}
    told.title, told.kind = answers["title"], answers["kind"]
    subject = str(answers.get("subject") or "").strip()
    name_subject(case, firm_named(case.session, subject) if subject else None)
    return {"no_firm": told.enterprise_id is None, "enterprise_key": told.enterprise_id or ""}


def _sign(case: Case, told: TypicalCase, answers: Answers) -> Answers:
    if answers["outcome"] == "no":
        text = f"{case.actor.name}：{answers['opinion_text']}"
        case.put("returned", "", {"by": "分管负责人退回", "text": text, "points": [], "unlocked": None})
    return _opinion(case, "sign_case", answers)


def _confirm(case: Case, told: TypicalCase, answers: Answers) -> Answers:
    said = {name: answers.get(name, "") for name in ("outcome", "withheld", "signer")}
    case.put("consent", "", {**hand_of(case), **said})
    if answers["outcome"] == "no":
        told.reason = "企业不同意公开。"
    if answers["outcome"] == "changes":
        points = [dict(row) for row in answers["points"]]
        text = answers.get("withheld", "")
        case.put("returned", "", {"by": "企业要求修改后公开", "text": text, "points": points, "unlocked": None})
    return {"outcome": answers["outcome"]}


def _review(case: Case, told: TypicalCase, answers: Answers) -> Answers:
    """What departments found before was about another text."""
    told.points = {part: int(answers[part]) for part in POINTS}
    told.score, outcome = score(told.points), answers["outcome"]
    said = {"outcome": outcome, "points": told.points, "opinion_text": answers.get("opinion_text", "")}
    points = [dict(row) for row in answers.get("return_points", ())]
    number = f"{len(case.rows('review')) + 1:02}"
    case.put("review", number, {**hand_of(case), **said, "return_points": points})
    if outcome == "no":
        told.reason = answers["opinion_text"]
    for unit in case.rows("checked"):
        case.drop("checked", unit)
    return {"outcome": outcome, "units": _departments(case, answers) if outcome == "yes" else {}}


def _departments(case: Case, answers: Answers) -> dict[str, Any]:
    units = named_units(case.session)
    named = (unit_named(units, str(row.get("unit") or "")) for row in answers.get("check_units", ()))
    return {unit: {} for unit in named if unit}


def _approve(case: Case, told: TypicalCase, answers: Answers) -> Answers:
    return _opinion(case, "approve_publishing", answers)


def _opinion(case: Case, element_id: str, answers: Answers) -> Answers:
    said = {"outcome": answers["outcome"], "opinion_text": answers.get("opinion_text", "")}
    case.put("opinion", element_id, {**hand_of(case), **said})
    return {"outcome": answers["outcome"]}


RECEIVERS: Mapping[str, Receiver] = {
    "write_case": _write,
    "sign_case": _sign,
    "confirm_by_firm": _confirm,
    "review_case": _review,
    "approve_publishing": _approve,
}
