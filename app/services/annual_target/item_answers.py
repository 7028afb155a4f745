"""What completing a form of one proposal, or of one locality's answer, writes down.

Working rows of a proposal (`annual_target_indicator`); numbers are texts, exact:

    subject ""        {no}
    proposal ""       {value, quarters, reason, approach, baseline, attachments}
    returned ""       {text, by}: why it came back, until the head has signed it again
    opinion "<unit>"  {round, outcome, counter_value, counter_reason, is_silent}; round 0: not asked yet
    countersigning "" {round}: how often opinions were collected
    answer ""         {outcome, value, texts}; texts: unit id -> the lead's answer
    decision ""       {value, reason, opinion_text, by}

and of a locality's answer (`annual_target_locality`):

    figure "02"       {no, name, unit, target, value, answer, proposed, reason, final, decision}
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.duties.annual_target import even_quarters
from app.duties.quantity import digits, to_decimal
from app.services.annual_target.answers import Answers, Receive, Scalars
from app.services.annual_target.facts import round_of
from app.services.annual_target.package import Row, item_key, standing_of
from app.services.cases import Case, FormTask

OBJECT = "object"


def propose_target(case: Case, task: FormTask, answers: Answers) -> Scalars:
    value = to_decimal(answers["value"])
    planned = [digits(to_decimal(row["value"])) for row in answers.get("quarter_plan", ())]
    proposal = {
        "value": digits(value),
        "quarters": planned or _even_quarters(case, value),
        "reason": str(answers.get("reason") or "").strip(),
        "approach": str(answers.get("approach") or "").strip(),
        "baseline": list(answers.get("baseline", ())),
        "attachments": list(answers.get("attachments", ())),
    }
    case.put("proposal", "", proposal)
    return {}


def sign_proposal(case: Case, task: FormTask, answers: Answers) -> Scalars:
    if answers["outcome"] == "yes":
        case.drop("returned", "")
    else:
        case.put("returned", "", {"text": answers["opinion_text"], "by": case.actor.name})
    return {"outcome": answers["outcome"]}


def countersign_target(case: Case, task: FormTask, answers: Answers) -> Scalars:
    opinion: dict[str, Any] = {"round": round_of(case) + 1, "outcome": answers["outcome"]}
    if answers["outcome"] == "no":
        opinion["counter_value"] = digits(to_decimal(answers["counter_value"]))
        opinion["counter_reason"] = answers["counter_reason"].strip()
    case.put("opinion", task.item or task.unit_id, opinion)
    return {}


def answer_objection(case: Case, task: FormTask, answers: Answers) -> Scalars:
    outcome = answers["outcome"]
    texts = {row["unit"]: row["answer_text"].strip() for row in answers["answers"]}
    case.put("answer", "", {"outcome": outcome, "texts": texts})
    if outcome == "partly":
        _replace_value(case, to_decimal(answers["value"]))
    return {"outcome": outcome}


def decide_alone(case: Case, task: FormTask, answers: Answers) -> Scalars:
    value = to_decimal(answers["value"])
    _replace_value(case, value)
    told = {"reason": answers["reason"].strip(), "opinion_text": answers.get("opinion_text", "")}
    case.put("decision", "", {"value": digits(value), "by": case.actor.name, **told})
    return {}


def answer_breakdown(case: Case, task: FormTask, answers: Answers) -> Scalars:
    figures = case.rows("figure")
    for answer in answers["figures"]:
        figure = figures[item_key(answer["no"])]
        figure["answer"] = answer["answer"]
        if answer["answer"] == OBJECT:
            figure["proposed"] = digits(to_decimal(answer["proposed"]))
            figure["reason"] = answer["reason"].strip()
    case.put_all("figure", figures)
    return {"objected_items": sum(figure["answer"] == OBJECT for figure in figures.values())}


def sign_breakdown(case: Case, task: FormTask, answers: Answers) -> Scalars:
    return {"outcome": answers["outcome"]}


def decide_breakdown_objection(case: Case, task: FormTask, answers: Answers) -> Scalars:
    figures = case.rows("figure")
    for answer in answers["figures"]:
        figure = figures[item_key(answer["no"])]
        figure |= {"final": digits(to_decimal(answer["final"])), "decision": answer["reason"].strip()}
    case.put_all("figure", figures)
    return {}


def _replace_value(case: Case, value: Decimal) -> None:
    """Another value than the one proposed: the quarters are spread anew."""
    proposal: Row = case.row("proposal") or {}
    case.put("proposal", "", {**proposal, "value": digits(value), "quarters": _even_quarters(case, value)})


def _even_quarters(case: Case, value: Decimal) -> list[str]:
    indicator = standing_of(case).indicator
    if indicator.kind != "newly_added":
        return []
    return [digits(quarter) for quarter in even_quarters(value, indicator.precision)]


CHILD_ANSWERS: Mapping[str, Receive] = {
    receive.__name__: receive
    for receive in (
        propose_target,
        sign_proposal,
        countersign_target,
        answer_objection,
        decide_alone,
        answer_breakdown,
        sign_breakdown,
        decide_breakdown_objection,
    )
}
