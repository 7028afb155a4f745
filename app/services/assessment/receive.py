"""What completing each form of the campaign 年度考核 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.models.assessment import Assessment
from app.services.assessment.appeals import RECEIVERS as APPEAL_RECEIVERS
from app.services.assessment.ranking import adjust, numbered_rows
from app.services.assessment.rows import assessment_of, unit_named
from app.services.assessment.rules import Version, in_force, weights_of, with_weights
from app.services.assessment.year import assessed_units, ranking_of
from app.services.case_notes import hand_of, year_of
from app.services.cases import Case, FormTask
from app.services.december_report.scope import read_plan_year
from app.services.document_numbers import give_number

Answers = Mapping[str, Any]
BULLETIN = "通报"


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    return RECEIVERS[task.element_id](case, answers)


def _confirm_rules(case: Case, answers: Answers) -> Answers:
    """The version is copied into the year; other weights make a version of that year alone."""
    year, version = year_of(case), in_force(case.session, year_of(case))
    weights = [answers[f"weight_{part}"] for part in ("timeliness", "completion", "quality")]
    is_other = weights != weights_of(version)
    chosen = with_weights(version, weights, year, case.today) if is_other else version
    _write_rules(case, chosen)
    changed = is_other or not version.rules.is_published_before(year)
    reason = answers.get("change_reason", "") if is_other else ""
    case.put("rules", "", {**hand_of(case), "changed": changed, "change_reason": reason})
    exempt = {row["unit"]: row for row in answers["units"]}
    listed = {
        unit.id: {
            "position": unit.position,
            "name": unit.short_name,
            "ranking": ranking_of(unit),
            "exempt": bool(exempt.get(unit.id, {}).get("exempt")),
            "reason": exempt.get(unit.id, {}).get("exempt_reason", ""),
        }
        for unit in assessed_units(case.session, year)
    }
    case.put_all("unit", listed)
    return {"rules_changed": changed}


def _write_rules(case: Case, version: Version) -> None:
    row = case.session.get(Assessment, year_of(case))
    if row is None:
        row = Assessment(year=year_of(case), instance_id=case.instance.id, text={})
        case.session.add(row)
    row.rules_id, row.rules = version.id, dict(version.content)
    case.session.flush()


def _approve_rules(case: Case, answers: Answers) -> Answers:
    case.put("rules_opinion", "", _opinion(case, answers))
    return {"outcome": answers["outcome"]}


def _review_ranking(case: Case, answers: Answers) -> Answers:
    """Points by hand become events of the units' scores at once, so that all see behind it what they sign."""
    for row in answers.get("adjustments", ()):
        unit = unit_named(case, row["unit"])
        assert unit is not None
        told = {name: row.get(name) for name in ("ground", "points", "text", "file")}
        adjust(case, {**hand_of(case), "unit": unit, **told})
    case.put("review", numbered_rows(case, "review"), {**hand_of(case), "note": answers.get("note", "")})
    return {}


def _sign_ranking(case: Case, answers: Answers) -> Answers:
    _note_return(case, answers)
    return {"outcome": answers["outcome"]}


def _approve_ranking(case: Case, answers: Answers) -> Answers:
    _note_return(case, answers)
    case.put("opinion", "", _opinion(case, answers))
    if answers["outcome"] == "yes":
        assessment_of(case).approved_on = case.today
        case.session.flush()
    return {"outcome": answers["outcome"]}


def _note_return(case: Case, answers: Answers) -> None:
    """What the review begins with when it comes back; gone once the next one agrees."""
    case.drop("returned", "")
    if answers["outcome"] == "yes":
        return
    rows = answers.get("returned_units", ())
    units = [{"unit": unit_named(case, row["unit"]), "reason": row["reason"]} for row in rows]
    case.put("returned", "", {**_opinion(case, answers), "units": units})


def _issue_bulletin(case: Case, answers: Answers) -> Answers:
    text = {name: answers[name] for name in ("title", "overall", "good", "bad", "demands")}
    number = ""
    if answers["outcome"] == "yes":
        plan = read_plan_year(case.session, year_of(case)).plan
        number = give_number(case.connection, plan.agency_code, BULLETIN, case.today.year)
    _note_return(case, answers)
    case.put("bulletin", "", {**hand_of(case), "number": number, **text})
    return {"outcome": answers["outcome"]}


def _opinion(case: Case, answers: Answers) -> dict[str, Any]:
    told = {name: answers.get(name, "") for name in ("opinion_text", "mode", "meeting_date", "minutes_no")}
    return {**hand_of(case), "outcome": answers["outcome"], **told}


RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "confirm_rules": _confirm_rules,
    "approve_rules": _approve_rules,
    "review_ranking": _review_ranking,
    "sign_ranking": _sign_ranking,
    "approve_ranking": _approve_ranking,
    "issue_bulletin": _issue_bulletin,
    **APPEAL_RECEIVERS,
}
