"""What the forms of an objection begin with, what its rules may ask, and what completing them writes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.clock import local
from app.duties.objection import VERDICTS, admissibility
from app.models.recognition import Objection
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask, Prefill
from app.services.lazy_facts import LazyFacts
from app.services.objection.rows import objection_of

Answers = Mapping[str, Any]

VERDICT_WORDS = {"true": "属实", "partly": "部分属实", "false": "不属实"}


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    row = objection_of(case)
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "opened_on": lambda: case.today,
            "received_at": lambda: row.received_at,
            "published_on": lambda: row.notice.published_on,
            "ends_on": lambda: row.notice.ends_on,
            "listed": lambda: {each["key"] for each in row.notice.rows},
            "rows": lambda: [each["key"] for each in row.rows],
            "has_name": lambda: bool(row.name),
            "has_proof": lambda: bool(row.proof_list),
        }
    )


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    row = objection_of(case)
    known = {
        "about": _about(row),
        "facts": row.facts,
        "proof_list": row.proof_list,
        "received_on": f"{local(row.received_at):%Y-%m-%d %H:%M}",
        **(FILLERS[element_id](case, row) if element_id in FILLERS else {}),
    }
    return {name: value for name, value in known.items() if value and name in FIELDS[element_id]}, {}


def _who(case: Case, row: Objection) -> dict[str, Any]:
    return {"name": row.name or "匿名", "phone": row.phone}


def _register(case: Case, row: Objection) -> dict[str, Any]:
    period = (row.notice.published_on, row.notice.ends_on)
    found = admissibility(row.received_at, *period, has_name=bool(row.name), has_proof=bool(row.proof_list))
    advice = f"建议{VERDICTS[found.verdict]}" + (f"：{found.reason}" if found.reason else "")
    return {**_who(case, row), "advice": advice, "reason": found.reason}


def _investigate(case: Case, row: Objection) -> dict[str, Any]:
    earlier = case.row("findings") or {}
    kept = {name: earlier[name] for name in ("findings", "statement", "statement_on") if earlier.get(name)}
    return {**_who(case, row), **kept, "returned_opinion": (case.row("returned") or {}).get("text")}


def _decide(case: Case, row: Objection) -> dict[str, Any]:
    findings = case.row("findings") or {}
    investigated = [
        {"no": number, **each, "verdict": VERDICT_WORDS[each["verdict"]]}
        for number, each in enumerate(findings.get("findings", ()), 1)
    ]
    return {
        **_who(case, row),
        "investigated": investigated,
        "statement": findings.get("statement"),
        "rows": _about(row),
    }


def _about(row: Objection) -> list[dict[str, Any]]:
    names = {each["key"]: each["name"] for each in row.notice.rows}
    return [{"credit_code": each["key"], "name": names.get(each["key"], each["key"])} for each in row.rows]


COMMON = frozenset({"about", "received_on", "facts", "proof_list"})
WHO = frozenset({"name", "phone"})
FIELDS: Mapping[str, frozenset[str]] = {
    "register_objection": COMMON | WHO | {"advice", "reason"},
    "admit_anonymous": COMMON,
    "investigate_objection": COMMON | WHO | {"returned_opinion", "findings", "statement", "statement_on"},
    "decide_objection": WHO | {"about", "facts", "investigated", "statement", "rows"},
}
FILLERS: Mapping[str, Callable[[Case, Objection], dict[str, Any]]] = {
    "register_objection": _register,
    "investigate_objection": _investigate,
    "decide_objection": _decide,
}


def receive(case: Case, task: FormTask, answers: Answers) -> Answers:
    RECEIVERS[task.element_id](case, objection_of(case), answers)
    case.session.flush()
    return {"outcome": answers["outcome"]} if "outcome" in answers else {}


def _registered(case: Case, row: Objection, answers: Answers) -> None:
    if answers["outcome"] == "yes":
        row.status = "examining"
    row.reason = answers.get("reason", "") if answers["outcome"] == "no" else ""


def _admitted(case: Case, row: Objection, answers: Answers) -> None:
    if answers["outcome"] == "yes":
        row.status = "examining"
    else:
        row.reason = answers["opinion_text"]


def _investigated(case: Case, row: Objection, answers: Answers) -> None:
    told = {name: answers[name] for name in ("findings", "statement", "statement_on") if name in answers}
    case.put("findings", "", {**hand_of(case), **told})


def _decided(case: Case, row: Objection, answers: Answers) -> None:
    if answers["outcome"] == "returned":
        case.put("returned", "", {"name": case.actor.name, "text": answers["opinion_text"]})
        return
    told = {name: answers[name] for name in ("outcome", "opinion_text", "answer")}
    columns = ("credit_code", "result", "kind", "remark")
    rows = [{column: each[column] for column in columns if column in each} for each in answers["rows"]]
    case.put("decision", "", {**hand_of(case), **told, "rows": rows})


RECEIVERS: Mapping[str, Callable[[Case, Objection, Answers], None]] = {
    "register_objection": _registered,
    "admit_anonymous": _admitted,
    "investigate_objection": _investigated,
    "decide_objection": _decided,
}
