"""Very many events, cheaply: an ended history is copied under new ids, each copy sealed into a chain of its own.

For whatever reads the whole log: verifying, exporting, searching, checking rules. The copies hold by every check that
asks the log, commands and instances alone; places in the log are the sequencer's to give, and the user tasks of the
history are not copied (it has ended, so none is open).

    copy_histories(house, instance_id, 1_000_000)      about a minute on SQLite
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.db import table_of
from app.ledger.chain import GENESIS, Event, commitment, event_hash
from app.models.command import CommandRow
from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.process import ProcessInstance
from app.services.house import House

EVENT, PAYLOAD, INSTANCE = table_of(EventRow), table_of(EventPayload), table_of(ProcessInstance)
COMMAND = table_of(CommandRow)
PAGE = 500  # copies of one transaction
Row = dict[str, Any]
Copy = tuple[Row, tuple[list[Row], list[Row], list[Row]]]  # the instance; its events, payloads and commands


def copy_histories(house: House, instance_id: str, events: int) -> int:
    """At least so many events; how many there are."""
    instance, happened, commands = _template(house, instance_id)
    count = -(-events // len(happened))
    copies = (_copy(instance, happened, commands, number) for number in range(count))
    while page := list(islice(copies, PAGE)):
        with house.database.writing() as connection:
            connection.execute(INSTANCE.insert(), [copied for copied, _ in page])
            for place, table in enumerate((EVENT, PAYLOAD, COMMAND)):
                connection.execute(table.insert(), [row for _, parts in page for row in parts[place]])
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if house.database.is_sqlite else "VACUUM ANALYZE"))
    return count * len(happened)


def _template(house: House, instance_id: str) -> tuple[Row, list[Row], list[Row]]:
    asked = (
        select(*EVENT.c, PAYLOAD.c.body)
        .join(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.stream == instance_id)
        .order_by(EVENT.c.seq)
    )
    with house.database.reading() as session:
        instance = session.execute(select(*INSTANCE.c).where(INSTANCE.c.id == instance_id)).one()
        commands = session.execute(select(*COMMAND.c).where(COMMAND.c.instance_id == instance_id))
        happened = session.execute(asked)
        return dict(instance._mapping), list(_rows(happened)), list(_rows(commands))


def _rows(found: Any) -> Iterator[Row]:
    return (dict(row._mapping) for row in found)


def _copy(instance: Row, happened: list[Row], commands: list[Row], number: int) -> Copy:
    stream = _id(UUID(instance["id"]).int, number)
    events: list[Row] = []
    payloads: list[Row] = []
    prev = GENESIS
    for told in happened:
        row, body, salt = {**told}, told["body"], secrets.token_bytes(16)
        del row["body"]
        event = _event(row, stream, prev, commitment(body.encode(), salt, row["alg"]), number)
        prev = event_hash(event)
        own = {"stream": stream, "seq": event.seq}
        sealed = {"payload_commitment": event.payload_commitment, "prev": event.prev, "hash": prev}
        events.append({**row, **own, **sealed, "command_key": event.command_key})
        payloads.append({**own, "salt": salt, "body": body})
    copied = {**instance, "id": stream, "business_key": f"{instance['business_key']}:{number}", "head_hash": prev}
    return copied, (events, payloads, [_command(row, stream, number) for row in commands])


def _id(of: int, number: int) -> str:
    """Rising with the number: rows are then written one behind the other, not all over the table."""
    return str(UUID(int=number << 96 | of & (1 << 96) - 1))


def _event(row: Mapping[str, Any], stream: str, prev: str, committed: str, number: int) -> Event:
    return Event(
        stream=stream, seq=row["seq"], type=row["type"], actor=row["actor"], on_behalf_of=row["on_behalf_of"],
        at=row["at"], at_raw=row["at_raw"], command_key=f"{row['command_key']}:{number}",
        definition_hash=row["definition_hash"], payload_commitment=committed, attachments=tuple(row["attachments"]),
        prev=prev, alg=row["alg"],
    )  # fmt: skip


def _command(row: Row, stream: str, number: int) -> Row:
    return {**row, "instance_id": stream, "key": f"{row['key']}:{number}"}
