"""What somebody with the whole database might do to a history, with the chain sealed anew behind the edit.

Each names by what it must be found although the chain holds: by the repetition, or by the rows built again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select, update

from app.db import table_of
from app.ledger.chain import GENESIS, commitment, event_hash, payload_bytes
from app.models.event import EventPayload, EventRow
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.services.audit import sealed_rows
from app.services.findings import Rule
from app.services.house import House
from app.services.rerun import Why
from app.terms import EventType, Word

EVENT, PAYLOAD = table_of(EventRow), table_of(EventPayload)
INSTANCE, TASK = table_of(ProcessInstance), table_of(UserTask)

Told = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """found_by: what the repetition says, or the rule that rows built again from the log break."""

    name: str
    do: Callable[[Connection, str], None]
    found_by: Word


def chosen_stream(house: House) -> str:
    """A report of a unit with many events, of which some were forms that were sent."""
    counted = select(EVENT.c.stream).where(EVENT.c.type == EventType.TASK_COMPLETED)
    of_duty = select(INSTANCE.c.id).where(
        INSTANCE.c.definition_key == "december_report_unit", INSTANCE.c.id.in_(counted)
    )
    with house.database.reading() as session:
        found = session.execute(of_duty.order_by(INSTANCE.c.head_seq.desc(), INSTANCE.c.id).limit(1))
        return str(found.scalar_one())


def _told(connection: Connection, stream: str, seq: int) -> Told:
    where = (PAYLOAD.c.stream == stream, PAYLOAD.c.seq == seq)
    return dict(orjson.loads(connection.execute(select(PAYLOAD.c.body).where(*where)).scalar_one()))


def _tell(connection: Connection, stream: str, seq: int, told: Mapping[str, Any]) -> None:
    where = (PAYLOAD.c.stream == stream, PAYLOAD.c.seq == seq)
    connection.execute(update(PAYLOAD).where(*where).values(body=payload_bytes(told).decode()))


def _completion(connection: Connection, stream: str) -> int:
    where = (EVENT.c.stream == stream, EVENT.c.type == EventType.TASK_COMPLETED)
    return int(connection.execute(select(EVENT.c.seq).where(*where).order_by(EVENT.c.seq).limit(1)).scalar_one())


def _changing(change: Callable[[Told], None]) -> Callable[[Connection, str], None]:
    """The first form that was sent is told otherwise."""

    def do(connection: Connection, stream: str) -> None:
        seq = _completion(connection, stream)
        told = _told(connection, stream, seq)
        change(told)
        _tell(connection, stream, seq, told)

    return do


def _swap(connection: Connection, stream: str) -> None:
    """The first step and the first form change places."""
    last = _completion(connection, stream)
    for table in (EVENT, PAYLOAD):
        for before, after in ((1, -1), (last, 1), (-1, last)):
            connection.execute(update(table).where(table.c.stream == stream, table.c.seq == before).values(seq=after))


def _cut(connection: Connection, stream: str) -> None:
    last = connection.execute(
        select(EVENT.c.seq).where(EVENT.c.stream == stream, EVENT.c.type == EventType.TASK_COMPLETED)
        .order_by(EVENT.c.seq.desc()).limit(1)
    ).scalar_one()  # fmt: skip
    for table in (EVENT, PAYLOAD):
        connection.execute(delete(table).where(table.c.stream == stream, table.c.seq >= last))


def _move_due_day(connection: Connection, stream: str) -> None:
    first = select(TASK.c.id).where(TASK.c.instance_id == stream, TASK.c.completed_at.is_not(None)).limit(1)
    id_ = connection.execute(first.order_by(TASK.c.created_at)).scalar_one()
    connection.execute(update(TASK).where(TASK.c.id == id_).values(completed_at=None))


def _tell_another_day(told: Told) -> None:
    told["opened"][0]["due_on"] = "2031-01-01"


EDITS = (
    Edit("changed values", _changing(lambda told: told["values"].update(surplus=1)), Why.STATE),
    Edit("changed state hash", _changing(lambda told: told["step"].update(state_hash="0" * 64)), Why.STATE),
    Edit("changed way", _changing(lambda told: told.update(trace=told["trace"][:-1])), Why.TRACE),
    Edit("changed name of a step", _changing(lambda told: told["opened"][0].update(name="另一环节")), Why.EVENT),
    Edit("another task was sent", _changing(lambda told: told.update(task="0" * 36)), Why.REFUSED),
    Edit("swapped events", _swap, Why.VERSION),
    Edit("cut end", _cut, Why.PRESENT),
    Edit("moved completion in the table", _move_due_day, Rule.LOG),
)
OF_TOLD_DAYS = Edit("changed due day in the log", _changing(_tell_another_day), Rule.LOG)


def reseal(house: House, stream: str) -> None:
    """The whole chain of the stream anew, and the head that its instance remembers."""
    with house.database.reading() as session:
        stored = sorted(sealed_rows(session, stream), key=lambda row: row.event.seq)
    head = GENESIS
    with house.database.writing() as connection:
        for row in stored:
            sealed = row.event.payload_commitment
            if row.payload is not None:
                sealed = commitment(row.payload, row.salt or b"", row.event.alg)
            event = replace(row.event, prev=head, payload_commitment=sealed)
            values = {"prev": head, "payload_commitment": sealed, "hash": event_hash(event)}
            where = (EVENT.c.stream == stream, EVENT.c.seq == event.seq)
            connection.execute(update(EVENT).where(*where).values(values))
            head = values["hash"]
        ends = {"head_seq": stored[-1].event.seq, "head_hash": head}
        connection.execute(update(INSTANCE).where(INSTANCE.c.id == stream).values(ends))
