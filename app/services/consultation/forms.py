"""What each form of 会商 begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.consultation import answers_to, needs_leader
from app.services.cases import Case, Prefill
from app.services.consultation.rows import (
    Row,
    by_number,
    in_words,
    kind_label,
    meetings_of,
    opinions_of,
    questions_of,
    short_names,
    subject_of,
)

NOBODY = "未反馈"


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FORMS.get(element_id)
    return (filler(case, item), {}) if filler else ({}, {})


def _set_consultation(case: Case, item: str | None) -> Row:
    subject, names = subject_of(case), short_names(case.session)
    known = {name: subject.get(name) for name in ("subject", "caller", "background") if subject.get(name)}
    questions = [{name: row[name] for name in ("text", "kind", "concerns", "precision")} for row in questions_of(case)]
    units = [{"unit": names.get(unit, unit)} for unit in subject.get("units", ())]
    return {**known, **({"question": questions} if questions else {}), **({"units": units} if units else {})}


def _answer_consultation(case: Case, item: str | None) -> Row:
    return {**_shown(case), "answers": _question_rows(case, {}, {})}


def _decide_directly(case: Case, item: str | None) -> Row:
    return {**_shown(case), "answers": _question_rows(case, {}, {})}


def _call_meeting(case: Case, item: str | None) -> Row:
    """A meeting that was put off is called again with what was said of it."""
    last = (meetings_of(case) or [{}])[-1]
    known = {name: last[name] for name in ("place", "chair", "agenda") if last.get(name)}
    return {"opinions": opinions_in_words(case), "agenda": _agenda(case), **known}


def _hold_meeting(case: Case, item: str | None) -> Row:
    names, meeting = short_names(case.session), meetings_of(case)[-1]
    when = f"{meeting['meeting_on']} {meeting['meeting_time']}"
    attendance = [
        {"unit": unit, "unit_name": names.get(unit, unit), "state": "attended"} for unit in subject_of(case)["units"]
    ]
    return {"meeting": f"{when}，{meeting['place']}，{meeting['chair']}主持", "attendance": attendance}


def _draft_minutes(case: Case, item: str | None) -> Row:
    """Written again, the minutes begin with what they were; first, with what the units agreed on."""
    names, minutes = short_names(case.session), case.row("minutes") or {}
    agreed = (case.row("compared") or {}).get("agreed", {})
    silent = [names.get(unit, unit) for unit in (case.row("compared") or {}).get("silent", ())]
    held = [meeting["views"] for meeting in meetings_of(case) if meeting.get("views")]
    concerns = [question["concerns"] for question in questions_of(case)]
    known: Row = {
        "opinions": opinions_in_words(case),
        "silent_units": "、".join(silent) or "无",
        "views": "\n".join(held),
        "decisions": _question_rows(case, by_number(minutes.get("decisions", agreed)), minutes.get("grounds", {})),
        "objections": _named(minutes.get("objections", ()), names),
        "actions": _named(minutes.get("actions", ()), names),
        "needs_leader": needs_leader(concerns, minutes.get("objections", ())),
        "note": minutes.get("note", ""),
    }
    return {name: value for name, value in known.items() if value not in ("", [])}


def _sign_minutes(case: Case, item: str | None) -> Row:
    names, minutes = short_names(case.session), case.row("minutes") or {}
    kept = [f"{names.get(row['unit'], row['unit'])}：{row['text']}" for row in minutes.get("objections", ())]
    return {
        "subject": subject_of(case)["subject"],
        "summary": decisions_in_words(case, by_number(minutes.get("decisions", {}))),
        "kept": "\n".join(kept) or "无",
    }


def opinions_in_words(case: Case) -> str:
    """Each question with what every unit says, a line each."""
    names, opinions, lines = short_names(case.session), opinions_of(case), []
    for question in questions_of(case):
        given = answers_to(question, opinions)
        said = [f"{names.get(unit, unit)}{in_words(question, value, names) or NOBODY}" for unit, value in given.items()]
        lines.append(f"{question['no']}. {question['text']}：{'；'.join(said)}")
    return "\n".join(lines)


def decisions_in_words(case: Case, decisions: Mapping[int, Any]) -> str:
    names = short_names(case.session)
    return "\n".join(
        f"{question['no']}. {question['text']}：{in_words(question, decisions.get(question['no']), names)}"
        for question in questions_of(case)
    )


def _shown(case: Case) -> Row:
    subject = subject_of(case)
    return {name: subject.get(name, "") for name in ("subject", "background")}


def _question_rows(case: Case, values: Mapping[int, Any], grounds: Mapping[str, str]) -> list[Row]:
    names, rows = short_names(case.session), []
    for question in questions_of(case):
        row: Row = {"no": question["no"], "question": question["text"], "kind_label": kind_label(question)}
        value, ground = in_words(question, values.get(question["no"]), names), grounds.get(str(question["no"]))
        rows.append(row | ({"value": value} if value else {}) | ({"ground": ground} if ground else {}))
    return rows


def _agenda(case: Case) -> str:
    texts = [f"{question['no']}. {question['text']}" for question in questions_of(case)]
    return "\n".join(["逐项研究以下问题并形成意见：", *texts])


def _named(rows: Any, names: Mapping[str, str]) -> list[Row]:
    return [{**row, "unit": names.get(row["unit"], row["unit"])} for row in rows]


FORMS: Mapping[str, Callable[[Case, str | None], Row]] = {
    "set_consultation": _set_consultation,
    "answer_consultation": _answer_consultation,
    "decide_directly": _decide_directly,
    "call_meeting": _call_meeting,
    "hold_meeting": _hold_meeting,
    "draft_minutes": _draft_minutes,
    "sign_minutes": _sign_minutes,
    "approve_minutes": _sign_minutes,
}
