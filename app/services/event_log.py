"""Takes histories out as an event log for process mining, XES or CSV: every step of every instance that was asked for.

One statement whose rows are never all in memory, one trace at a time. A step is an activity or event of the drawing
that was done: by a person, by the clock, by a message or by the process itself; gateways are left to the drawing, acts
that move nothing, such as an urging, to the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.documents import csv_file
from app.engine import Definition, Element
from app.ledger import xes
from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.process import ProcessDefinition, ProcessInstance
from app.services.audit import BATCH
from app.services.house import House
from app.terms import EventType

EVENT, PAYLOAD = table_of(EventRow), table_of(EventPayload)
INSTANCE, DEFINITION = table_of(ProcessInstance), table_of(ProcessDefinition)
PARENT = INSTANCE.alias("parent")

STEPS = frozenset(
    {
        EventType.INSTANCE_STARTED, EventType.TASK_COMPLETED, EventType.TASK_RETURNED, EventType.MESSAGE_DELIVERED,
        EventType.TIMER_FIRED, EventType.WITHDRAWN, EventType.INSTANCE_CANCELLED, EventType.INCIDENT_RETRIED,
        EventType.INCIDENT_SKIPPED, EventType.DUE_DATE_MOVED, EventType.TIMER_MOVED,
    }
)  # fmt: skip
GIVEN = {
    EventType.TASK_CLAIMED: "assign",
    EventType.TASK_UNCLAIMED: "reassign",
    EventType.TASK_TRANSFERRED: "reassign",
    EventType.TASK_HANDED_OVER: "reassign",
    EventType.TASK_DELEGATED: "reassign",
    EventType.TASK_HANDED_BACK: "reassign",
    EventType.TASK_TAKEN_BACK: "reassign",
}
NOBODY = frozenset({"clock", "system"})
DRAWN_ONLY = ("Gateway", "subProcess", "transaction")
CSV_TRACE = ("concept:name", "duban:definition", "duban:version", "duban:parent_key", "duban:unit", "duban:year")


@dataclass(frozen=True)
class Choice:
    """What is taken out; all of it where nothing is said. instances: a statement that gives ids of instances."""

    instance_id: str | None = None
    definition_key: str | None = None
    year: int | None = None
    instances: Select[Any] | None = None


ALL = Choice()


def write_xes(house: House, file: BinaryIO, choice: Choice = ALL, extension_uri: str = xes.OWN_URI) -> None:
    with house.database.reading() as session:
        xes.write_xes(file, traces(house, session, choice), extension_uri)


def write_csv(house: House, file: BinaryIO, choice: Choice = ALL) -> None:
    with house.database.reading() as session:
        file.writelines(table(traces(house, session, choice)))


def table(found: Iterable[xes.Trace]) -> Iterator[bytes]:
    """As CSV: a line a step, the attributes of its trace before it, under the names that XES gives them."""
    of_trace = [one for one in xes.TRACE_ATTRIBUTES if one.key in CSV_TRACE]
    headings = [f"case:{one.key}" for one in of_trace] + [one.key for one in xes.EVENT_ATTRIBUTES]
    rows = (
        [getattr(trace, one.field) for one in of_trace] + [getattr(step, one.field) for one in xes.EVENT_ATTRIBUTES]
        for trace in found
        for step in trace.steps
    )
    return csv_file.render(headings, rows)


def traces(house: House, session: Session, choice: Choice = ALL) -> Iterator[xes.Trace]:
    """By the ids of the instances; one that has no step yet is left out."""
    versions = _Versions(house, session)
    rows = session.execute(_asked(choice), execution_options={"yield_per": BATCH})
    for _, events in groupby(rows, key=lambda row: row.stream):
        told = list(events)
        steps = _Steps(versions, told[0].definition_id)
        yield _trace(told[0], versions, [step for row in told for step in steps.of(row)])


def _asked(choice: Choice) -> Select[Any]:
    asked = (
        select(
            EVENT.c.stream, EVENT.c.seq, EVENT.c.type, EVENT.c.at, EVENT.c.actor, EVENT.c.on_behalf_of,
            EVENT.c.definition_hash, PAYLOAD.c.body, INSTANCE.c.business_key, INSTANCE.c.definition_key,
            INSTANCE.c.definition_id, INSTANCE.c.title, INSTANCE.c.duty, INSTANCE.c.unit_id, INSTANCE.c.year,
            INSTANCE.c.status, INSTANCE.c.parent_id, PARENT.c.business_key.label("parent_key"),
        )
        .join(INSTANCE, INSTANCE.c.id == EVENT.c.stream)
        .outerjoin(PARENT, PARENT.c.id == INSTANCE.c.parent_id)
        .outerjoin(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.type.in_([*STEPS, *GIVEN]))
        .order_by(EVENT.c.stream, EVENT.c.seq)
    )  # fmt: skip
    if choice.instance_id is not None:
        asked = asked.where(EVENT.c.stream == choice.instance_id)
    if choice.definition_key is not None:
        asked = asked.where(INSTANCE.c.definition_key == choice.definition_key)
    if choice.year is not None:
        asked = asked.where(INSTANCE.c.year == choice.year)
    if choice.instances is not None:
        asked = asked.where(EVENT.c.stream.in_(choice.instances))
    return asked


class _Versions:
    """Of all processes, each read when its first event comes by: a history may have begun on an older one."""

    def __init__(self, house: House, session: Session) -> None:
        self._house, self._connection = house, session.connection()
        listed = session.execute(select(DEFINITION.c.id, DEFINITION.c.version, DEFINITION.c.hash)).all()
        self._numbers = {row.id: row.version for row in listed}
        self._ids = {row.hash: row.id for row in listed}
        self._read: dict[int, Definition] = {}

    def number(self, id_: int) -> int:
        return self._numbers[id_]

    def one(self, id_: int) -> Definition:
        if id_ not in self._read:
            self._read[id_] = self._house.definition(self._connection, id_)
        return self._read[id_]

    def at(self, hash_: str | None, present_id: int) -> Definition:
        return self.one(self._ids.get(hash_ or "", present_id))


def _trace(row: Any, versions: _Versions, steps: list[xes.Step]) -> xes.Trace:
    id_ = row.definition_id
    return xes.Trace(
        row.business_key, row.stream, row.definition_key, versions.number(id_), versions.one(id_).hash, steps,
        row.title, row.duty, row.unit_id, row.year, row.status, row.parent_id, row.parent_key,
    )  # fmt: skip


class _Steps:
    """Reads one instance's events in their order. waiting: task -> since when, whose, due when."""

    def __init__(self, versions: _Versions, present_id: int) -> None:
        self._versions = versions
        self._present_id = present_id
        self._waiting: dict[str, tuple[str, str, str]] = {}

    def of(self, row: Any) -> Iterator[xes.Step]:
        told: Mapping[str, Any] = orjson.loads(row.body) if row.body else {}
        definition = self._versions.at(row.definition_hash, self._present_id)
        if row.type in GIVEN:
            yield self._given(row, told, definition)
        for element_id, state, task_id, _ in told.get("trace", ()):
            element = definition.elements.get(element_id)
            if element is not None and _is_shown(element, state):
                yield self._step(row, told, element, state, task_id)
        if row.type == EventType.INSTANCE_CANCELLED:
            yield xes.Step(
                EventType.INSTANCE_CANCELLED.label, row.at, "pi_abort", seq=row.seq, resource=_who(row.actor)
            )
        for task in told.get("opened", ()):
            self._waiting[task["task"]] = (row.at, task["unit"], task["due_on"])

    def _given(self, row: Any, told: Mapping[str, Any], definition: Definition) -> xes.Step:
        element = definition.elements.get(told.get("element", ""))
        _, unit, _ = self._waiting.get(told.get("task", ""), (None, None, None))
        return xes.Step(
            element.name if element else told.get("name", ""), row.at, GIVEN[EventType(row.type)],
            told.get("element", ""), element.type if element else "", row.seq, told.get("task"), _who(row.actor),
            element.lane if element else None, unit, row.on_behalf_of,
        )  # fmt: skip

    def _step(self, row: Any, told: Mapping[str, Any], element: Element, state: str, task_id: str) -> xes.Step:
        """A person's name stands at what she did herself, not at what followed by itself."""
        began = row.type == EventType.INSTANCE_STARTED and element.type == "startEvent" and element.parent is None
        is_own = began or told.get("task") == task_id
        since, unit, due_on = self._waiting.pop(task_id, (None, None, None))
        step = xes.Step(
            element.name, row.at, _transition(state, is_own=is_own), element.id, element.type, row.seq, task_id,
            role=element.lane if element.type == "userTask" else None, group=unit, opened_at=since, due_on=due_on,
        )  # fmt: skip
        if not is_own:
            return step
        outcome = told.get("values", {}).get("outcome")
        return step._replace(resource=_who(row.actor), on_behalf_of=row.on_behalf_of, outcome=outcome)


def _is_shown(element: Element, state: str) -> bool:
    """What was done; of what was not, only the tasks that waited for a person."""
    if element.type.endswith(DRAWN_ONLY):
        return False
    return state == "completed" or (state == "cancelled" and element.type == "userTask")


def _transition(state: str, *, is_own: bool) -> str:
    if state == "completed":
        return "complete"
    return "ate_abort" if is_own else "withdraw"


def _who(login: str | None) -> str | None:
    return None if login in NOBODY else login
