"""The service tasks of a demand: classified, given back, answered, opened again, closed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.duties.demand_response import MOST_REROUTES
from app.models.demand import Demand, DemandReroute
from app.services.cases import Action, Case, Data
from app.services.demand_response.consulting import ask_consultation, meeting_decided
from app.services.demand_response.routing import duplicates_of, is_a_hint, proposed
from app.services.demand_response.rows import demand_of, enterprise_of, set_state
from app.services.demand_routes import demand_routes
from app.services.telling import tell
from app.terms import Role


def classify_demand(case: Case, data: Data) -> Mapping[str, Any]:
    """What the table proposes; it goes to a unit at once only where nothing speaks against it."""
    demand = demand_of(case)
    demand.instance_id = case.instance.id
    if case.actor.person_id is not None:
        demand.raised_by = case.actor.name
    route, alike = proposed(demand, enterprise_of(case).locality_id), duplicates_of(case.session, demand)
    told = {"unit": route.unit, "advises": route.advises, "kind": route.kind, "reason": route.reason}
    numbers = [one.number for one in alike]
    case.put("route", "", {**told, "elsewhere": route.elsewhere, "duplicates": numbers})
    demand.kind, is_sure = route.kind, route.is_sure and not alike
    if is_sure:
        demand.unit_id, demand.routed_on = route.unit, case.today
        case.put("assigned", "", {"unit": route.unit, "note": route.reason})
    set_state(case, demand, "offered" if is_sure else "routing")
    if route.elsewhere:
        _tell_firm(case, demand, f"诉求{demand.number}的受理渠道", route.elsewhere, "elsewhere")
    if is_a_hint(case.session, demand):
        _hint(case, demand)
    return {"kind": route.kind, "is_sure": is_sure}


def _hint(case: Case, demand: Demand) -> None:
    label = demand_routes().categories[demand.category].label
    text = f"近30天内，多家企业提出“{label}”类诉求，建议研究列为办实事项目。"
    tell(case, [Role.OFFICE], f"“{label}”类诉求集中出现", text, f"hint:{demand.category}")


def count_reroute(case: Case, data: Data) -> Mapping[str, Any]:
    """Counted from the table: an interrupted box forgets nothing, and a new round begins at nought."""
    demand, refusal = demand_of(case), case.row("refusal") or {}
    case.session.add(
        DemandReroute(
            demand_id=demand.id,
            unit_id=refusal["unit"],
            proposed_unit_id=refusal["proposed"],
            ground=refusal["ground"],
            round=demand.round,
            on=case.today,
        )
    )
    case.session.flush()
    wanted = (DemandReroute.demand_id == demand.id, DemandReroute.round == demand.round)
    count = case.session.scalars(select(func.count()).select_from(DemandReroute).where(*wanted)).one()
    if count >= MOST_REROUTES:
        ask_consultation(case, "who")
    else:
        demand.unit_id = None
        set_state(case, demand, "routing")
    return {"reroutes": count}


def send_answer(case: Case, data: Data) -> None:
    demand = demand_of(case)
    demand.answered_on = case.today
    set_state(case, demand, "answered", demand.answer_text)
    title = f"诉求{demand.number}已答复：{demand.title}"
    _tell_firm(case, demand, title, f"{demand.answer_text}\n请确认并评价。", f"answered:{demand.round}")
    _tell_joined(case, demand)


def _tell_joined(case: Case, demand: Demand) -> None:
    """Whoever raised the same is told the same."""
    joined = case.session.scalars(select(Demand).where(Demand.joined_to == demand.number)).all()
    for one in joined:
        title = f"诉求{one.number}已一并答复"
        text = f"与{demand.number}号诉求一并办理，答复：{demand.answer_text}"
        reason = f"joined:{one.number}:{demand.round}"
        tell(case, [f"enterprise:{one.enterprise_id}"], title, text, reason)


def reopen_demand(case: Case, data: Data) -> Mapping[str, Any]:
    """Another unit where the office named one, else the office routes it anew."""
    demand, judged = demand_of(case), case.row("judged") or {}
    demand.round += 1
    demand.unit_id, demand.accepted_on, demand.answered_on, demand.due_on = judged.get("unit"), None, None, None
    demand.joint_units, demand.stopped_days = [], 0
    is_sure = judged.get("unit") is not None
    if is_sure:
        case.put("assigned", "", {"unit": judged["unit"], "note": f"重新办理：{judged['reason']}"})
    for kind in ("refusal", "consulted", "decision"):
        case.drop(kind, "")
    set_state(case, demand, "offered" if is_sure else "routing", "重新办理")
    return {"round": demand.round, "reroutes": 0, "is_sure": is_sure}


def close_demand(case: Case, data: Data) -> None:
    """With what the office or a meeting said last. Not rated, it is left out of satisfaction."""
    demand, judged = demand_of(case), case.row("judged") or {}
    explained = judged.get("reason", "") if judged.get("outcome") == "explain" else ""
    decided = meeting_decided(case) if judged.get("outcome") == "consult" else ""
    note = f"会商意见：{decided}" if decided else explained
    demand.closed_on = case.today
    set_state(case, demand, "closed", note)
    if note:
        _tell_firm(case, demand, f"诉求{demand.number}已办结：{demand.title}", note, "closed")


def close_withdrawn(case: Case, data: Data) -> None:
    demand = demand_of(case)
    demand.closed_on = case.today
    unit_id = demand.unit_id
    set_state(case, demand, "withdrawn")
    if unit_id is not None:
        title = f"企业已撤回诉求：{demand.number} {demand.title}"
        tell(case, [f"contact:{unit_id}"], title, "企业已撤回该诉求，无须继续办理。", "withdrawn")


def _tell_firm(case: Case, demand: Demand, title: str, text: str, reason: str) -> None:
    tell(case, [f"enterprise:{demand.enterprise_id}"], title, text, reason)


ACTIONS: Mapping[str, Action] = {
    "demand_response.classify_demand": classify_demand,
    "demand_response.count_reroute": count_reroute,
    "demand_response.send_answer": send_answer,
    "demand_response.reopen_demand": reopen_demand,
    "demand_response.close_demand": close_demand,
    "demand_response.close_withdrawn": close_withdrawn,
}
