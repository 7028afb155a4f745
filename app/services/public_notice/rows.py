"""The notice of an instance that is current now, its list, and what objections said of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.db import table_of
from app.duties.objection import RowResult, row_result
from app.models.recognition import Objection, PublicNotice
from app.services.cases import Case

NOTICE = table_of(PublicNotice)
OPEN_OBJECTIONS = ("received", "examining")


@dataclass(frozen=True)
class NoticeList:
    """What a caller has to show. kind: its duty; subject: what the list is called; rows: {key, name, locality, remark}.

    key: the credit code of an enterprise. title, text: what the form begins with, empty for the usual words.
    """

    kind: str
    subject: str
    rows: Sequence[Mapping[str, Any]]
    title: str = ""
    text: str = ""


def next_notice_key(case: Case) -> str:
    """For the caller, before it goes into the notice: <its business key>:notice:<n>."""
    return f"{case.instance.business_key}:notice:{_count(case) + 1}"


def current_notice(case: Case) -> PublicNotice:
    """The one published last, locked: it is what the rules of the called process speak of."""
    where = select(PublicNotice).where(PublicNotice.instance_id == case.instance.id)
    return case.session.scalars(where.order_by(PublicNotice.number.desc()).limit(1)).one()


def lock_notice(case: Case, notice_id: int) -> str:
    """Lets nobody else count or settle objections until this command ends; the notice's status."""
    where = select(NOTICE.c.status).where(NOTICE.c.id == notice_id).with_for_update()
    return str(case.connection.execute(where).scalar_one())


def open_objections(case: Case, notice_id: int) -> Sequence[Objection]:
    where = (Objection.notice_id == notice_id, Objection.status.in_(OPEN_OBJECTIONS))
    return case.session.scalars(select(Objection).where(*where).order_by(Objection.number)).all()


def results_of(case: Case, notice: PublicNotice) -> dict[str, RowResult]:
    """What the answered objections mean for each row of the list that one was against."""
    answered = select(Objection).where(Objection.notice_id == notice.id, Objection.status == "answered")
    found: dict[str, list[Mapping[str, Any]]] = {}
    for objection in case.session.scalars(answered.order_by(Objection.number)):
        for row in objection.rows:
            found.setdefault(row["key"], []).append(row)
    return {key: row_result(rows) for key, rows in found.items()}


def _count(case: Case) -> int:
    counted = select(func.count()).select_from(NOTICE).where(NOTICE.c.instance_id == case.instance.id)
    return case.connection.execute(counted).scalar_one()
