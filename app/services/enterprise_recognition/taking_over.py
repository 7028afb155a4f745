"""The bureau does what a locality has left undone: the open task goes to its inbox, later ones follow by `responsible`.

It happens with the batch's step, and not by a command of its own; the application's history tells of it.
"""

from __future__ import annotations

from sqlalchemy import select

from app.db import table_of
from app.models.recognition import Application
from app.models.user_task import IS_OPEN, UserTask
from app.services.assignment import contact_of, head_of
from app.services.cases import Case, Handed

TASK = table_of(UserTask)
OF_THE_LOCALITY = ("check_at_locality", "visit_enterprise", "sign_locality_opinion")
SIGNED_BY_THE_HEAD = ("sign_locality_opinion",)
REASON = "属地逾期未办理，由认定主管部门代为办理"


def take_over(case: Case, application: Application, bureau: str) -> None:
    application.is_taken_over = True
    where = (TASK.c.instance_id == application.instance_id, IS_OPEN, TASK.c.element_id.in_(OF_THE_LOCALITY))
    for task in case.connection.execute(select(TASK.c.id, TASK.c.instance_id, TASK.c.element_id).where(*where)).all():
        of_head = task.element_id in SIGNED_BY_THE_HEAD
        whose = head_of(case.connection, bureau) if of_head else contact_of(case.connection, bureau)
        case.hand_task(Handed(task.instance_id, task.id, whose, REASON))
