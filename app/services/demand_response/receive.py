"""What completing each form of 诉求响应 writes down, and the scalars its gateways read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.duties.demand_response import unit_of
from app.models.demand import Demand
from app.models.organization import OFFICE
from app.services.case_notes import hand_of
from app.services.cases import Case, FormTask
from app.services.demand_response.consulting import ask_consultation
from app.services.demand_response.facts import DemandFacts
from app.services.demand_response.rows import demand_of, named_units, set_state
from app.services.telling import tell

Answers = Mapping[str, Any]
ALONGSIDE = "joined"


def receive(case: Case, task: FormTask, answers: Answers) -> Mapping[str, Any]:
    if task.element_id == "joint_answer":
        told = {"text": answers.get("part_text", ""), "no_opinion": bool(answers.get("no_opinion"))}
        case.put("part", task.item or "", {**hand_of(case), **told})
        return {}
    return RECEIVERS[task.element_id](case, answers)


def _route_demand(case: Case, answers: Answers) -> Answers:
    demand, outcome = demand_of(case), answers["outcome"]
    demand.routed_on = demand.routed_on or case.today
    if outcome == "answer_now":
        _answered_by_office(case, demand, answers)
        return {"outcome": outcome}
    demand.kind, demand.unit_id = answers["kind"], _unit(case, answers["unit"])
    joint = [_unit(case, row["unit"]) for row in answers.get("joint_units", ())] if outcome == "joint" else []
    demand.joint_units = joint
    case.put("assigned", "", {**hand_of(case), "unit": demand.unit_id, "note": answers.get("reason", "")})
    for unit in case.rows("part"):
        case.drop("part", unit)
    if outcome == "joint":
        _accept(case, demand, "joint")
    else:
        set_state(case, demand, "offered")
    return {"outcome": outcome, "kind": demand.kind, "units": {unit: {} for unit in joint}}


def _answered_by_office(case: Case, demand: Demand, answers: Answers) -> None:
    """At once, and so in time; or told that it is answered together with another of its kind."""
    joined = next((row["number"] for row in answers.get("duplicates", ()) if row.get("joins")), None)
    demand.unit_id, demand.accepted_on, demand.due_on = OFFICE, case.today, case.today
    demand.joined_to, demand.result = joined, ALONGSIDE if joined else "answered"
    said = f"该诉求与{joined}号诉求内容相近，已并入一并办理，办理结果将一并答复。" if joined else ""
    demand.answer_text = answers.get("answer_text") or said
    case.session.flush()


def _unit(case: Case, text: str) -> str:
    """The check of the form has found it."""
    unit = unit_of({"units": named_units(case.session)}, str(text))
    assert unit is not None
    return unit


def _accept_demand(case: Case, answers: Answers) -> Answers:
    demand = demand_of(case)
    if answers["outcome"] == "no":
        proposed = _unit(case, answers["proposed_unit"])
        case.put("refusal", "", {"unit": demand.unit_id, "proposed": proposed, "ground": answers["legal_ground"]})
    else:
        if answers.get("call_note"):
            case.put("called", "", {**hand_of(case), "text": answers["call_note"]})
        _accept(case, demand, "working", answers.get("call_note", ""))
    return {"outcome": answers["outcome"]}


def _accept(case: Case, demand: Demand, state: str, note: str = "") -> None:
    """From here on the limit of the answer runs."""
    demand.accepted_on, demand.stopped_days = case.today, 0
    demand.due_on = DemandFacts(case).answer_due_on
    set_state(case, demand, state, note)


def _answer_demand(case: Case, answers: Answers) -> Answers:
    demand = demand_of(case)
    number = len(case.rows("answer")) + 1
    case.put("answer", f"{number:02}", {**hand_of(case), **answers, "round": demand.round, "unit": demand.unit_id})
    demand.result, demand.answer_text = answers["result"], answers["answer_text"]
    demand.ground = [row["name"] for row in answers.get("ground", ())]
    demand.follow_up_on = date.fromisoformat(answers["done_by"]) if answers["result"] == "in_progress" else None
    case.drop("returned", "")
    case.session.flush()
    if demand.kind != "consult":
        set_state(case, demand, "signing")
    return {}


def _sign_answer(case: Case, answers: Answers) -> Answers:
    if answers["outcome"] == "no":
        case.put("returned", "", {**hand_of(case), "opinion_text": answers["opinion_text"]})
        set_state(case, demand_of(case), "working")
    return {"outcome": answers["outcome"]}


def _judge_delay(case: Case, answers: Answers) -> Answers:
    demand = demand_of(case)
    case.put("delay", str(demand.round), {**hand_of(case), "outcome": answers["outcome"], "reason": answers["reason"]})
    if demand.unit_id not in (None, OFFICE):
        title = f"诉求答复已逾期：{demand.number} {demand.title}"
        principals = [f"contact:{demand.unit_id}", f"head:{demand.unit_id}"]
        tell(case, principals, title, answers["reason"], f"delay:{demand.round}")
    return {"outcome": answers["outcome"]}


def _rate_answer(case: Case, answers: Answers) -> Answers:
    demand = demand_of(case)
    demand.rating, demand.stars = answers["outcome"], answers.get("stars")
    demand.rating_reason, demand.rated_on = answers.get("reason", ""), case.today
    case.session.flush()
    if demand.rating == "no" and demand.round == 1:
        set_state(case, demand, "judging")
    return {"outcome": answers["outcome"]}


def _judge_demand(case: Case, answers: Answers) -> Answers:
    unit = _unit(case, answers["unit"]) if answers["outcome"] == "again" and answers.get("unit") else None
    told = {"outcome": answers["outcome"], "reason": answers["reason"], "unit": unit}
    case.put("judged", "", {**hand_of(case), **told})
    if answers["outcome"] == "consult":
        ask_consultation(case, "what")
    return {"outcome": answers["outcome"]}


RECEIVERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "route_demand": _route_demand,
    "accept_demand": _accept_demand,
    "answer_demand": _answer_demand,
    "sign_answer": _sign_answer,
    "judge_delay": _judge_delay,
    "rate_answer": _rate_answer,
    "judge_demand": _judge_demand,
}
