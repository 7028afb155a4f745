"""A unit's score confirmed or appealed: what each form writes down, and how a finding becomes a correction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.duties.assessment import read_rules
from app.services.assessment.inputs import corrected, items_of
from app.services.assessment.ranking import revise_ranking
from app.services.assessment.rows import Row, assessment_of, score_of
from app.services.assessment.scores import revise
from app.services.case_notes import hand_of, unit_of, year_of
from app.services.cases import Case, Data
from app.services.december_report.scope import read_plan_year
from app.services.document_numbers import give_number
from app.services.telling import tell

Answers = Mapping[str, Any]
LETTER = "函"
SAID = ("no", "verdict", "ground", "corrected", "due_on", "credit")
UPHELD = ("upheld", "partly")


def _confirm_score(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] == "confirmed":
        case.put("confirmed", "", hand_of(case))
        return {"outcome": "confirmed"}
    insists = bool(answers.get("unit_insists"))
    rows = [{name: row.get(name) for name in ("no", "what", "text", "file", "wanted")} for row in answers["appeals"]]
    case.put("appeal", "", {**hand_of(case), "unit_insists": insists, "rows": rows})
    return {"outcome": "appealed", "unit_insists": insists}


def _sign_appeal(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("outcome", "opinion_text")}
    case.put("appeal_opinion", "", {**hand_of(case), **told})
    return {"outcome": answers["outcome"]}


def _examine_appeal(case: Case, answers: Answers) -> Answers:
    case.put("finding", "", {**hand_of(case), "rows": _said(answers["findings"])})
    return {}


def _sign_answer(case: Case, answers: Answers) -> Answers:
    """The answer is a letter with a number; it has one only when it leaves."""
    if answers["outcome"] == "yes":
        plan = read_plan_year(case.session, year_of(case)).plan
        number = give_number(case.connection, plan.agency_code, LETTER, case.today.year)
        case.put("answer", "", {**hand_of(case), "number": number})
    case.put("answer_opinion", "", {**hand_of(case), "opinion_text": answers.get("opinion_text", "")})
    return {"outcome": answers["outcome"]}


def _decide_appeal(case: Case, answers: Answers) -> Answers:
    told = {name: answers.get(name, "") for name in ("mode", "meeting_date", "minutes_no")}
    case.put("ruling", "", {**hand_of(case), "rows": _said(answers["rulings"]), **told})
    return {}


def _said(rows: list[Row]) -> list[Row]:
    return [{name: row[name] for name in SAID if row.get(name) is not None} for row in rows]


def recompute_score(case: Case, data: Data) -> Mapping[str, Any]:
    """What was found becomes a correction beside each fact; the leading group is asked where something was refused."""
    rows = (case.row("finding") or {}).get("rows", [])
    seal = _apply(case, rows, "appeal")
    is_refused = any(row["verdict"] != "upheld" for row in rows)
    return {"unit_insists": bool(data.get("unit_insists")) and is_refused, "score_seal": seal}


def apply_appeal(case: Case, data: Data) -> Mapping[str, Any]:
    """The leading group's word is the last one, over what the office had found."""
    return {"score_seal": _apply(case, (case.row("ruling") or {}).get("rows", []), "ruling")}


def _apply(case: Case, rows: list[Row], reason: str) -> str:
    score = score_of(case)
    before, items = score.total, items_of(score.inputs)
    made = {row["no"]: correction for row in rows if (correction := _correction(case, items[row["no"]], row))}
    refused = {row["no"] for row in rows if row["verdict"] == "refused" and items[row["no"]].get("correction")}
    if made or refused:
        inputs = corrected(without_corrections(score.inputs, refused), made)
        rules = read_rules(assessment_of(case).rules)
        score = revise(case.session, score, inputs, rules, reason, case.instance.id, case.at)
    _tell(case, f"总分由{before}分变为{score.total}分。" if score.total != before else "总分没有变化。", reason)
    if score.total != before:
        revise_ranking(case, str(before), str(score.total))
    return score.seal


def without_corrections(inputs: Mapping[str, Any], numbers: set[int]) -> dict[str, Any]:
    return {
        name: [{k: v for k, v in row.items() if k != "correction"} if row["no"] in numbers else row for row in rows]
        if isinstance(rows, list)
        else rows
        for name, rows in inputs.items()
    }


def _correction(case: Case, item: Row, row: Row) -> Row | None:
    """A later limit counts its days anew; else a share of the item, all of it where the appeal is upheld."""
    if row["verdict"] not in UPHELD:
        return None
    told: Row = {name: row[name] for name in ("verdict", "ground", "corrected") if name in row}
    told |= {"by": case.actor.login, "on": case.today.isoformat(), "instance": case.instance.id}
    if row.get("due_on") and item.get("done_on"):
        return told | {"due_on": row["due_on"], "late_days": _late_days(case, item, row)}
    return told | {"credit": str(row.get("credit", 1))}


def _late_days(case: Case, item: Row, row: Row) -> int:
    due_on, done_on = date.fromisoformat(row["due_on"]), date.fromisoformat(item["done_on"])
    if done_on <= due_on:
        return 0
    return max(case.calendar.count(due_on, case.calendar.first_on_or_after(done_on)), 0)


def _tell(case: Case, text: str, reason: str) -> None:
    inboxes = [f"contact:{unit_of(case)}", f"head:{unit_of(case)}"]
    word = "裁定" if reason == "ruling" else "申诉答复"
    tell(case, inboxes, f"{year_of(case)}年度考核{word}", f"{case.instance.title}：{text}", reason)


RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "confirm_score": _confirm_score,
    "sign_appeal": _sign_appeal,
    "examine_appeal": _examine_appeal,
    "sign_appeal_answer": _sign_answer,
    "decide_appeal": _decide_appeal,
}
