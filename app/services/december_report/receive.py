"""What completing each form of 年度反馈 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.duties.december_report import december_due, unit_named
from app.models.organization import Unit
from app.services.case_notes import hand_of, numbered, year_of
from app.services.cases import Case, FormTask
from app.services.december_report.annual import indicator_rows
from app.services.december_report.facts import CommonFacts
from app.services.december_report.rows import report_of, unit_row, versions_of
from app.services.december_report.scope import read_plan_year
from app.services.document_numbers import next_numbers

Answers = Mapping[str, Any]
LETTER = "函"


def receive(case: Case, task: FormTask, answers: Answers) -> Mapping[str, Any]:
    return RECEIVERS[task.element_id](case, answers)


def _confirm_notice(case: Case, answers: Answers) -> Answers:
    """The notice gets its number here; the units are those that are left and those that were added."""
    year = year_of(case)
    by_rule = december_due(year, case.calendar).isoformat()
    plan = read_plan_year(case.session, year).plan
    notice = {
        **hand_of(case),
        "number": next_numbers(case.connection, plan.agency_code, LETTER, case.today.year)[0],
        "due_on": answers.get("due_override") or by_rule,
        "override_reason": answers.get("override_reason", ""),
        "text": answers["notice_text"],
        "phone": answers["phone"],
    }
    case.put("notice", "", notice)
    listed = case.rows("unit")
    exempt = {
        row["unit"]: {"exempt": bool(row.get("exempt")), "reason": row.get("exempt_reason", "")}
        for row in answers["units"]
    }
    case.put_all("unit", {id_: row | exempt.get(id_, {}) for id_, row in listed.items()} | _added(case, answers))
    return {}


def _added(case: Case, answers: Answers) -> dict[str, Any]:
    """Units the office named besides, which the check of the form has found by their names."""
    reasons = {
        unit_named(CommonFacts(case).units, row["unit"]): row["reason"] for row in answers.get("added_units", ())
    }
    units = case.session.scalars(select(Unit).where(Unit.id.in_(reasons)))
    return {unit.id: unit_row(unit) | {"reason": reasons[unit.id]} for unit in units}


def _draft_report(case: Case, answers: Answers) -> Answers:
    case.put("draft", "", answers)
    case.put("drafter", "", hand_of(case))
    report_of(case).status = "drafted"
    return {}


def _sign_report(case: Case, answers: Answers) -> Answers:
    """Signed, it is frozen by the service behind; sent back, it is again with the contact, with the draft kept."""
    if answers["outcome"] == "yes":
        case.put("signature", "", hand_of(case))
    else:
        report_of(case).status = "read"
    case.put("opinion", "", {**hand_of(case), **answers})
    return _outcome(answers)


def _decide_escalation(case: Case, answers: Answers) -> Answers:
    """The urging itself is done from the board; no gateway reads the decision."""
    case.put("escalation", "", {**hand_of(case), "outcome": answers["outcome"], "reason": answers.get("reason", "")})
    return {}


def _name_successor(case: Case, answers: Answers) -> Answers:
    unit = unit_named(CommonFacts(case).units, answers["successor"]) if answers["has_successor"] else None
    told = {
        "has_successor": answers["has_successor"],
        "unit": unit,
        "name_of_unit": answers.get("successor", ""),
        "document_no": answers["document_no"],
        "effective_on": answers["effective_on"],
        "note": answers.get("note", ""),
    }
    case.put("successor", "", {**hand_of(case), **told})
    if unit is None:
        report_of(case).status = "exempted"
    return {"has_successor": unit is not None}


def _review_report(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text", "quality_level")}
    rows = {name: answers.get(name, []) for name in ("return_points", "objections")}
    case.put("review", numbered(len(versions_of(case))), {**hand_of(case), **told, **rows})
    return _outcome(answers)


def _edit_annual_report(case: Case, answers: Answers) -> Answers:
    case.put("annual", "", answers)
    return {}


def _sign_annual_report(case: Case, answers: Answers) -> Answers:
    """Until here the figures live; what is put before the leading group is fixed, with its date."""
    if answers["outcome"] == "yes":
        notes = {row["no"]: row.get("note") for row in (case.row("annual") or {}).get("indicators", ())}
        rows = [{**row, "note": notes.get(row["no"]) or row.get("note", "")} for row in indicator_rows(case)]
        case.put("annual_figures", "", {**hand_of(case), "rows": rows})
    case.put("annual_opinion", "", {**hand_of(case), **_opinion(answers)})
    return _outcome(answers)


def _approve_annual_report(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("mode", "meeting_date", "minutes_no")}
    case.put("annual_opinion", "", {**hand_of(case), **_opinion(answers), **told})
    return _outcome(answers)


def _opinion(answers: Answers) -> dict[str, str]:
    return {"outcome": answers["outcome"], "opinion_text": answers.get("opinion_text", "")}


def _outcome(answers: Answers) -> dict[str, str]:
    return {"outcome": answers["outcome"]}


RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "confirm_notice": _confirm_notice,
    "draft_report": _draft_report,
    "sign_report": _sign_report,
    "decide_escalation": _decide_escalation,
    "name_successor": _name_successor,
    "review_report": _review_report,
    "edit_annual_report": _edit_annual_report,
    "sign_annual_report": _sign_annual_report,
    "approve_annual_report": _approve_annual_report,
}
