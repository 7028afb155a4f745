"""How 诉求响应 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.demand_response import DUTY
from app.services.cases import Case, Casework
from app.services.demand_response.actions import ACTIONS
from app.services.demand_response.assigning import responsible
from app.services.demand_response.consulting import told_to_consultation
from app.services.demand_response.facts import facts
from app.services.demand_response.opening import may_open, opening, raised
from app.services.demand_response.prefill import prefill
from app.services.demand_response.receive import receive
from app.services.demand_response.rows import demand_of

CONSULTATION, ORDER = "consultation_wanted", "supervision_wanted"
DROPPED = "caller_dropped"


def stage(case: Case, open_elements: frozenset[str]) -> str:
    return demand_of(case).state


def told(case: Case, message: str) -> Mapping[str, Any]:
    if message == CONSULTATION:
        return told_to_consultation(case)
    if message != ORDER:
        return {}
    demand, delay = demand_of(case), case.row("delay", str(demand_of(case).round)) or {}
    subject = f"企业诉求{demand.number}逾期未答复：{demand.title}"
    return {"subject": subject, "unit": demand.unit_id, "reason": delay.get("reason", "")}


def ended(case: Case) -> None:
    """A consultation that is still under way need not decide any more."""
    if case.row("consulted") and not case.row("decision"):
        key = case.instance.business_key
        case.effect(f"{case.instance.id}:{DROPPED}", "message", name=DROPPED, key=key)


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    may_open=may_open,
    started_by={"demand_raised": raised},
    unheard=frozenset({ORDER}),
    told=told,
    responsible=responsible,
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    ended=ended,
)
