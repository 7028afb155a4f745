"""What completing each form of 会商 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.db import table_of
from app.duties.consultation import binding, meeting_moment, needs_leader, unit_named
from app.models.consultation import MeetingAttendance
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.consultation.rows import Row, meetings_of, named_units, question_key, questions_of, subject_of
from app.services.document_numbers import give_number
from app.services.plan_codes import agency_code

ATTENDANCE = table_of(MeetingAttendance)
MINUTES = "纪"

Answers = Mapping[str, Any]
Scalars = Mapping[str, Any]


def receive(case: Case, task: FormTask, answers: Answers) -> Scalars:
    return RECEIVERS[task.element_id](case, task, answers)


def _set_consultation(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """The units are the items of the written round; how the office takes it up is read by the gateway behind."""
    known = named_units(case.session)
    units = [unit for row in answers.get("units") or () if (unit := unit_named(known, row["unit"]))]
    subject = {"subject": answers["subject"].strip(), "background": answers["background"].strip(), "units": units}
    case.put("subject", "", {**subject_of(case), **subject})
    for key in case.rows("question"):
        case.drop("question", key)
    case.put_all("question", dict(map(_question, range(1, len(answers["question"]) + 1), answers["question"])))
    case.put("way", "", {**hand_of(case), "outcome": answers["outcome"], "reason": answers.get("reason", "")})
    if answers["outcome"] == "written":
        case.put("asked", "", {"on": case.today.isoformat()})
    return {"outcome": answers["outcome"], "units": {unit: {} for unit in units}}


def _question(number: int, row: Row) -> tuple[str, Row]:
    told = {"text": row["text"].strip(), "kind": row["kind"], "concerns": row["concerns"]}
    return question_key(number), {"no": number, **told, "precision": int(row.get("precision") or 0)}


def _answer_consultation(case: Case, task: FormTask, answers: Answers) -> Scalars:
    values, grounds = _typed_rows(case, answers["answers"])
    told = {"values": values, "grounds": grounds, "follows": bool(answers.get("follows"))}
    case.put("answer", task.item or task.unit_id, {**hand_of(case), **told, "files": list(answers.get("files", ()))})
    return {}


def _decide_directly(case: Case, task: FormTask, answers: Answers) -> Scalars:
    values, grounds = _typed_rows(case, answers.get("answers") or ())
    case.put("direct", "", {**hand_of(case), "values": values, "grounds": grounds, "ground": answers["ground"].strip()})
    return {}


def _call_meeting(case: Case, task: FormTask, answers: Answers) -> Scalars:
    told = {name: answers[name].strip() for name in ("meeting_on", "meeting_time", "place", "chair", "agenda")}
    case.put("meeting", question_key(len(meetings_of(case)) + 1), {**hand_of(case), **told})
    at = meeting_moment(date.fromisoformat(told["meeting_on"]), told["meeting_time"])
    return {"meeting_at": at.isoformat()}


def _hold_meeting(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """Who stays away without notice is kept for the assessment."""
    meetings = meetings_of(case)
    attendance = [
        {"unit": row["unit"], "state": row["state"], "person": row.get("person", "")}
        for row in answers.get("attendance") or ()
    ]
    told = {"outcome": answers["outcome"], "views": answers.get("views", ""), "reason": answers.get("reason", "")}
    held = answers["outcome"] == "held"
    case.put("meeting", question_key(len(meetings)), {**meetings[-1], **told, "attendance": attendance if held else []})
    if held and attendance:
        came = {"consultation_key": case.instance.business_key, "met_on": case.today}
        rows = [{**came, "unit_id": row["unit"], "state": row["state"]} for row in attendance]
        case.connection.execute(ATTENDANCE.insert(), rows)
    return {"outcome": answers["outcome"]}


def _draft_minutes(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """What the rule gives to the leading group cannot be kept from it; the office may give it more."""
    known = named_units(case.session)
    values, grounds = _typed_rows(case, answers["decisions"])
    objections = [{**row, "unit": unit_named(known, row["unit"])} for row in answers.get("objections") or ()]
    actions = [{**row, "unit": unit_named(known, row["unit"])} for row in answers.get("actions") or ()]
    told = {"decisions": values, "grounds": grounds, "objections": objections, "actions": actions}
    case.put("minutes", "", {**hand_of(case), **told, "note": answers.get("note", "")})
    concerns = [question["concerns"] for question in questions_of(case)]
    return {"needs_leader_flag": bool(answers.get("needs_leader")) or needs_leader(concerns, objections)}


def _sign_minutes(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """Signed, the minutes get their number in the same transaction."""
    if answers["outcome"] == "yes":
        number = give_number(case.connection, agency_code(case.session), MINUTES, case.today.year)
        told = {
            name: answers[name] for name in ("opinion_text", "mode", "meeting_date", "minutes_no") if name in answers
        }
        case.put("signature", "", {**hand_of(case), **told, "number": number})
        case.drop("returned", "")
    else:
        case.put("returned", "", {"name": case.actor.name, "text": answers.get("opinion_text", "")})
    return {"outcome": answers["outcome"]}


def _typed_rows(case: Case, rows: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Typed values and grounds by the number of the question, as they lie in a working row."""
    written = {row["no"]: row["value"] for row in rows if row.get("value")}
    values = binding(questions_of(case), written, named_units(case.session))
    grounds = {str(row["no"]): str(row["ground"]).strip() for row in rows if row.get("ground")}
    return {str(number): value for number, value in values.items()}, grounds


RECEIVERS: Mapping[str, Callable[[Case, FormTask, Answers], Scalars]] = {
    "set_consultation": _set_consultation,
    "answer_consultation": _answer_consultation,
    "decide_directly": _decide_directly,
    "call_meeting": _call_meeting,
    "hold_meeting": _hold_meeting,
    "draft_minutes": _draft_minutes,
    "sign_minutes": _sign_minutes,
    "approve_minutes": _sign_minutes,
}
