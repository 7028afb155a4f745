"""加签 in the way of sending a form: what is still to be signed, and the form that is sealed until it was.

Before-signers advise: the form waits until they have spoken. After-signers consent: the form is checked and kept as it
was sent, they sign it, and only then does the process move, so that nothing takes effect that they could still refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.db import table_of
from app.duties import joint_signing as rules
from app.errors import InvalidForm
from app.models.user_task import Draft
from app.services import steps
from app.services.cases import Case, Start
from app.services.commands import Answer
from app.services.joint_signing.rows import Found, change, live_signings, signers_of
from app.services.projections import change_task, subject_key
from app.services.work import Work
from app.terms import EventType, TaskStatus

DRAFT = table_of(Draft)
FIELD = "signers"


def require_none_open(connection: Connection, task_id: str) -> None:
    """Raises InvalidForm with the names of those who have not signed."""
    for signing in live_signings(connection, task_id):
        if signing.state == rules.OPEN:
            raise InvalidForm([(FIELD, _missing(connection, signing))])


def sealed_by_signers(work: Work, case: Case, task: Any, answers: Mapping[str, Any]) -> Answer | None:
    """The form was kept for those who sign after it; None where nobody does. Raises as require_none_open()."""
    require_none_open(work.connection, task.id)
    planned = next((one for one in live_signings(work.connection, task.id) if one.state == rules.PLANNED), None)
    if planned is None:
        return None
    signers = signers_of(work.connection, planned.id)
    held = {"assignee_id": work.actor.person_id, "delegated_by_id": None, "status": TaskStatus.CLAIMED.value}
    changed = change_task(work, task, held)
    work.connection.execute(DRAFT.delete().where(DRAFT.c.task_id == task.id))
    draft = {"task_id": task.id, "data": dict(answers), "saved_at": work.at, "saved_by_id": work.actor.person_id}
    work.connection.execute(DRAFT.insert(), [draft])
    change(work.connection, planned.id, content=dict(answers), asked_by_id=work.actor.person_id)
    told = {"element": task.element_id, "task": task.id, "name": task.name, "to": [one.label for one in signers]}
    told["text"] = "、".join(told["to"])
    steps.note(work, case, EventType.FORM_SEALED, told)
    begin(work, case, task, planned)
    return {
        "id": task.id,
        "instance_id": case.instance.id,
        "status": str(changed.status),
        "instance_status": case.instance.status,
        "opened": [],
    }


def begin(work: Work, case: Case, task: Any, signing: Found) -> str:
    """Open the instance in which it is signed; its id. The task tells it when it is closed."""
    signers = signers_of(work.connection, signing.id)
    wanted = [signer.principal for signer in signers if signer.state == rules.WAITING]
    data = {
        "signers": {principal: principal for principal in wanted},
        "is_settled": False,
        "subject_key": subject_key(task.id),
    }
    title = f"会签：{task.title}（{task.name}）"[:200]
    change(work.connection, signing.id, state=rules.OPEN)
    start = Start(rules.PROCESS, signing.key, title, case.instance.year, task.unit_id, data=data)
    id_ = steps.start(work, start, case.instance.id)
    change(work.connection, signing.id, instance_id=id_)
    return id_


def _missing(connection: Connection, signing: Found) -> str:
    names = "、".join(one.label for one in signers_of(connection, signing.id) if one.state == rules.WAITING)
    if signing.side == "after":
        return f"已提交会签，通过后自动报送，还差：{names}。需要修改的，请先减签。"
    return f"会签尚未完成，还差：{names}。不再需要的，请先减签。"
