"""The papers of the upgrading library, drawn when asked for: who entered by a list, who left by a yearly check."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import library_list
from app.documents.library_list import Entry
from app.duties.library_entry import TIERS
from app.duties.lights import chinese_date
from app.models.library import NominationRow
from app.models.organization import Unit
from app.models.process import ProcessInstance, WorkingRow
from app.services import letterheads
from app.services.house import House


def entered_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """入库企业名单."""
    on = date.fromisoformat(_row(session, instance, "entered")["on"])
    where = (NominationRow.instance_id == instance.id, NominationRow.state == "entered")
    found = session.scalars(select(NominationRow).where(*where).order_by(NominationRow.position))
    rows = [
        Entry(row.name, row.enterprise_id, row.answers.get("chain", ""), TIERS.get(row.answers.get("tier", ""), ""))
        for row in found
    ]
    return library_list.entered(_bureau(session, on), _locality(session, instance), instance.year or on.year, on, rows)


def left_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """出库企业名单."""
    applied = _row(session, instance, "applied")
    on = date.fromisoformat(applied["on"])
    rows = [Entry(row["name"], row["credit_code"], row["reason"], _day(row["on"])) for row in applied["exits"]]
    return library_list.left(_bureau(session, on), _locality(session, instance), instance.year or on.year, on, rows)


def _day(text: str) -> str:
    return chinese_date(date.fromisoformat(text)) if text else ""


def _bureau(session: Session, on: date) -> str:
    return letterheads.of_bureau(session, "", "", on).agency


def _locality(session: Session, instance: ProcessInstance) -> str:
    return session.get_one(Unit, instance.unit_id).short_name


def _row(session: Session, instance: ProcessInstance, kind: str) -> dict[str, Any]:
    return dict(session.get_one(WorkingRow, (instance.id, kind, "")).value)
