"""How 办实事清单 works on its tables: which function of which file answers for which step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.duties.practical_matter import DUTY
from app.services.cases import Case, Casework, FormTask, NewDay, Prefill
from app.services.practical_matter.facts import facts
from app.services.practical_matter.item_actions import ITEM_ACTIONS
from app.services.practical_matter.item_answers import ITEM_ANSWERS
from app.services.practical_matter.item_forms import ITEM_FORMS, locked
from app.services.practical_matter.list_actions import LIST_ACTIONS
from app.services.practical_matter.list_answers import LIST_ANSWERS
from app.services.practical_matter.list_forms import LIST_FORMS
from app.services.practical_matter.opening import opening
from app.services.practical_matter.rows import ITEM, matter_of

DONE = "matters_done"
STAGES: Mapping[str, str] = {
    "propose_matter": "proposing",
    "choose_matters": "choosing",
    "countersign_matters": "countersigning",
    "sign_matters": "signing",
    "approve_matters": "approving",
    "set_milestones": "planning",
    "sign_milestones": "signing",
    "request_acceptance": "delivering",
    "sign_acceptance": "signing",
    "accept_matter": "accepting",
}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    if element_id in LIST_FORMS:
        return LIST_FORMS[element_id](case, item)
    return ITEM_FORMS[element_id](case) if element_id in ITEM_FORMS else ({}, {})


def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    if task.element_id in LIST_ANSWERS:
        return LIST_ANSWERS[task.element_id](case, task, answers)
    return ITEM_ANSWERS[task.element_id](case, answers)


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """A matter that was dropped says so: it no longer counts."""
    if case.instance.definition_key == ITEM and not open_elements & STAGES.keys():
        return matter_of(case).status
    if case.instance.status == "completed":
        return "closed"
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "delivering")


def day_moved(case: Case, element_id: str, old: date, new_day: NewDay) -> None:
    """An extension of the request is what its timeliness is measured by."""
    if element_id == "request_acceptance" and new_day.due_on is not None:
        matter_of(case).by_on = new_day.due_on
        case.session.flush()


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    unheard=frozenset({DONE}),
    facts=facts,
    prefill=prefill,
    locked=locked,
    receive=receive,
    actions={**LIST_ACTIONS, **ITEM_ACTIONS},
    stage=stage,
    done_message={ITEM: DONE},
    optional=frozenset({"propose_matter"}),
    day_moved=day_moved,
)
