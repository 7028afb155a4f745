"""What a consultation does by itself: compare the answers, announce the decision, register what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.duties.consultation import agreed_values, is_agreed, silent
from app.models.consultation import Consultation, ConsultationCaller, ConsultationDecision, DecidedAction
from app.services.cases import Action, Case, Data
from app.services.consultation.forms import decisions_in_words
from app.services.consultation.rows import by_number, opinions_of, questions_of, subject_of
from app.services.telling import tell

CONSULTATION, CALLER = table_of(Consultation), table_of(ConsultationCaller)
DECISION, TO_DO = table_of(ConsultationDecision), table_of(DecidedAction)
DECIDED = "consultation_decided"
OFFICE_ITSELF = ""  # the key of the decision where nobody waits for it


def _compare_opinions(case: Case, data: Data) -> Mapping[str, Any]:
    questions, opinions = questions_of(case), opinions_of(case)
    agreed = {str(number): value for number, value in agreed_values(questions, opinions).items()}
    verdict = is_agreed(questions, opinions)
    case.put("compared", "", {"agreed": agreed, "is_agreed": verdict, "silent": silent(opinions)})
    return {"is_agreed": verdict}


def _announce_decision(case: Case, data: Data) -> None:
    """The decision is stored for every caller, and each of them is told; the office alone has it under no key."""
    decision, number = _decision_of(case), (case.row("signature") or {}).get("number", "")
    _store_decision(case, decision, number)
    status = "refused" if (case.row("way") or {}).get("outcome") == "refused" else "decided"
    _close(case, status, number)
    for caller_key in callers_of(case):
        _tell_caller(case, caller_key, decision, number)
    text = f"{decisions_in_words(case, decision)}\n{_ground(case)}".strip()
    _tell_units(case, f"会商决定：{subject_of(case)['subject']}", f"{number}\n{text}".strip(), "decided")


def _register_followups(case: Case, data: Data) -> None:
    actions = (case.row("minutes") or {}).get("actions", ())
    told = {"consultation_key": case.instance.business_key, "state": "open"}
    rows = [
        {**told, "unit_id": row["unit"], "content": row["content"], "due_on": date.fromisoformat(row["due_on"])}
        for row in actions
    ]
    if rows:
        case.connection.execute(TO_DO.insert(), rows)


def _close_consultation(case: Case, data: Data) -> None:
    """Its first caller has gone. Whoever joined decides itself, and the units need not answer any more."""
    _close(case, "dropped", "")
    for caller_key in callers_of(case):
        if caller_key != case.instance.data.get("caller_key"):
            _tell_caller(case, caller_key, {}, "")
    _tell_units(case, f"会商终止：{subject_of(case)['subject']}", "提请事项已撤销，无须再反馈意见。", "dropped")


def callers_of(case: Case) -> list[str]:
    where = CALLER.c.consultation_key == case.instance.business_key
    return list(case.connection.execute(select(CALLER.c.caller_key).where(where).order_by(CALLER.c.id)).scalars())


def _decision_of(case: Case) -> dict[int, Any]:
    """From the minutes, else what the office answered; nothing where it took no consultation up."""
    minutes, direct = case.row("minutes"), case.row("direct")
    return by_number(minutes["decisions"] if minutes else (direct or {}).get("values", {}))


def _ground(case: Case) -> str:
    return str((case.row("direct") or {}).get("ground", ""))


def _store_decision(case: Case, decision: Mapping[int, Any], number: str) -> None:
    told = {"consultation_key": case.instance.business_key, "number": number, "decided_on": case.today}
    rows = [
        {**told, "caller_key": caller_key, "question_no": question["no"], "question": question["text"],
         "kind": question["kind"], "concerns": question["concerns"], "value": decision[question["no"]]}
        for caller_key in callers_of(case) or [OFFICE_ITSELF]
        for question in questions_of(case)
        if question["no"] in decision
    ]  # fmt: skip
    if rows:
        case.connection.execute(DECISION.insert(), rows)


def _close(case: Case, status: str, number: str) -> None:
    where = CONSULTATION.c.key == case.instance.business_key
    told = {"status": status, "number": number, "decided_on": case.today}
    case.connection.execute(CONSULTATION.update().where(where).values(told))


def _tell_caller(case: Case, caller_key: str, decision: Mapping[int, Any], number: str) -> None:
    told: dict[str, Any] = {
        "consultation": case.instance.business_key,
        "number": number,
        "is_decided": bool(decision),
        "decision": {str(no): value for no, value in decision.items()},
        "ground": _ground(case),
    }
    case.effect(f"{case.instance.id}:{DECIDED}:{caller_key}", "message", name=DECIDED, key=caller_key, **told)


def _tell_units(case: Case, title: str, text: str, reason: str) -> None:
    tell(case, [f"contact:{unit}" for unit in subject_of(case).get("units", ())], title, text, reason)


ACTIONS: Mapping[str, Action] = {
    "consultation.compare_opinions": _compare_opinions,
    "consultation.announce_decision": _announce_decision,
    "consultation.register_followups": _register_followups,
    "consultation.close_consultation": _close_consultation,
}
