"""Holds the tables against what the log alone says of them (rebuilding.py), row by row and column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import table_of
from app.ledger.chain import Sealed, instant
from app.models.person import Person
from app.models.process import ProcessDefinition, ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.services import steps
from app.services.house import House
from app.services.rebuilding import SET_BY_OTHERS, Happened, Rebuilt, Row, rebuilt
from app.services.told_tasks import NAMES

TASK, TIMER, SUBSCRIPTION = table_of(UserTask), table_of(Timer), table_of(Subscription)
INSTANCE, DEFINITION, PERSON = table_of(ProcessInstance), table_of(ProcessDefinition), table_of(Person)

OF_TASK = {**NAMES, "title": "title", "duty": "duty", "revision": "revision", "created_at": "created_at",
           "changed_at": "changed_at", "changed_by_id": "changed_by", "reminded_on": "reminded_on",
           "urged_at": "urged_at", "urged_count": "urged_count", "completed_at": "completed_at",
           "completed_by_id": "completed_by"}  # fmt: skip
OF_INSTANCE = ("title", "business_key", "duty", "year", "unit_id", "enterprise_id", "parent_id", "status", "stage",
               "state_hash", "version", "started_at", "started_by", "ended_at", "end_element", "head_seq",
               "head_hash")  # fmt: skip
OF_TIMER = {"element_id": "element", "due_at": "due_at", "status": "status"}
OF_SUBSCRIPTION = {"element_id": "element", "message": "message", "key": "key"}
PEOPLE = ("assignee", "delegated_by", "on_behalf_of", "changed_by", "completed_by", "started_by")


@dataclass
class People:
    """Who has which login; the tables know people by number, the log by login."""

    logins: Mapping[int, str]
    known: frozenset[str]

    @classmethod
    def read(cls, session: Session) -> People:
        logins = {row.id: row.login for row in session.execute(select(PERSON.c.id, PERSON.c.login))}
        return cls(logins, frozenset(logins.values()))


@dataclass
class Tally:
    """How much was compared. skipped: columns of which an event of an earlier release did not tell."""

    columns: int = 0
    skipped: int = 0


def apart(
    session: Session, house: House, people: People, instance_id: str, events: Sequence[Sealed], tally: Tally
) -> Iterator[str]:
    """What the tables say otherwise than the log, in words for operators."""
    try:
        log = rebuilt(_happened(stored) for stored in events)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        yield f"the log has another shape than ours: {error!r}"
        return
    row = session.execute(select(INSTANCE).where(INSTANCE.c.id == instance_id)).one()
    yield from _instance_apart(session, house, people, row, log, tally)
    for table, names, rows, is_told in (
        (TASK, OF_TASK, log.tasks, log.is_whole),
        (TIMER, OF_TIMER, log.timers, log.is_whole and log.knows_waits),
        (SUBSCRIPTION, OF_SUBSCRIPTION, log.messages, log.is_whole and log.knows_waits),
    ):
        stored = session.execute(select(table).where(table.c.instance_id == instance_id)).all()
        if not is_told:
            tally.skipped += len(names) * len(stored)
            continue
        key = "id" if table is TASK else "task_id"
        there = {getattr(one, key): _said(one, names, people) for one in stored}
        yield from _apart(str(table.name), there, rows, people, tally)
        if table is TASK:
            yield from _strangers(row, stored)


def _happened(stored: Sealed) -> Happened:
    event = stored.event
    told = None if stored.payload is None else dict(orjson.loads(stored.payload))
    return Happened(event.seq, event.type, event.at, event.actor, event.definition_hash, stored.hash, told)


def _instance_apart(
    session: Session, house: House, people: People, row: Any, log: Rebuilt, tally: Tally
) -> Iterator[str]:
    there = _said(row, {name: name.removesuffix("_id") for name in OF_INSTANCE}, people)
    definition = session.execute(select(DEFINITION).where(DEFINITION.c.id == row.definition_id)).one()
    there |= {"definition_hash": definition.hash}
    told = log.instance
    if told.get("ended_at") is not None and log.is_whole:
        drawing = house.definition(session.connection(), row.definition_id)
        told["end_element"] = steps.end_of([id_ for id_ in log.completed if id_ in drawing.elements], drawing)
    if row.stage in SET_BY_OTHERS:
        told.pop("stage", None)
    if not log.is_whole:  # what an erased event said of the row is gone
        told = {name: told[name] for name in ("head_seq", "head_hash", "started_at") if name in told}
    yield from _apart("process_instance", {row.id: there}, {row.id: told}, people, tally)
    if row.definition_key != definition.key:
        yield f"process_instance {row.id}: definition_key is not that of its definition"


def _strangers(row: Any, stored: Sequence[Any]) -> Iterator[str]:
    """What a task repeats of its instance."""
    for task in stored:
        own = (task.definition_key, task.duty, task.has_own_item_rule)
        if own != (row.definition_key, row.duty, task.subject_unit_id is not None):
            yield f"user_task {task.id}: definition_key, duty or has_own_item_rule is not that of its instance"


def _apart(table: str, there: Mapping[str, Row], log: Mapping[str, Row], people: People, tally: Tally) -> Iterator[str]:
    for id_ in sorted({*there} ^ {*log}):
        yield f"{table} {id_}: " + ("not in the table" if id_ in log else "not in the log")
    for id_ in sorted({*there} & {*log}):
        told = log[id_]
        for name, value in there[id_].items():
            if name not in told:
                tally.skipped += 1
                continue
            tally.columns += 1
            expected = _known(told[name], people) if name in PEOPLE else told[name]
            if value != expected:
                yield f"{table} {id_}: {name} is {value!r}, by the log {expected!r}"


def _known(login: Any, people: People) -> Any:
    """The clock and the system are no persons."""
    return login if login in people.known else None


def _said(row: Any, names: Mapping[str, str], people: People) -> Row:
    """A row of a table in the words of the log."""
    return {name: _word(name, getattr(row, column), people) for column, name in names.items()}


def _word(name: str, value: Any, people: People) -> Any:
    if name in PEOPLE:
        return people.logins.get(value, value)
    if name == "due_at":
        return value
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value
