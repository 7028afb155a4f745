"""What a cancelled application or batch leaves: no batch takes applications any more that nobody will decide."""

from __future__ import annotations

from sqlalchemy import select, update

from app.models.recognition import Application, RecognitionBatch
from app.models.title_maintenance import TitleRenewal
from app.services.cases import Case
from app.services.enterprise_recognition.rows import application_of

CANCELLED = "cancelled"
UNDECIDED = ("draft", "submitted", "returned", "reviewed")


def cancel_application(case: Case) -> None:
    """It is no longer one of the batch."""
    application = application_of(case)
    if application.status in UNDECIDED:
        application.status = CANCELLED
        case.session.flush()


def cancel_batch(case: Case) -> None:
    """Its applications are its children and go with it; re-verifications wait for the next batch, and may join it."""
    batch = case.session.scalars(
        select(RecognitionBatch).where(RecognitionBatch.key == case.instance.business_key)
    ).one_or_none()
    if batch is None:
        return  # its notice was never drafted
    batch.status = CANCELLED
    renewals = select(Application).where(Application.batch_id == batch.id, Application.is_renewal)
    for application in case.session.scalars(renewals.where(Application.told_at.is_(None))):
        _release(case, application)
    case.session.flush()


def _release(case: Case, application: Application) -> None:
    """The row stays in the list of its batch, under another key than that of its re-verification."""
    waiting = update(TitleRenewal).where(TitleRenewal.key == application.key, TitleRenewal.status == "applied")
    case.session.execute(waiting.values(batch_key=""))
    application.key, application.status = f"{application.key}:{application.batch_id}", CANCELLED
