"""A demand that nobody owns, or that leaves the firm dissatisfied, before a consultation; and what that decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.demand_response import unit_of
from app.models.demand import DemandReroute
from app.models.organization import OFFICE
from app.services.cases import Case
from app.services.consultation.decisions import decision_for
from app.services.demand_response.rows import demand_of, enterprise_of, named_units, set_state, unit_name
from app.services.demand_routes import demand_routes

MOST_UNITS = 12


def ask_consultation(case: Case, question: str) -> None:
    """question: who | what. The clock of an answer stands still from here on."""
    case.put("consulted", "", {"on": case.today.isoformat(), "question": question})
    case.drop("decision", "")
    set_state(case, demand_of(case), "consulting")


def told_to_consultation(case: Case) -> Mapping[str, Any]:
    """What `consultation_wanted` brings: subject, question, background and the units that were asked."""
    demand, firm = demand_of(case), enterprise_of(case)
    is_about_unit = (case.row("consulted") or {})["question"] == "who"
    wanted = "由哪个单位负责答复" if is_about_unit else "如何解决并答复企业"
    return {
        "subject": f"企业诉求{demand.number}{'办理单位' if is_about_unit else '办理意见'}",
        "question": [
            {
                "text": f"{firm.name}的诉求“{demand.title}”{wanted}",
                "kind": "unit" if is_about_unit else "text",
                "concerns": "other",
            }
        ],
        "units": _units(case),
        "background": f"{demand.text}\n{_history(case)}".strip(),
        "caller": f"企业诉求{demand.number}：{demand.title}",
    }


def note_decision(case: Case) -> None:
    """Who was named answers from today; where the office took no consultation up, it answers itself."""
    consulted = case.row("consulted")
    if consulted is None or case.row("decision") or demand_of(case).state != "consulting":
        return
    demand, decided = demand_of(case), decision_for(case.connection, case.instance.business_key)
    named = next(iter(decided.values.values()), None) if decided else None
    unit = unit_of({"units": named_units(case.session)}, str(named)) if named else None
    number = decided.number if decided else ""
    case.put("decision", "", {"unit": unit, "number": number, "on": case.today.isoformat()})
    if demand.accepted_on is None:
        demand.accepted_on = case.today
    else:
        demand.stopped_days += case.calendar.count(date.fromisoformat(consulted["on"]), case.today)
    demand.unit_id = unit or OFFICE
    limit = demand_routes().limit(demand.kind) + demand.stopped_days
    demand.due_on = case.calendar.add(demand.accepted_on, limit)
    set_state(case, demand, "working", f"会商决定{number}".strip())


def meeting_decided(case: Case) -> str:
    """What the consultation on the matter itself decided, in words; "" where it decided nothing."""
    decided = decision_for(case.connection, case.instance.business_key)
    return "；".join(str(value) for value in decided.values.values()) if decided else ""


def _units(case: Case) -> list[str]:
    """All that were asked or named so far, then the one that the table names, then whoever advises."""
    demand, route = demand_of(case), case.row("route") or {}
    rows = case.session.scalars(select(DemandReroute).where(DemandReroute.demand_id == demand.id)).all()
    asked = [unit for row in rows for unit in (row.unit_id, row.proposed_unit_id)]
    named = [*asked, demand.unit_id, *demand.joint_units, route.get("unit"), route.get("advises")]
    wanted = dict.fromkeys(unit for unit in [*named, enterprise_of(case).locality_id] if unit and unit != OFFICE)
    return list(wanted)[:MOST_UNITS]


def _history(case: Case) -> str:
    demand = demand_of(case)
    rows = case.session.scalars(select(DemandReroute).where(DemandReroute.demand_id == demand.id))
    refused = [_refused(case, row) for row in rows]
    rated = f"企业评价不满意：{demand.rating_reason}" if demand.rating == "no" else ""
    answered = f"已答复：{demand.answer_text}" if demand.answer_text else ""
    return "\n".join(filter(None, [*refused, answered, rated]))


def _refused(case: Case, row: DemandReroute) -> str:
    asked, proposed = (unit_name(case.session, unit) for unit in (row.unit_id, row.proposed_unit_id))
    return f"{asked}认为非本单位职责，建议{proposed}办理：{row.ground}"
