"""Events of streams that are no instance, written one by one as commands write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import table_of
from app.models.event import ACCESS, EventRow
from app.services import history
from app.services.history import BEGINNING, Head
from app.services.house import House
from app.terms import EventType

EVENT = table_of(EventRow)


def add(house: House, stream: str, count: int = 1, payload: Mapping[str, Any] | None = None) -> None:
    """So many events more in the stream, in one transaction; where it is `access`, its head remembers them."""
    with house.database.writing() as connection:
        asked = select(EVENT.c.seq, EVENT.c.hash).where(EVENT.c.stream == stream).order_by(EVENT.c.seq.desc())
        last = connection.execute(asked.limit(1)).one_or_none()
        head = Head(last.seq, last.hash) if last else BEGINNING
        for number in range(head.seq + 1, head.seq + count + 1):
            told = history.Happening(
                type=EventType.ADMINISTERED,
                actor="office",
                at=clock.now(),
                command_key=f"{stream}:{number}",
                payload=payload or {"n": number},
            )
            if stream == ACCESS:
                history.append_to(connection, stream, told)
            else:
                head = history.append(connection, stream, head, told)
