"""The batch or application that an instance is about, and what the instances note about themselves.

Working rows of a batch (key "" unless said):

    plan            {level, year, number, kind}: what it was opened for
    returned        key: open_batch | decide_list; {name, text}: why the head sent it back
    minutes         {login, name, on, files}: of the meeting that settled the list
    silent_experts  what was decided about experts who had not scored, by round

Working rows of an application:

    known           {answers, marks}: what its form begins with, from the file and the last application
    check           {login, name, on, outcome, reason, judgements: {id: {key, judged, remark}}}
    correction      {points: [{no, field_name, point}], unlocked: [fields]}
    visit           {login, name, on, …}: the answers of the visit
    refused_opinion {name, text}: why the head sent the locality's opinion back
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import table_of
from app.duties.enterprise_recognition import DUTY
from app.models.recognition import Application, RecognitionBatch
from app.services.cases import Case
from app.terms import TitleLevel

BATCH, APPLICATION = DUTY.processes
BATCH_TABLE = table_of(RecognitionBatch)
PENDING = ("submitted", "returned")  # sent in, and the locality has not given its opinion
IN_REVIEW = (*PENDING, "reviewed")


def batch_of(case: Case) -> RecognitionBatch:
    """That of a batch's instance, or the one an application stands in."""
    key = str(case.instance.data.get("batch_key") or case.instance.business_key)
    return case.session.scalars(select(RecognitionBatch).where(RecognitionBatch.key == key)).one()


def application_of(case: Case) -> Application:
    key = case.instance.business_key
    return case.session.scalars(select(Application).where(Application.key == key)).one()


def applications_of(case: Case, *statuses: str) -> Sequence[Application]:
    """Of the batch, in the order in which they came in."""
    of_batch = select(Application).where(Application.batch_id == batch_of(case).id)
    wanted = of_batch.options(joinedload(Application.enterprise)).order_by(Application.id)
    return case.session.scalars(wanted.where(Application.status.in_(statuses)) if statuses else wanted).all()


def lock_batch(case: Case, batch_id: int) -> str:
    """Lets nobody else count what is pending until this command ends; the batch's status."""
    where = select(BATCH_TABLE.c.status).where(BATCH_TABLE.c.id == batch_id).with_for_update()
    return str(case.connection.execute(where).scalar_one())


def batch_title(batch: Any) -> str:
    """2022年第2批专精特新中小企业. batch: anything with year, number, level."""
    return f"{batch.year}年第{batch.number}批{TitleLevel(batch.level).label}"


def filled(row: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known: a form's schema takes no null."""
    return {name: value for name, value in row.items() if value is not None and value != ""}
