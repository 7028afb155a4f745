"""撤回: what waits to take back a submission, as long as nobody has begun to act on it."""

from __future__ import annotations

from sqlalchemy import Connection, exists, select

from app.db import table_of
from app.models.process import Subscription
from app.models.user_task import UserTask
from app.terms import TaskStatus

SUBSCRIPTION, TASK = table_of(Subscription), table_of(UserTask)
SUBMISSION_WITHDRAWN = "submission_withdrawn"


def waiting_withdrawal(connection: Connection, instance_id: str) -> str | None:
    """The engine's task that waits for the message; None where none waits or a task of the instance is claimed."""
    is_begun = exists().where(TASK.c.instance_id == instance_id, TASK.c.status == TaskStatus.CLAIMED)
    waits = (SUBSCRIPTION.c.instance_id == instance_id, SUBSCRIPTION.c.message == SUBMISSION_WITHDRAWN)
    found: str | None = connection.execute(select(SUBSCRIPTION.c.task_id).where(*waits, ~is_begun)).scalar_one_or_none()
    return found
