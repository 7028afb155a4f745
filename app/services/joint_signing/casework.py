"""How 会签 works on its tables: who signs, what she reads, what her word does, and what the result means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from app.db import table_of
from app.duties import joint_signing as rules
from app.duties.joint_signing import DUTY
from app.engine import OpenTask
from app.models.user_task import NO_DUE_DATE, UserTask
from app.services.cases import Action, Case, Casework, Data, FormTask, Prefill, Responsible
from app.services.effects import SEALED
from app.services.joint_signing.rows import (
    SIGNER,
    change_signer,
    close,
    signers_of,
    signing_of,
    verdict_of,
)
from app.services.lazy_facts import LazyFacts
from app.services.projections import SUBJECT_COMPLETED, SUBJECT_DROPPED, inbox_of, subject_key
from app.services.telling import tell
from app.terms import InstanceStatus

TASK = table_of(UserTask)
TOLD = {
    (rules.PASSED, "before"): "会签通过，可以办理。",
    (rules.FAILED, "before"): "会签有不同意见，请阅后办理。",
    (rules.PASSED, "after"): "会签通过，已按填报的内容报送。",
    (rules.FAILED, "after"): "会签未通过，未报送。请修改后重新报送。",
}
NOBODY_LEFT = "会签人已全部减签，请继续办理。"


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    principal = task.item or ""
    where = (SIGNER.c.signing_id == signing_of(case).id, SIGNER.c.principal == principal)
    unit_id = case.connection.execute(select(SIGNER.c.unit_id).where(*where)).scalar_one()
    return Responsible(principal, unit_id)


def facts(case: Case, element_id: str, item: str | None) -> Mapping[str, Any]:
    return LazyFacts(
        {
            "calendar": lambda: case.calendar,
            "today": lambda: case.today,
            "opened_on": lambda: case.today,
            "main_due_on": lambda: _main_due_on(case),
        }
    )


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    signing, main = signing_of(case), _main(case)
    subject = f"{main.title}（{main.name}）" if main is not None else case.instance.title
    return {"subject": subject, "asked": signing.text or "请提出会签意见。", "rule": rule_in_words(signing)}, {}


def rule_in_words(signing: Any) -> str:
    if signing.mode != "share":
        return rules.MODES[signing.mode]
    return f"{rules.MODES['share']}（{signing.share}% 同意即通过）"


def receive(case: Case, task: FormTask, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """is_settled ends the signing for the others as soon as they can change nothing any more."""
    signing, principal = signing_of(case), task.item or ""
    said = {
        "state": rules.AGREED if answers["outcome"] == "yes" else rules.OBJECTED,
        "opinion": answers.get("opinion_text", ""),
        "by_id": case.actor.person_id,
        "at": case.at,
    }
    change_signer(case.connection, signing.id, principal, **said)
    return {"is_settled": verdict_of(signing, signers_of(case.connection, signing.id)) != rules.OPEN}


def _settle_signing(case: Case, data: Data) -> None:
    signing = signing_of(case)
    state = verdict_of(signing, signers_of(case.connection, signing.id))
    close(case.connection, signing, state, case.at)
    if state == rules.PASSED and signing.side == "after":
        case.effect(f"{case.instance.id}:{SEALED}", SEALED, signing_key=signing.key)
    _tell_owner(case, state, TOLD.get((state, signing.side), NOBODY_LEFT))


def _drop_signing(case: Case, data: Data) -> None:
    """The task was closed by its process; what was to be sent with it is not sent."""
    close(case.connection, signing_of(case), rules.DROPPED, case.at)


def ended(case: Case) -> None:
    """A signing that was annulled holds nothing."""
    signing = signing_of(case)
    if case.instance.status == InstanceStatus.CANCELLED and signing.state == rules.OPEN:
        close(case.connection, signing, rules.DROPPED, case.at)
        _tell_owner(case, rules.DROPPED, "会签已作废，请继续办理。")


def stage(case: Case, open_elements: frozenset[str]) -> str:
    return str(signing_of(case).state)


def message_key(case: Case, message: str) -> str:
    is_subject = message in (SUBJECT_COMPLETED, SUBJECT_DROPPED)
    return subject_key(signing_of(case).task_id) if is_subject else case.instance.business_key


def _main(case: Case) -> Row[Any] | None:
    """The user task that is signed with."""
    return case.connection.execute(select(TASK).where(TASK.c.id == signing_of(case).task_id)).one_or_none()


def _main_due_on(case: Case) -> Any:
    main = _main(case)
    return None if main is None or main.due_on == NO_DUE_DATE else main.due_on


def _tell_owner(case: Case, state: str, text: str) -> None:
    main = _main(case)
    if main is not None:
        title = f"{rules.STATES[state]}：{main.title}（{main.name}）"
        tell(case, [inbox_of(main)], title, text, f"signing:{state}", task_id=main.id)


ACTIONS: Mapping[str, Action] = {
    "joint_signing.settle_signing": _settle_signing,
    "joint_signing.drop_signing": _drop_signing,
}

CASEWORK = Casework(
    duty=DUTY,
    unheard=frozenset({SUBJECT_COMPLETED, SUBJECT_DROPPED}),
    responsible=responsible,
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    message_key=message_key,
    ended=ended,
)
