"""Where a re-verification meets the batch that decides it: its row in the batch's list, and the batch's answer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.recognition import to_json
from app.models.enterprise import Enterprise, Evaluation, Title
from app.models.recognition import Application, RecognitionBatch
from app.models.title_maintenance import TitleRenewal
from app.services.cases import Case
from app.services.title_maintenance.standing import held_against

REVERIFICATION = "reverification"
READY, PASSED = "reviewed", "pass"  # no locality looks at it again: the figures are those of the yearly updates


def open_batch(session: Session, level: str) -> RecognitionBatch | None:
    """The batch for this level that takes applications now."""
    return _first_batch(session, level, "open")


def planned_batch(session: Session, level: str) -> RecognitionBatch | None:
    """The batch for this level whose notice is being drafted."""
    return _first_batch(session, level, "planned")


def batch_of(session: Session, renewal: TitleRenewal) -> RecognitionBatch | None:
    """The batch in whose list a re-verification stands."""
    return session.scalars(select(RecognitionBatch).where(RecognitionBatch.key == renewal.batch_key)).one_or_none()


def _first_batch(session: Session, level: str, status: str) -> RecognitionBatch | None:
    wanted = (
        RecognitionBatch.kind == REVERIFICATION,
        RecognitionBatch.level == level,
        RecognitionBatch.status == status,
    )
    return session.scalars(select(RecognitionBatch).where(*wanted).order_by(RecognitionBatch.id).limit(1)).first()


def window_closes_on(session: Session, level: str) -> date | None:
    batch = open_batch(session, level)
    return None if batch is None else batch.window_to


def join(case: Case, renewal: TitleRenewal) -> None:
    """Into the list of the open batch, evaluated by the title's own rules; without one it waits for the next."""
    batch = open_batch(case.session, renewal.level)
    if batch is None:
        return
    title, enterprise = (
        case.session.get_one(Title, renewal.title_id),
        case.session.get_one(Enterprise, renewal.enterprise_id),
    )
    case.session.add(
        Application(
            key=renewal.key,
            batch_id=batch.id,
            enterprise_id=enterprise.id,
            locality_id=enterprise.locality_id,
            instance_id=case.instance.id,
            is_renewal=True,
            status=READY,
            locality_opinion=PASSED,
            applied_on=case.today,
            answers=(case.row("application") or {}),
            evaluation_id=evaluated(case, title),
        )
    )
    renewal.batch_key = batch.key


def evaluated(case: Case, title: Title) -> int | None:
    """The id of the stored evaluation; None where no rules are known."""
    judged = held_against(case.session, title, case.today)
    if judged is None:
        return None
    result = to_json(judged)
    row = Evaluation(
        enterprise_id=title.enterprise_id,
        level=title.level,
        rule_version=judged.rule_version,
        on=case.today,
        inputs={"is_reverification": True},
        result=result,
        is_met=judged.is_met,
        score=judged.score,
        instance_id=case.instance.id,
        at=case.at,
    )
    case.session.add(row)
    case.session.flush()
    return row.id


def answer_of(session: Session, renewal: TitleRenewal) -> tuple[bool, str]:
    """Whether the title goes on, and why not: what the batch wrote into its list, else into the renewal's own row."""
    row = session.scalars(select(Application).where(Application.key == renewal.key)).first()
    if row is None or not (row.decision or row.status in ("granted", "refused")):
        return bool(renewal.is_granted), renewal.reason
    is_granted = row.status == "granted" or (row.status != "refused" and row.decision == "granted")
    return is_granted, "；".join(row.reasons)
