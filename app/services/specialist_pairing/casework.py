"""How 服务专员结对 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.specialist_pairing import DUTY
from app.services.cases import Case, Casework
from app.services.specialist_pairing import actions, opening, visit_actions
from app.services.specialist_pairing.assigning import responsible
from app.services.specialist_pairing.facts import facts
from app.services.specialist_pairing.prefill import prefill
from app.services.specialist_pairing.receive import receive
from app.services.specialist_pairing.rows import VISIT, pairing_key_of

PACKAGE = "policy_package_wanted"
LEFT, NEEDLESS = "specialist_left", "pairing_needless"
STAGES: Mapping[str, str] = {
    "widen_search": "searching",
    "choose_specialist": "choosing",
    "approve_sending": "sending",
    "accept_pairing": "accepting",
    "appoint_specialist": "appointing",
    "first_visit": "visiting",
    "ask_enterprise": "rating",
    "visit_enterprise": "visiting",
    "rate_visit": "rating",
    "decide_change": "judging",
}


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """Empty keeps it: a side task beside a visit says nothing about how far it is."""
    if case.instance.status == "completed":
        return "closed"
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")


def message_key(case: Case, message: str) -> str:
    """Whom it is about: the enterprise, or this pairing."""
    return case.instance.enterprise_id or "" if message in (PACKAGE, NEEDLESS) else pairing_key_of(case)


def told(case: Case, message: str) -> Mapping[str, Any]:
    return {"enterprise_id": case.instance.enterprise_id} if message == PACKAGE else {}


CASEWORK = Casework(
    duty=DUTY,
    opening=opening.opening,
    openings={VISIT: opening.opening_visit},
    may_open=opening.may_open,
    started_by={
        "title_granted": opening.title_granted,
        LEFT: opening.specialist_left,
        NEEDLESS: opening.pairing_needless,
    },
    unheard=frozenset({PACKAGE, "demand_raised"}),
    told=told,
    responsible=responsible,
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions={**actions.ACTIONS, **visit_actions.ACTIONS},
    stage=stage,
    message_key=message_key,
    optional=frozenset({"ask_enterprise", "rate_visit"}),
)
