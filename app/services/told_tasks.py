"""What events say of the rows of user tasks and of instances, so that who has only the log can build them again.

The names are the ledger's own and stay, whatever becomes of the tables: NAMES says which column each is. People are
named by their logins. What is as usual is left out (USUAL). rebuilding.py reads what is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from app.db import table_of
from app.models.person import Person
from app.models.user_task import NO_DUE_DATE
from app.prepared import Prepared
from app.services.cases import Case
from app.services.work import Work

PERSON = table_of(Person)
LOGIN = Prepared(select(PERSON.c.login).where(PERSON.c.id == bindparam("of_person")))

NAMES: Mapping[str, str] = {
    "element_id": "element",
    "name": "name",
    "unit_id": "unit",
    "due_on": "due_on",
    "group": "group",
    "principal": "principal",
    "item": "item",
    "subject_unit_id": "subject",
    "clause": "clause",
    "yellow_on": "yellow_on",
    "limit_days": "limit_days",
    "due_rule": "due_rule",
    "is_provisional": "is_provisional",
    "is_optional": "is_optional",
    "is_held": "is_held",
    "status": "status",
    "assignee_id": "assignee",
    "delegated_by_id": "delegated_by",
    "on_behalf_of_id": "on_behalf_of",
    "outcome": "outcome",
}
USUAL: Mapping[str, Any] = {
    "item": None,
    "subject": None,
    "clause": "",
    "yellow_on": NO_DUE_DATE.isoformat(),
    "limit_days": None,
    "due_rule": "",
    "is_provisional": False,
    "is_optional": False,
    "is_held": False,
    "status": "open",
    "assignee": None,
    "delegated_by": None,
    "on_behalf_of": None,
    "outcome": "",
}
ALWAYS = ("element", "name", "unit", "due_on")
PEOPLE = ("assignee_id", "delegated_by_id", "on_behalf_of_id")
ABOUT = ("duty", "year", "unit_id", "enterprise_id", "parent_id")


def opened(work: Work, row: Mapping[str, Any]) -> dict[str, Any]:
    """Of a task that now waits. row: as assignment.task_row gives it."""
    told = _told(work, row)
    return {
        "task": row["id"],
        **{name: told[name] for name in ALWAYS},
        **{name: value for name, value in told.items() if name not in ALWAYS and value != USUAL.get(name, "")},
    }


def note_changed(work: Work, instance_id: str, task_id: str, changes: Mapping[str, Any]) -> None:
    """The next event of the instance tells of it, one entry for each time that the row was changed."""
    work.changes.setdefault(instance_id, []).append([task_id, _told(work, changes)])


def about(case: Case) -> dict[str, Any]:
    """Of an instance that begins."""
    return {name.removesuffix("_id"): value for name in ABOUT if (value := getattr(case.instance, name)) is not None}


def _told(work: Work, row: Mapping[str, Any]) -> dict[str, Any]:
    return {NAMES[column]: _plain(work, column, value) for column, value in row.items() if column in NAMES}


def _plain(work: Work, column: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if column in PEOPLE and value is not None:
        return work.actor.login if value == work.actor.person_id else LOGIN.scalar(work.connection, of_person=value)
    return value
