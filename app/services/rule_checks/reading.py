"""Histories as the rules see them: the events of a few instances, in one statement, with what gateways read by then."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.log_rules import Happened
from app.models.event import PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.process import ProcessInstance
from app.services.history import moment

EVENT, PAYLOAD, INSTANCE = table_of(EventRow), table_of(EventPayload), table_of(ProcessInstance)
SCALARS = (str, int, float, bool)


@dataclass(frozen=True)
class History:
    """One instance with its events. is_ended: completed; who cancelled it wanted no more of it."""

    id: str
    process: str
    unit_id: str | None
    year: int | None
    enterprise_id: str | None
    parent_id: str | None
    is_ended: bool
    events: tuple[Happened, ...]


def histories(session: Session, ids: Collection[str]) -> Iterator[History]:
    """Of these instances, by id; one whose events are gone is left out."""
    asked = (
        select(
            EVENT.c.stream, EVENT.c.seq, EVENT.c.type, EVENT.c.at, EVENT.c.actor, EVENT.c.on_behalf_of, PAYLOAD.c.body,
            INSTANCE.c.definition_key, INSTANCE.c.unit_id, INSTANCE.c.year, INSTANCE.c.enterprise_id,
            INSTANCE.c.parent_id, INSTANCE.c.status,
        )
        .join(INSTANCE, INSTANCE.c.id == EVENT.c.stream)
        .outerjoin(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.stream.in_(ids))
        .order_by(EVENT.c.stream, EVENT.c.seq)
    )  # fmt: skip
    for id_, rows in groupby(session.execute(asked), key=lambda row: row.stream):
        listed = list(rows)
        first = listed[0]
        yield History(
            id_, first.definition_key, first.unit_id, first.year, first.enterprise_id, first.parent_id,
            first.status == "completed", tuple(_happened(listed)),
        )  # fmt: skip


def _happened(rows: list[Any]) -> Iterator[Happened]:
    units: dict[str, str] = {}
    data: Mapping[str, Any] = {}
    for row in rows:
        told: Mapping[str, Any] = orjson.loads(row.body) if row.body else {}
        known = _scalars(told.get("values", {}))
        for answer in told.get("step", {}).get("answers", ()):
            if answer.get("ask") == "act":
                known |= _scalars(answer.get("answer") or {})
        data = {**data, **known} if known else data
        yield Happened(
            row.stream, row.seq, clock.local(moment(row.at)).date(), row.type, row.definition_key,
            told.get("element", ""),
            frozenset(element for element, state, _, _ in told.get("trace", ()) if state == "completed"),
            row.actor, row.on_behalf_of, units.get(told.get("task", "")), _scalars(told.get("answers", {})), data,
        )  # fmt: skip
        units |= {task["task"]: task["unit"] for task in told.get("opened", ())}


def _scalars(given: Any) -> dict[str, Any]:
    return (
        {name: value for name, value in given.items() if isinstance(value, SCALARS)} if isinstance(given, dict) else {}
    )
