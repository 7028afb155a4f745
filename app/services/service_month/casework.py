"""How 专精特新企业服务月 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping

from app.duties.service_month import DUTY
from app.engine import OpenTask
from app.services.assignment import contact_of
from app.services.cases import Case, Casework, Responsible
from app.services.service_month.activity_actions import ACTIONS
from app.services.service_month.facts import facts
from app.services.service_month.forms import prefill
from app.services.service_month.opening import opening
from app.services.service_month.receive import receive
from app.services.service_month.rows import ACTIVITY, DONE, activity_of, is_activity

STAGES: Mapping[str, str] = {
    "frame_month": "framing",
    "offer_activities": "gathering",
    "compose_month": "composing",
    "sign_month": "signing",
    "approve_month": "approving",
    "review_month": "reviewing",
    "sign_month_summary": "reviewing",
}


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """Every unit offers its own activities; an activity is its organiser's, or whoever followed it."""
    return contact_of(case.connection, task.item) if task.item else None


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """A month's: one of STAGES, else holding, at last closed; an activity's: its state."""
    if is_activity(case):
        return activity_of(case).state
    if case.instance.status != "active":
        return "closed"
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "holding")


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    facts=facts,
    prefill=prefill,
    receive=receive,
    responsible=responsible,
    actions=ACTIONS,
    stage=stage,
    unheard=frozenset({DONE}),
    done_message={ACTIVITY: DONE},
    optional=frozenset({"offer_activities"}),
)
