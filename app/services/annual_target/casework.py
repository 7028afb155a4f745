"""How 年度目标设定 works on its tables: which function of which file answers for which step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.annual_target import DUTY
from app.services.annual_target.actions import PACKAGE_ACTIONS
from app.services.annual_target.answers import PACKAGE_ANSWERS
from app.services.annual_target.children import ended
from app.services.annual_target.facts import INDICATOR, LOCALITY, facts
from app.services.annual_target.forms import PACKAGE_FORMS
from app.services.annual_target.item_actions import ITEM_ACTIONS
from app.services.annual_target.item_answers import CHILD_ANSWERS
from app.services.annual_target.item_forms import CHILD_FORMS
from app.services.annual_target.opening import opening
from app.services.annual_target.package import standing_of
from app.services.cases import Case, Casework, FormTask, Prefill
from app.terms import Source

FORMS = {**PACKAGE_FORMS, **CHILD_FORMS}
ANSWERS = {**PACKAGE_ANSWERS, **CHILD_ANSWERS}

STAGES = {
    "settle_basis": "basis",
    "chase_proposals": "collecting",
    "review_package": "review",
    "sign_package": "signing",
    "approve_package": "approval",
    "confirm_breakdown": "breakdown",
    "settle_breakdown": "breakdown",
    "issue_letters": "letters",
    "propose_target": "proposing",
    "sign_proposal": "signing",
    "countersign_target": "countersigning",
    "answer_objection": "answering",
    "decide_alone": "deciding",
    "answer_breakdown": "answering",
    "sign_breakdown": "signing",
    "decide_breakdown_objection": "deciding",
}
BASELINE_FIELDS = ("value", "as_of", "nature", "source")
FINAL_STAGES = {"annual_target": "published", INDICATOR: "proposed", LOCALITY: "accepted"}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FORMS.get(element_id)
    return filler(case, item) if filler else ({}, {})


def locked(case: Case, element_id: str, item: str | None) -> list[str]:
    """Last year's figure, where the libraries have counted it: it is confirmed and not typed."""
    if element_id != "propose_target":
        return []
    last = standing_of(case).last
    is_counted = last is not None and last.source == Source.LEDGER
    return [f"baseline.0.{name}" for name in BASELINE_FIELDS] if is_counted else []


def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    return ANSWERS[task.element_id](case, task, answers)


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """Empty keeps it: «collecting» and «localities», where nothing waits for a person, are set by the actions."""
    if case.instance.status == "completed":
        return FINAL_STAGES[case.instance.definition_key]
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    facts=facts,
    prefill=prefill,
    locked=locked,
    receive=receive,
    actions={**PACKAGE_ACTIONS, **ITEM_ACTIONS},
    stage=stage,
    ended=ended,
    done_message={INDICATOR: "target_proposals_done", LOCALITY: "breakdown_answers_done"},
)
