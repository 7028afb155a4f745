"""How 会商 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from app.duties.consultation import DUTY
from app.services.cases import Case, Casework
from app.services.consultation.actions import ACTIONS
from app.services.consultation.facts import facts
from app.services.consultation.forms import prefill
from app.services.consultation.opening import asked, opening
from app.services.consultation.receive import receive

CALLER_DROPPED = "caller_dropped"
STAGES = {
    "set_consultation": "setting",
    "decide_directly": "answering",
    "answer_consultation": "asking",
    "call_meeting": "meeting",
    "hold_meeting": "meeting",
    "draft_minutes": "drafting",
    "sign_minutes": "signing",
    "approve_minutes": "approval",
}


def stage(case: Case, open_elements: frozenset[str]) -> str:
    if case.instance.status == "completed":
        return "closed"
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")


def message_key(case: Case, message: str) -> str:
    """It ends when the one that asked for it has gone; the office's own has nobody behind it."""
    caller = case.instance.data.get("caller_key")
    return str(caller) if message == CALLER_DROPPED and caller else case.instance.business_key


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    started_by={"consultation_wanted": asked},
    unheard=frozenset({"consultation_decided", CALLER_DROPPED}),
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    message_key=message_key,
)
