"""How 称号动态管理 works on its tables; each process has files of its own beside this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.duties.title_maintenance import DUTY
from app.services.cases import Case, Casework, FormTask, Prefill
from app.services.public_notice.part import noticing
from app.services.public_notice.rows import NoticeList
from app.services.title_maintenance import (
    case_answers,
    case_forms,
    changes,
    late_renewals,
    renewals,
    revoking,
    updates,
)
from app.services.title_maintenance.facts import facts
from app.services.title_maintenance.opening import doubted, may_open, opening_case, opening_change
from app.services.title_maintenance.rows import CASE, CHANGE, RENEWAL, enterprise_of, last_row, titles_by_id
from app.services.title_maintenance.rows import titles_in_words as in_words

FORMS = {**updates.FORMS, **changes.FORMS, **renewals.FORMS, **late_renewals.FORMS, **case_forms.FORMS}
RECEIVERS = {
    **updates.RECEIVERS,
    **changes.RECEIVERS,
    **renewals.RECEIVERS,
    **late_renewals.RECEIVERS,
    **case_answers.RECEIVERS,
}
LOCKED = {"update_profile": updates.locked, "apply_renewal": renewals.locked}
ENDED = {CASE: revoking.ended, CHANGE: changes.ended}

STAGES = {
    "update_profile": "filling",
    "check_update": "checking",
    "report_change": "filling",
    "check_change": "checking",
    "decide_change_effect": "deciding",
    "apply_renewal": "filling",
    "arrange_renewal": "waiting",
    "accept_case": "accepting",
    "investigate_case": "investigating",
    "hear_enterprise": "investigating",
    "propose_measure": "proposing",
    "decide_measure": "deciding",
    "report_rectification": "rectifying",
    "report_upwards": "upper",
    "record_upper_decision": "upper",
    "publish_notice": "notice",
}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    filler = FORMS.get(element_id)
    return (filler(case), {}) if filler else ({}, {})


def locked(case: Case, element_id: str, item: str | None) -> Collection[str]:
    found = LOCKED.get(element_id)
    return found(case) if found else ()


def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    return RECEIVERS[task.element_id](case, task, answers)


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """Empty keeps it; a re-verification waits for its batch, where nothing waits for a person."""
    if case.instance.status == "completed":
        return "closed"
    known = next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")
    return known or ("waiting" if case.instance.definition_key == RENEWAL else "")


def told(case: Case, message: str) -> Mapping[str, Any]:
    return changes.told_of_doubt(case) if message == "title_doubted" else {}


def message_key(case: Case, message: str) -> str:
    """Whom it is about: the enterprise, or the application in a batch that a re-verification waits for."""
    return case.instance.enterprise_id or "" if message == "title_doubted" else case.instance.business_key


def ended(case: Case) -> None:
    follow = ENDED.get(case.instance.definition_key)
    if follow is not None:
        follow(case)


def listed(case: Case) -> NoticeList:
    """One enterprise, with the titles that are to be taken from it."""
    enterprise, decision = enterprise_of(case), last_row(case, "decision")
    titles = in_words(titles_by_id(case.session, decision["titles"]))
    row = {"key": enterprise.id, "name": enterprise.name, "locality": enterprise.locality.short_name, "remark": titles}
    return NoticeList(DUTY.key, "拟取消称号企业名单", [row])


CASEWORK = noticing(
    Casework(
        duty=DUTY,
        opening=opening_case,
        openings={CHANGE: opening_change},
        may_open=may_open,
        started_by={"title_doubted": doubted},
        unheard=frozenset({"pairing_needless", "fraud_established"}),
        told=told,
        facts=facts,
        prefill=prefill,
        locked=locked,
        receive=receive,
        actions={**updates.ACTIONS, **changes.ACTIONS, **renewals.ACTIONS, **revoking.ACTIONS},
        stage=stage,
        message_key=message_key,
        ended=ended,
        withheld={"accept_case": frozenset({"informant"})},
        optional=frozenset(
            {"update_profile", "report_change", "apply_renewal", "hear_enterprise", "report_rectification"}
        ),
    ),
    listed,
)
