"""Takes the ledger out of the house: the bundle that proves itself, and the event log for process mining."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, BinaryIO

import orjson
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.engine import Definition
from app.ledger import xes
from app.ledger.bundle import Manifest, write_bundle
from app.models.event import EventPayload, EventRow
from app.models.process import ProcessInstance
from app.services.audit import BATCH
from app.services.bundle_rows import contents
from app.services.house import House
from app.terms import EventType

EVENT, PAYLOAD, INSTANCE = table_of(EventRow), table_of(EventPayload), table_of(ProcessInstance)

TRANSITIONS = {
    EventType.INSTANCE_STARTED: "complete",
    EventType.TASK_COMPLETED: "complete",
    EventType.TASK_RETURNED: "complete",
    EventType.TASK_CLAIMED: "assign",
    EventType.TASK_UNCLAIMED: "reassign",
    EventType.TASK_TRANSFERRED: "reassign",
    EventType.MESSAGE_DELIVERED: "complete",
    EventType.TIMER_FIRED: "complete",
    EventType.WITHDRAWN: "withdraw",
    EventType.INSTANCE_CANCELLED: "pi_abort",
}
NOBODY = ("clock", "system")


def export_bundle(house: House, file: BinaryIO, instance_id: str | None = None) -> Manifest:
    """Write one instance, or everything, as it is stored: what docs/ledger.md calls the bundle."""
    with house.database.reading() as session:
        return write_bundle(file, contents(session, instance_id, clock.now()))


def export_xes(house: House, file: BinaryIO, instance_id: str | None = None) -> None:
    """Write one instance, or all, a trace each; acts that move nothing, such as an urging, are left out."""
    with house.database.reading() as session:
        xes.write_xes(file, _traces(house, session, instance_id))


def _traces(house: House, session: Session, instance_id: str | None) -> Iterator[xes.Trace]:
    asked = (
        select(
            EVENT.c.stream, EVENT.c.type, EVENT.c.at, EVENT.c.actor, PAYLOAD.c.body,
            INSTANCE.c.business_key, INSTANCE.c.definition_key, INSTANCE.c.definition_id,
        )
        .join(INSTANCE, INSTANCE.c.id == EVENT.c.stream)
        .outerjoin(PAYLOAD, and_(PAYLOAD.c.stream == EVENT.c.stream, PAYLOAD.c.seq == EVENT.c.seq))
        .where(EVENT.c.type.in_(TRANSITIONS))
        .order_by(EVENT.c.stream, EVENT.c.seq)
    )  # fmt: skip
    if instance_id is not None:
        asked = asked.where(EVENT.c.stream == instance_id)
    versions = session.scalars(select(INSTANCE.c.definition_id).distinct()).all()
    known = {id_: house.definition(session.connection(), id_) for id_ in versions}
    rows = session.execute(asked, execution_options={"yield_per": BATCH})
    for _, events in groupby(rows, key=lambda row: row.stream):
        steps = list(events)
        first = steps[0]
        yield xes.Trace(
            first.business_key,
            first.definition_key,
            tuple(_step(row, known[first.definition_id]) for row in steps),
        )


def _step(row: Any, definition: Definition) -> xes.Step:
    resource = None if row.actor in NOBODY else row.actor
    return xes.Step(_name(row, definition), row.at, resource, TRANSITIONS[EventType(row.type)])


def _name(row: Any, definition: Definition) -> str:
    """Of the BPMN element: the user task or timer, else where the message arrived or the process began."""
    told: Mapping[str, Any] = orjson.loads(row.body) if row.body else {}
    moved = [element_id for element_id, state, _, _ in told.get("trace", ()) if state == "completed"]
    element = definition.elements.get(told.get("element") or (moved[0] if moved else ""))
    return element.name if element else EventType(row.type).label
