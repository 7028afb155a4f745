"""When the batch may go on: its window is over and no application waits for its locality any more."""

from __future__ import annotations

from sqlalchemy import exists, select

from app.models.recognition import Application
from app.services.cases import Case
from app.services.enterprise_recognition.rows import PENDING, lock_batch

READY = "applications_ready"
COUNTED = "reviewing"  # the batch's status once its window is over


def tell_batch(case: Case, application: Application) -> None:
    """Tell the batch when this was the last one; the lock lets two that end at once see each other."""
    if lock_batch(case, application.batch_id) == COUNTED:
        announce_if_ready(case, application.batch_id, application.batch.key)


def announce_if_ready(case: Case, batch_id: int, batch_key: str) -> None:
    waiting = exists().where(Application.batch_id == batch_id, Application.status.in_(PENDING))
    if not case.session.scalar(select(waiting)):
        told = {"name": READY, "key": batch_key, "sender": case.instance.id}
        case.effect(f"{READY}:{batch_key}", "message", **told)
