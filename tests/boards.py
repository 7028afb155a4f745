"""Makers of what a board shows: instances and user tasks as the command path would have left them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import NO_DUE_DATE, InboxEntry, UserTask
from app.services.history import BEGINNING
from app.workdays import STATUTORY

TODAY = date(2023, 12, 14)  # a Thursday
NOW = datetime(2023, 12, 14, 2, 24, tzinfo=UTC)
NUMBERS = count(1)
INBOXES = {"office": "office", "group": "leader"}


def add_instance(session: Session, unit_id: str | None, **columns: Any) -> str:
    number = next(NUMBERS)
    key = columns.get("definition_key", "december_report_unit")
    definition_id = session.scalar(select(ProcessDefinition.id).where(ProcessDefinition.key == key))
    row = {
        "id": f"instance-{number:05}", "definition_id": definition_id, "definition_key": key,
        "duty": "december_report", "business_key": f"{key}:{number}", "title": f"事项{number}", "year": 2023,
        "status": "active", "stage": "", "state": b"", "state_hash": "", "version": 1, "data": {},
        "started_at": datetime(2023, 12, 1, tzinfo=UTC), "head_seq": 0, "head_hash": BEGINNING.hash, "unit_id": unit_id,
    } | columns  # fmt: skip
    session.add(ProcessInstance(**row))
    session.flush()
    return str(row["id"])


def add_task(session: Session, unit_id: str, due_on: date | None = None, **columns: Any) -> str:
    """An open task with its line; of an instance of its own about the same unit, unless instance_id names one."""
    number = next(NUMBERS)
    instance_id = columns.pop("instance_id", None) or add_instance(session, unit_id)
    row = {
        "id": f"task-{number:05}", "instance_id": instance_id, "definition_key": "december_report_unit",
        "duty": "december_report", "element_id": "draft_report", "name": "填报年度反馈", "title": f"事项{number}",
        "clause": "P25", "status": "open", "group": "unit_contact",
        "principal": INBOXES.get(unit_id, f"contact:{unit_id}"), "unit_id": unit_id, "due_on": due_on or NO_DUE_DATE,
        "yellow_on": STATUTORY.add(due_on, -5) if due_on else NO_DUE_DATE,
        "created_at": datetime(2023, 12, 1, tzinfo=UTC), "changed_at": datetime(2023, 12, 1, tzinfo=UTC),
    } | columns  # fmt: skip
    session.add(UserTask(**row))
    if row["status"] == "open":
        session.add(InboxEntry(principal=row["principal"], due_on=row["due_on"], task_id=row["id"]))
    session.flush()
    return str(row["id"])
