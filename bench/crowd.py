"""An office with very many open tasks: a small one is written row by row, then copied within the database.

The small one has SMALL open tasks on a tenth as many running instances of all its units, what they completed this year,
instances that have ended, campaigns they belong to, and events. Copies differ in their ids alone, so both sizes have
the same dates, units and lights, and a list costs more in the larger one only because it is larger.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, select, text

from app.db import table_of
from app.models.event import EventRow
from app.models.organization import GROUP, OFFICE, Unit
from app.models.person import Person
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import NO_DUE_DATE, InboxEntry, UserTask
from app.services.history import BEGINNING
from app.services.house import House

INSTANCE, TASK, INBOX, EVENT = map(table_of, (ProcessInstance, UserTask, InboxEntry, EventRow))
UNIT, PERSON, DEFINITION = map(table_of, (Unit, Person, ProcessDefinition))

SMALL = 10_000
TODAY = date(2024, 12, 16)
NOW = datetime(2024, 12, 16, 1, tzinfo=UTC)
CHILDREN = (("december_report", "december_report_unit"), ("annual_target", "annual_target_indicator"))
FORMS = {"december_report_unit": "draft_report", "annual_target_indicator": "propose_target"}
ORIGINAL = "0000"  # how the ids of the small office end; those of a copy end in its number
Row = dict[str, Any]


class Crowd:
    """Draws the rows of the small office; the same seed gives the same office."""

    def __init__(self, connection: Connection, tasks: int) -> None:
        self._random = random.Random(2024)
        self._units = list(connection.scalars(select(UNIT.c.id).where(UNIT.c.kind != "body").order_by(UNIT.c.position)))
        self._people: dict[str, int] = dict(connection.execute(select(PERSON.c.login, PERSON.c.id)).all())
        rows = connection.execute(select(DEFINITION.c.key, DEFINITION.c.id))
        self._definitions: dict[str, int] = dict(rows.all())
        self.campaigns = [self._campaign(number) for number in range(max(tasks // 1000, 2))]
        running = [self._child(number, "active") for number in range(tasks // 10)]
        self.children = running + [self._child(len(running) + number, "completed") for number in range(tasks // 40)]
        self.tasks = [self._open(running[number % len(running)], number) for number in range(tasks)]
        self.tasks += [self._completed(self.children[number % len(self.children)]) for number in range(tasks // 2)]
        self.events = [self._event(self.children[number % len(self.children)], number) for number in range(tasks)]

    def _id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128)))[:-4] + ORIGINAL

    def _moment(self, days: int) -> datetime:
        """Some instant of the last so many days."""
        return NOW - timedelta(seconds=self._random.randrange(days * 86400))

    def _instance(self, number: int, duty: str, definition_key: str, status: str, **columns: Any) -> Row:
        started_at = self._moment(300)
        row = {
            "id": self._id(), "definition_id": self._definitions[definition_key], "definition_key": definition_key,
            "duty": duty, "business_key": f"{definition_key}:crowd:{number}:{ORIGINAL}", "title": f"事项{number}",
            "year": 2024, "unit_id": None, "parent_id": None, "status": status, "stage": "", "state_hash": "",
            "state": self._random.randbytes(900), "version": 9, "data": {}, "started_at": started_at,
            "ended_at": None if status == "active" else started_at + timedelta(days=9), "end_element": "",
            "head_seq": 8, "head_hash": BEGINNING.hash, "started_by": self._people["office"],
        }  # fmt: skip
        return row | columns

    def _campaign(self, number: int) -> Row:
        duty, _ = CHILDREN[number % len(CHILDREN)]
        return self._instance(number, duty, duty, "active", title=f"批次{number}")

    def _child(self, number: int, status: str) -> Row:
        duty, definition_key = CHILDREN[number % len(CHILDREN)]
        own = [campaign for campaign in self.campaigns if campaign["duty"] == duty]
        unit_id = self._units[number % len(self._units)]
        parent_id = own[number // len(CHILDREN) % len(own)]["id"]
        return self._instance(number, duty, definition_key, status, unit_id=unit_id, parent_id=parent_id)

    def _task(self, instance: Row, **columns: Any) -> Row:
        due_on = TODAY + timedelta(days=self._random.randrange(-20, 70))
        row = {
            "id": self._id(), "instance_id": instance["id"], "definition_key": instance["definition_key"],
            "duty": instance["duty"], "element_id": FORMS[instance["definition_key"]], "name": "填报", "item": None,
            "title": instance["title"], "clause": "P25", "status": "open", "group": "unit_contact",
            "principal": f"contact:{instance['unit_id']}", "unit_id": instance["unit_id"], "subject_unit_id": None,
            "has_own_item_rule": False, "assignee_id": None, "due_on": due_on,
            "yellow_on": due_on - timedelta(days=7), "limit_days": 20, "due_rule": "", "is_provisional": False,
            "is_optional": False, "revision": 1, "created_at": self._moment(30), "changed_at": NOW,
            "completed_at": None, "completed_by_id": None, "outcome": "", "urged_count": 0,
        }  # fmt: skip
        return row | columns

    def _open(self, instance: Row, number: int) -> Row:
        """Of twenty: twelve lie with the contact, three with the head, three with the office, one each is elsewhere."""
        unit_id, place = instance["unit_id"], number // 10 % 20
        if place < 12:
            return self._task(instance)
        if place < 15:
            return self._task(instance, principal=f"head:{unit_id}", group="unit_head", name="审签")
        if place < 18:
            barred = {"subject_unit_id": unit_id, "has_own_item_rule": True}
            return self._task(instance, principal="office", group="office", unit_id=OFFICE, name="审核", **barred)
        if place == 18:
            leader = {"group": "leader", "unit_id": GROUP, "name": "审定"}
            return self._task(instance, principal="leader", due_on=NO_DUE_DATE, yellow_on=NO_DUE_DATE, **leader)
        return self._task(instance, status="claimed", assignee_id=self._people[f"contact.{unit_id}"])

    def _completed(self, instance: Row) -> Row:
        by = self._people[f"contact.{instance['unit_id']}"]
        return self._task(instance, status="completed", completed_at=self._moment(340), completed_by_id=by)

    def _event(self, instance: Row, number: int) -> Row:
        at = self._moment(300).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {
            "stream": instance["id"], "seq": number // len(self.children) + 1, "type": "user_task_completed",
            "actor": f"contact.{instance['unit_id']}", "on_behalf_of": None, "at": at, "at_raw": at,
            "command_key": f"crowd:{number}", "definition_hash": BEGINNING.hash, "attachments": [],
            "payload_commitment": BEGINNING.hash, "prev": BEGINNING.hash, "hash": BEGINNING.hash,
        }  # fmt: skip


def fill(house: House, tasks: int = SMALL) -> None:
    """Write the small office."""
    with house.database.writing() as connection:
        crowd = Crowd(connection, tasks)
        connection.execute(INSTANCE.insert(), crowd.campaigns)
        connection.execute(INSTANCE.insert(), crowd.children)
        connection.execute(TASK.insert(), crowd.tasks)
        connection.execute(INBOX.insert(), [_line(task) for task in crowd.tasks if task["completed_at"] is None])
        connection.execute(EVENT.insert(), crowd.events)
    _analyze(house)


def multiply(house: House, times: int) -> None:
    """Make the office so many times as large, by copies of the small one."""
    copied = {"id": _copied("id")}
    changed: list[tuple[Table, str, Mapping[str, str]]] = [
        (INSTANCE, "parent_id IS NULL AND id", copied | {"business_key": "business_key || seq.k"}),
        (INSTANCE, "parent_id IS NOT NULL AND id",
         copied | {"business_key": "business_key || seq.k", "parent_id": _copied("parent_id")}),
        (TASK, "id", copied | {"instance_id": _copied("instance_id")}),
        (INBOX, "task_id", {"task_id": _copied("task_id")}),
        (EVENT, "stream", {"stream": _copied("stream")}),
    ]  # fmt: skip
    for table, key, expressions in changed:
        with house.database.writing() as connection:
            if house.database.is_sqlite:
                connection.execute(text("PRAGMA cache_size = -1000000"))  # kB: the indexes are filled in random order
            connection.execute(text(_copying(table, key, expressions)), {"most": times - 1})
    _analyze(house)


def _copied(column: str) -> str:
    return f"substr({column}, 1, 32) || substr(CAST(10000 + seq.k AS TEXT), 2)"


def _copying(table: Table, key: str, expressions: Mapping[str, str]) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    values = ", ".join(expressions.get(column.name, f'"{column.name}"') for column in table.c)
    return (
        "WITH RECURSIVE seq(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM seq WHERE k < :most) "
        f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM {table.name}, seq "
        f"WHERE {key} LIKE '%{ORIGINAL}'"
    )


def _line(task: Row) -> Row:
    principal = f"person:{task['assignee_id']}" if task["assignee_id"] else task["principal"]
    barred = task["subject_unit_id"] if task["has_own_item_rule"] else None
    return {"principal": principal, "due_on": task["due_on"], "task_id": task["id"], "barred_unit_id": barred}


def _analyze(house: House) -> None:
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
