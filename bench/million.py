"""Very many events, cheaply: an ended history is copied under new ids, each copy sealed into a chain of its own.

For whatever reads the whole log: verifying, exporting, searching, checking rules. A copy has its own user tasks, names
them in what its events say, and so holds by every check that does not do steps again: what a step left as state, and
what its command answered, are still those of the template. Places in the log are the sequencer's to give.

    copy_histories(house, instance_id, 1_000_000)      some minutes on SQLite
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.db import table_of
from app.ledger.chain import GENESIS, Event, commitment, event_hash
from app.models.command import CommandRow
from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.services.house import House

EVENT, PAYLOAD, INSTANCE = table_of(EventRow), table_of(EventPayload), table_of(ProcessInstance)
COMMAND, TASK = table_of(CommandRow), table_of(UserTask)
PAGE = 500  # copies of one transaction
Row = dict[str, Any]
PARTS = (EVENT, PAYLOAD, COMMAND, TASK)
Copy = tuple[Row, tuple[list[Row], ...]]  # the instance, and its rows of each of PARTS


@dataclass(frozen=True)
class _Template:
    """An ended history. happened: its events, each with its body."""

    instance: Row
    happened: list[Row]
    commands: list[Row]
    tasks: list[Row]

    @cached_property
    def names(self) -> re.Pattern[str]:
        """What every copy says otherwise: the ids of instance and tasks, and the business key."""
        said = (self.instance["id"], self.instance["business_key"], *(task["id"] for task in self.tasks))
        return re.compile("|".join(map(re.escape, said)))


def copy_histories(house: House, instance_id: str, events: int) -> int:
    """At least so many events; how many there are."""
    template = _template(house, instance_id)
    count = -(-events // len(template.happened))
    copies = (_copy(template, number) for number in range(count))
    while page := list(islice(copies, PAGE)):
        with house.database.writing() as connection:
            connection.execute(INSTANCE.insert(), [copied for copied, _ in page])
            for place, table in enumerate(PARTS):
                connection.execute(table.insert(), [row for _, parts in page for row in parts[place]])
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if house.database.is_sqlite else "VACUUM ANALYZE"))
    return count * len(template.happened)


def _template(house: House, instance_id: str) -> _Template:
    asked = (
        select(*EVENT.c, PAYLOAD.c.body)
        .join(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.stream == instance_id)
        .order_by(EVENT.c.seq)
    )
    with house.database.reading() as session:
        instance = session.execute(select(*INSTANCE.c).where(INSTANCE.c.id == instance_id)).one()
        commands = session.execute(select(*COMMAND.c).where(COMMAND.c.instance_id == instance_id))
        tasks = session.execute(select(*TASK.c).where(TASK.c.instance_id == instance_id))
        happened = session.execute(asked)
        return _Template(dict(instance._mapping), list(_rows(happened)), list(_rows(commands)), list(_rows(tasks)))


def _rows(found: Any) -> Iterator[Row]:
    return (dict(row._mapping) for row in found)


def _copy(template: _Template, number: int) -> Copy:
    stream = _id(template.instance["id"], number)
    own = {task["id"]: _id(task["id"], number) for task in template.tasks}
    key = template.instance["business_key"]
    said = {template.instance["id"]: stream, key: f"{key}:{number}", **own}
    events: list[Row] = []
    payloads: list[Row] = []
    prev = GENESIS
    for told in template.happened:
        row, salt = {**told}, secrets.token_bytes(16)
        body = template.names.sub(lambda found: said[found[0]], row.pop("body"))
        event = _event(row, stream, prev, commitment(body.encode(), salt, row["alg"]), number)
        prev = event_hash(event)
        place = {"stream": stream, "seq": event.seq}
        sealed = {"payload_commitment": event.payload_commitment, "prev": event.prev, "hash": prev}
        events.append({**row, **place, **sealed, "command_key": event.command_key})
        payloads.append({**place, "salt": salt, "body": body})
    commands = [_command(row, stream, number) for row in template.commands]
    tasks = [{**task, "id": own[task["id"]], "instance_id": stream} for task in template.tasks]
    return {**template.instance, "id": stream, "business_key": said[key], "head_hash": prev}, (
        events, payloads, commands, tasks,
    )  # fmt: skip


def _id(of: str, number: int) -> str:
    """Rising with the number: rows are then written one behind the other, not all over the table."""
    return str(UUID(int=number << 96 | UUID(of).int & (1 << 96) - 1))


def _event(row: Mapping[str, Any], stream: str, prev: str, committed: str, number: int) -> Event:
    return Event(
        stream=stream, seq=row["seq"], type=row["type"], actor=row["actor"], on_behalf_of=row["on_behalf_of"],
        at=row["at"], at_raw=row["at_raw"], command_key=f"{row['command_key']}:{number}",
        definition_hash=row["definition_hash"], payload_commitment=committed, attachments=tuple(row["attachments"]),
        prev=prev, alg=row["alg"],
    )  # fmt: skip


def _command(row: Row, stream: str, number: int) -> Row:
    return {**row, "instance_id": stream, "key": f"{row['key']}:{number}"}
