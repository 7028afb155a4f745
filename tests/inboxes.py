"""Lines of an inbox as the command path writes them, without a process that would have to come so far."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from app.db import table_of
from app.models.user_task import NO_DUE_DATE, InboxEntry, UserTask
from app.queries.actor import SYSTEM
from app.services import processes
from app.services.definitions import deploy
from app.services.house import House
from app.workdays import STATUTORY
from tests.factories import actor
from tests.models import ENGINE_MODELS

FIRST = datetime(2024, 12, 1, tzinfo=UTC)
NUMBERS = count(1)


def some_instance(house: House) -> str:
    """A running process without forms, started by `office`; its first task lies in the office's inbox."""
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE_MODELS / "valid_linear.bpmn").read_bytes()})
    answer = processes.start(house, actor(house, "office"), "linear", {"outcome": ""}, key="start")
    return str(answer["id"])


def put(house: House, instance_id: str, due_on: date | None, principal: str = "contact:miit", **columns: Any) -> str:
    """One more open task with its line; its id. principal: person:<id> once claimed. columns: where they matter."""
    number = next(NUMBERS)
    _, _, person_id = principal.partition("person:")
    claimed = {"principal": "contact:miit", "status": "claimed", "assignee_id": int(person_id)} if person_id else {}
    row = {
        "id": f"task-{number:05}", "instance_id": instance_id, "definition_key": "linear", "duty": "linear",
        "element_id": "a", "name": "填报", "title": f"事项{number}", "clause": "P25", "status": "open",
        "group": "unit_contact", "principal": principal, "unit_id": "miit", "has_own_item_rule": False,
        "due_on": due_on or NO_DUE_DATE, "yellow_on": STATUTORY.add(due_on, -5) if due_on else NO_DUE_DATE,
        "due_rule": "", "is_provisional": False, "is_optional": False, "revision": 1, "urged_count": 0, "outcome": "",
        "created_at": FIRST + timedelta(minutes=number), "changed_at": FIRST,
    } | claimed | columns  # fmt: skip
    line = {
        "principal": principal,
        "due_on": row["due_on"],
        "task_id": row["id"],
        "barred_unit_id": row.get("subject_unit_id"),
    }
    with house.database.writing() as connection:
        connection.execute(insert(table_of(UserTask)), [row])
        connection.execute(insert(table_of(InboxEntry)), [line])
    return str(row["id"])
