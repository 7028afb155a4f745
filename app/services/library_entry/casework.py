"""How 千企升级入库培育 works on its tables: which function of which file answers for which step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.library_entry import DUTY
from app.services.cases import Case, Casework, FormTask, Prefill
from app.services.library_entry.actions import LIST_ACTIONS
from app.services.library_entry.answers import LIST_ANSWERS
from app.services.library_entry.entering import ENTERED
from app.services.library_entry.facts import facts
from app.services.library_entry.forms import LIST_FORMS
from app.services.library_entry.opening import may_open, open_check, open_list
from app.services.library_entry.rows import CHECK
from app.services.library_entry.yearly_check import CHECK_ACTIONS, CHECK_ANSWERS, CHECK_FORMS, NEEDLESS

FORMS = {**LIST_FORMS, **CHECK_FORMS}
ANSWERS = {**LIST_ANSWERS, **CHECK_ANSWERS}
STAGES: Mapping[str, str] = {
    "nominate_enterprises": "nominating",
    "sign_nomination": "signing",
    "collect_consent": "asking",
    "review_nomination": "reviewing",
    "sign_entry": "deciding",
    "check_library": "checking",
    "sign_check": "signing",
    "review_check": "reviewing",
}
FINAL = "entered"


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FORMS.get(element_id)
    return filler(case) if filler else ({}, {})


def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    return ANSWERS[task.element_id](case, answers)


def stage(case: Case, open_elements: frozenset[str]) -> str:
    if case.instance.status == "completed":
        return "checked" if case.instance.definition_key == CHECK else FINAL
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")


CASEWORK = Casework(
    duty=DUTY,
    opening=open_list,
    openings={CHECK: open_check},
    may_open=may_open,
    unheard=frozenset({ENTERED, NEEDLESS}),
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions={**LIST_ACTIONS, **CHECK_ACTIONS},
    stage=stage,
)
