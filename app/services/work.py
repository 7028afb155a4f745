"""The transaction of one command: who acts, when, what is read under a lock, and what waits to be written.

Writes wait until somebody reads or the command ends: PostgreSQL then gets them in one message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.engine import Advance
from app.errors import NotFound, StaleProcess
from app.models.process import ProcessInstance
from app.prepared import Prepared, Write, write_all
from app.queries.actor import Actor
from app.services.cases import Case, InstanceRow
from app.services.house import House

INSTANCE = table_of(ProcessInstance)
INSTANCE_COLUMNS = [INSTANCE.c[name] for name in InstanceRow.__dataclass_fields__]
LOCKED_INSTANCE = Prepared(select(*INSTANCE_COLUMNS).where(INSTANCE.c.id == bindparam("instance_id")).with_for_update())


@dataclass
class Work:
    """kept: the steps done, for the engine's cache after the commit. lines: tasks that were read under a lock.

    changes: by instance, what its next event says of rows of user tasks (see told_tasks.py).
    """

    house: House
    _connection: Connection
    actor: Actor
    at: datetime
    key: str
    instance_id: str | None = None
    is_repair: bool = False
    kept: list[Advance] = field(default_factory=list)
    lines: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[list[Any]]] = field(default_factory=dict)
    _waiting: list[Write] = field(default_factory=list)

    @property
    def connection(self) -> Connection:
        """To read, or to write at once: everything that waited is written before."""
        self.flush()
        return self._connection

    def write(self, statement: Prepared, values: Mapping[str, Any], *, must_touch: bool = False) -> None:
        """Write a row before the next reading. must_touch: the row must still be as it was read."""
        self._waiting.append(Write(statement, values, must_touch))

    def write_all(self, writes: list[Write]) -> None:
        self._waiting += writes

    def flush(self) -> None:
        """Raises StaleProcess when a row that had to be there was changed by another."""
        if self._waiting:
            writes, self._waiting = self._waiting, []
            if not write_all(self._connection, writes):
                raise StaleProcess

    def case(self, instance_id: str) -> Case:
        """The instance, locked. Raises NotFound."""
        row = LOCKED_INSTANCE.one_or_none(self.connection, instance_id=instance_id)
        if row is None:
            raise NotFound
        return self.case_of(InstanceRow(*row))

    def case_of(self, instance: InstanceRow) -> Case:
        self.instance_id = self.instance_id or instance.id
        return Case(self, instance, self.house.definition(self._connection, instance.definition_id))


def reading_case(house: House, session: Session, actor: Actor, instance_id: str) -> Case:
    """The instance as a page reads it, to ask the casework for facts and prefilled values. Raises NotFound."""
    connection = session.connection()
    row = connection.execute(select(*INSTANCE_COLUMNS).where(INSTANCE.c.id == instance_id)).one_or_none()
    if row is None:
        raise NotFound
    return Work(house, connection, actor, clock.now(), key="").case_of(InstanceRow(**row._mapping))
