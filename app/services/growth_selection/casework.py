"""How 高成长企业遴选 works on its tables: which function of which file answers for which step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.duties.growth_selection import DUTY
from app.models.organization import Unit
from app.services.cases import Case, Casework, FormTask, Prefill
from app.services.growth_selection.actions import SELECTION_ACTIONS
from app.services.growth_selection.answers import SELECTION_ANSWERS
from app.services.growth_selection.facts import facts
from app.services.growth_selection.forms import SELECTION_FORMS
from app.services.growth_selection.nominees import NOMINATION_ANSWERS, NOMINATION_FORMS, nomination_ended
from app.services.growth_selection.opening import opening
from app.services.growth_selection.plans import PLAN_ACTIONS, PLAN_ANSWERS, PLAN_FORMS, responsible
from app.services.growth_selection.rows import NOMINATION, PLAN, SELECTION, year_of
from app.services.public_notice.part import noticing
from app.services.public_notice.rows import NoticeList

CHILD_FORMS = {**NOMINATION_FORMS, **PLAN_FORMS}
CHILD_ANSWERS = {**NOMINATION_ANSWERS, **PLAN_ANSWERS}

STAGES: Mapping[str, str] = {
    "set_selection": "setting",
    "countersign_selection": "countersigning",
    "sign_selection": "signing",
    "panel_review": "panel",
    "choose_growth_list": "choosing",
    "sign_growth_list": "signing",
    "approve_growth_list": "approving",
    "publish_notice": "notice",
    "press_objections": "notice",
    "nominate_growth": "nominating",
    "sign_growth_nomination": "signing",
    "draft_plan": "drafting",
    "confirm_plan": "confirming",
    "review_plan_year": "cultivating",
}
FINAL: Mapping[str, str] = {SELECTION: "closed", NOMINATION: "sent", PLAN: "finished"}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    if element_id in SELECTION_FORMS:
        return SELECTION_FORMS[element_id](case, item)
    return CHILD_FORMS[element_id](case) if element_id in CHILD_FORMS else ({}, {})


def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    if task.element_id in SELECTION_ANSWERS:
        return SELECTION_ANSWERS[task.element_id](case, task, answers)
    return CHILD_ANSWERS[task.element_id](case, answers)


def stage(case: Case, open_elements: frozenset[str]) -> str:
    if case.instance.status == "completed":
        return FINAL[case.instance.definition_key]
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")


def listed(case: Case) -> NoticeList:
    """The rows that the notice shows: the chosen list, or those that move up."""
    known, noticed = case.rows("candidate"), case.row("noticed") or {"codes": [], "is_replacement": False}
    names = {row.id: row.short_name for row in case.session.execute(select(Unit.id, Unit.short_name))}
    rows = [
        {"key": code, "name": known[code]["name"], "locality": names.get(known[code]["locality"], "")}
        for code in noticed["codes"]
    ]
    subject = f"{year_of(case)}年拟入选高成长企业名单"
    return NoticeList(SELECTION, f"{subject}（递补）" if noticed["is_replacement"] else subject, rows)


def ended(case: Case) -> None:
    if case.instance.definition_key == NOMINATION:
        nomination_ended(case)


CASEWORK = noticing(
    Casework(
        duty=DUTY,
        opening=opening,
        facts=facts,
        prefill=prefill,
        receive=receive,
        responsible=responsible,
        actions={**SELECTION_ACTIONS, **PLAN_ACTIONS},
        stage=stage,
        ended=ended,
        done_message={NOMINATION: "growth_nominations_done", PLAN: "growth_plans_done"},
        unheard=frozenset({"growth_nominations_done", "growth_plans_done"}),
    ),
    listed,
)
