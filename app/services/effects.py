"""What shall happen after the commit, written in the transaction that wants it: rows of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.db import insert_if_new, table_of
from app.models.outbox import OutboxRow
from app.prepared import Prepared
from app.services.cases import Effect

OUTBOX = table_of(OutboxRow)
SEALED = "sealed"  # a form that was kept until it was signed is sent
ADD = {
    "sqlite": Prepared(insert_if_new("sqlite", OUTBOX)),
    "postgresql": Prepared(insert_if_new("postgresql", OUTBOX).inline()),
}


def put_effects(connection: Connection, effects: Sequence[Effect], at: datetime) -> None:
    """An effect that was asked for before is left as it is."""
    for effect in effects:
        row = {
            "effect_key": effect.key,
            "kind": effect.kind,
            "payload": dict(effect.payload),
            "status": "pending",
            "next_at": at,
            "attempts": 0,
            "error": "",
            "created_at": at,
        }
        ADD[connection.dialect.name].write(connection, row)
