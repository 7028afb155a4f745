"""How 企业认定 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.duties.enterprise_recognition import DUTY
from app.engine import OpenTask
from app.services.assignment import contact_of, head_of
from app.services.cases import Case, Casework, FormTask, Prefill, Responsible
from app.services.enterprise_recognition import application_answers, application_forms, batch_answers, batch_forms
from app.services.enterprise_recognition.application_actions import ACTIONS as APPLICATION_ACTIONS
from app.services.enterprise_recognition.batch_actions import ACTIONS as BATCH_ACTIONS
from app.services.enterprise_recognition.cancelling import cancel_application, cancel_batch
from app.services.enterprise_recognition.facts import facts
from app.services.enterprise_recognition.listing import notice_list
from app.services.enterprise_recognition.opening import may_open, opening
from app.services.enterprise_recognition.rows import APPLICATION, BATCH, application_of, batch_of
from app.services.enterprise_recognition.taking_over import OF_THE_LOCALITY
from app.services.public_notice.part import noticing
from app.terms import InstanceStatus

CANCELLED = {APPLICATION: cancel_application, BATCH: cancel_batch}
BATCH_STAGES: Mapping[str, str] = {
    "open_batch": "planning",
    "sign_batch_notice": "signing",
    "settle_pending": "settling",
    "check_list_by_department": "checking",
    "score_applications": "scoring",
    "decide_list": "deciding",
    "sign_list": "signing",
    "publish_notice": "notice",
    "send_recommendation": "recommending",
    "record_outcome": "upper",
}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    if case.instance.definition_key == APPLICATION:
        return application_forms.prefill(case, element_id)
    return batch_forms.prefill(case, element_id, item)


def locked(case: Case, element_id: str, item: str | None) -> Collection[str]:
    return application_forms.locked(case, element_id)


def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    is_application = case.instance.definition_key == APPLICATION
    return (application_answers if is_application else batch_answers).receive(case, task, answers)


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """An application's is its status. A batch's: planning | signing | open | … as its list goes on."""
    if case.instance.definition_key == APPLICATION:
        return application_of(case).status
    named = next((BATCH_STAGES[element] for element in sorted(open_elements) if element in BATCH_STAGES), "")
    if named or case.row("plan") is None or case.instance.version <= 1:
        return named
    return "" if case.instance.status == InstanceStatus.CANCELLED else batch_of(case).status


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """The bureau of the batch's level; it does the locality's part where that was taken over."""
    if task.group in ("bureau", "bureau_head"):
        return _bureau(case, is_head=task.group == "bureau_head")
    if task.element_id in OF_THE_LOCALITY and application_of(case).is_taken_over:
        return _bureau(case, is_head=task.group == "locality_head")
    return None


def _bureau(case: Case, *, is_head: bool) -> Responsible:
    is_batch = case.instance.definition_key == BATCH
    unit_id = (case.instance.unit_id if is_batch else batch_of(case).unit_id) or ""
    return head_of(case.connection, unit_id) if is_head else contact_of(case.connection, unit_id)


def ended(case: Case) -> None:
    follow = CANCELLED.get(case.instance.definition_key)
    if follow is not None and case.instance.status == InstanceStatus.CANCELLED:
        follow(case)


CASEWORK = noticing(
    Casework(
        duty=DUTY,
        openings={BATCH: opening},
        may_open=may_open,
        unheard=frozenset({"applications_ready", "title_granted", "title_doubted", "fraud_established"}),
        facts=facts,
        prefill=prefill,
        locked=locked,
        receive=receive,
        responsible=responsible,
        actions={**APPLICATION_ACTIONS, **BATCH_ACTIONS},
        stage=stage,
        ended=ended,
        optional=frozenset({"record_outcome", "explain_delay", "press_checks"}),
        withheld={"score_applications": frozenset({"rows"})},
    ),
    notice_list,
)
