"""The bureau does what a locality has left undone: the open task goes to its inbox, later ones follow by `responsible`.

The task is moved here and not by a command of its own, because it happens in the batch's step; the batch's event tells
of it, and the application's row says so.
"""

from __future__ import annotations

from sqlalchemy import select

from app.db import table_of
from app.models.recognition import Application
from app.models.user_task import IS_OPEN, InboxEntry, UserTask
from app.services.assignment import contact_of, head_of
from app.services.cases import Case
from app.terms import TaskStatus

TASK, LINE = table_of(UserTask), table_of(InboxEntry)
OF_THE_LOCALITY = ("check_at_locality", "visit_enterprise", "sign_locality_opinion")
SIGNED_BY_THE_HEAD = ("sign_locality_opinion",)


def take_over(case: Case, application: Application, bureau: str) -> None:
    application.is_taken_over = True
    where = (TASK.c.instance_id == application.instance_id, IS_OPEN, TASK.c.element_id.in_(OF_THE_LOCALITY))
    for task in case.connection.execute(select(TASK).where(*where)).all():
        of_head = task.element_id in SIGNED_BY_THE_HEAD
        whose = head_of(case.connection, bureau) if of_head else contact_of(case.connection, bureau)
        changed = {
            "principal": whose.principal,
            "unit_id": whose.unit_id,
            "assignee_id": None,
            "status": TaskStatus.OPEN.value,
            "revision": task.revision + 1,
            "changed_at": case.at,
            "changed_by_id": case.actor.person_id,
        }
        case.connection.execute(TASK.update().where(TASK.c.id == task.id).values(changed))
        case.connection.execute(LINE.update().where(LINE.c.task_id == task.id).values(principal=whose.principal))
