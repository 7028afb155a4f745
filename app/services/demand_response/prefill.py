"""What each form of 诉求响应 begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.duties.demand_response import KIND_WORDS, RATING_WORDS
from app.duties.demand_response_states import CHANNELS, RESULTS, STATES
from app.duties.lights import chinese_date, distance_text
from app.models.demand import Demand, DemandReroute
from app.models.organization import Unit
from app.services.cases import Case, Prefill
from app.services.demand_response.facts import DemandFacts
from app.services.demand_response.routing import duplicates_of
from app.services.demand_response.rows import demand_of, enterprise_of, unit_name
from app.services.demand_routes import demand_routes

Row = dict[str, Any]


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    known = PREFILLS.get(element_id)
    values = known(case) if known else {}
    return {name: value for name, value in values.items() if value not in (None, "", [])}, {}


def _head(case: Case) -> Row:
    """The demand itself, as every form shows it."""
    demand = demand_of(case)
    return {
        "enterprise_name": enterprise_of(case).name,
        "number": demand.number,
        "category_name": demand_routes().categories[demand.category].label,
        "title": demand.title,
        "text": f"{demand.text}\n材料：{demand.materials}" if demand.materials else demand.text,
        "wanted_by": demand.wanted_by.isoformat() if demand.wanted_by else None,
        "urgent_note": demand.urgent_reason if demand.is_urgent else None,
        "raised_note": f"{chinese_date(demand.raised_on)}，{CHANNELS[demand.channel]}，{demand.raised_by}",
        "contact_note": " ".join(filter(None, [demand.contact_name, demand.contact_phone])) or "未登记",
    }


def _some(case: Case, *names: str) -> Row:
    head = _head(case)
    return {name: head[name] for name in names}


def _route(case: Case) -> Row:
    demand, route = demand_of(case), case.row("route") or {}
    proposed = DemandFacts(case).proposed_unit
    return {
        **_head(case),
        "proposed_name": unit_name(case.session, proposed),
        "route_reason": route.get("reason"),
        "elsewhere": route.get("elsewhere"),
        "duplicates": [_duplicate(row) for row in duplicates_of(case.session, demand)],
        "reroutes": _reroutes(case),
        "kind": demand.kind,
        "unit": unit_name(case.session, proposed),
        "answer_text": route.get("elsewhere"),
    }


def _duplicate(demand: Demand) -> Row:
    state = STATES[demand.state]
    return {"number": demand.number, "on": demand.raised_on.isoformat(), "title": demand.title, "state": state}


def _reroutes(case: Case) -> list[Row]:
    names = {row.id: row.short_name for row in case.session.execute(select(Unit.id, Unit.short_name))}
    rows = case.session.scalars(
        select(DemandReroute).where(DemandReroute.demand_id == demand_of(case).id).order_by(DemandReroute.id)
    )
    return [
        {"no": number, "unit_name": names[row.unit_id], "proposed_name": names[row.proposed_unit_id],
         "ground": row.ground}
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def _limit(case: Case) -> Row:
    facts = DemandFacts(case)
    accepted = demand_of(case).accepted_on
    until = f"，即{chinese_date(facts.answer_due_on)}前" if accepted else ""
    note = f"受理后{facts.limit_days}个工作日内答复{until}"
    return {"kind_name": KIND_WORDS[facts.kind], "limit_note": note}


def _acceptance(case: Case) -> Row:
    assigned = case.row("assigned") or {}
    return {**_head(case), **_limit(case), "assigned_note": assigned.get("note")}


def _part(case: Case) -> Row:
    return {**_head(case), "lead_name": unit_name(case.session, demand_of(case).unit_id)}


def _answer(case: Case) -> Row:
    """An answer that the head returned is there again; else how answers of the category begin."""
    demand = demand_of(case)
    returned, delay, decision = case.row("returned"), case.row("delay", str(demand.round)), case.row("decision")
    known: Row = {
        **_head(case),
        **_limit(case),
        "decision_note": decision and f"{decision['number']} 明确由本单位答复".strip(),
        "returned_note": returned and returned["opinion_text"],
        "judged_note": delay and delay["reason"],
        "parts": _parts(case, demand),
        "answer_text": demand_routes().categories[demand.category].answer,
        "contacted_on": case.today.isoformat(),
    }
    last = list(case.rows("answer").values())
    if returned and last:
        kept = ("result", "answer_text", "ground", "done_by", "contacted_on", "manner", "attachments")
        known |= {name: last[-1][name] for name in kept if name in last[-1]}
    return known


def _parts(case: Case, demand: Demand) -> list[Row]:
    """A silent unit is named with nothing said."""
    parts = case.rows("part")
    names = {row.id: row.short_name for row in case.session.execute(select(Unit.id, Unit.short_name))}
    return [
        {"no": number, "unit_name": names.get(unit, unit), "text": _said(parts.get(unit))}
        for number, unit in enumerate(demand.joint_units, 1)
    ]


def _said(part: Mapping[str, Any] | None) -> str:
    if part is None:
        return "未反馈"
    return "无意见" if part["no_opinion"] else str(part["text"])


def _answered(case: Case) -> Row:
    demand = demand_of(case)
    return {
        "result_name": RESULTS.get(demand.result, demand.result),
        "answer_text": demand.answer_text,
        "ground_note": "、".join(demand.ground),
    }


def _signing(case: Case) -> Row:
    return {**_some(case, "enterprise_name", "number", "category_name", "title", "text"), **_answered(case)}


def _delay(case: Case) -> Row:
    demand, facts = demand_of(case), DemandFacts(case)
    return {
        **_some(case, "enterprise_name", "number", "title"),
        "unit_name": unit_name(case.session, demand.unit_id),
        "limit_note": _limit(case)["limit_note"],
        "late_note": distance_text(case.today, facts.answer_due_on, case.calendar),
    }


def _rating(case: Case) -> Row:
    unit = unit_name(case.session, demand_of(case).unit_id)
    return {**_some(case, "number", "title"), **_answered(case), "unit_name": unit}


def _judgement(case: Case) -> Row:
    demand = demand_of(case)
    rated = f"{RATING_WORDS[demand.rating]}：{demand.rating_reason}" if demand.rating else None
    unit = unit_name(case.session, demand.unit_id)
    return {**_signing(case), "unit_name": unit, "rating_note": rated}


PREFILLS: Mapping[str, Callable[[Case], Row]] = {
    "route_demand": _route,
    "accept_demand": _acceptance,
    "joint_answer": _part,
    "answer_demand": _answer,
    "sign_answer": _signing,
    "judge_delay": _delay,
    "rate_answer": _rating,
    "judge_demand": _judgement,
}
