"""Rows that an event speaks of, beside those of one instance: commands, versions of processes, witnesses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.engine import InvalidDefinition
from app.ledger.chain import instant
from app.models.command import CommandRow
from app.models.event import ADMINISTRATION, PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.models.ledger import LedgerWitness
from app.models.process import ProcessDefinition, ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import UserTask
from app.services.findings import Finding, Rule
from app.services.house import House
from app.terms import Act, EventType

EVENT, PAYLOAD, COMMAND = table_of(EventRow), table_of(EventPayload), table_of(CommandRow)
DEFINITION, WITNESS = table_of(ProcessDefinition), table_of(LedgerWitness)
INSTANCE = table_of(ProcessInstance)
OF_INSTANCES = (table_of(UserTask), table_of(Timer), table_of(Subscription))
SAME_MOMENT = timedelta(seconds=1)  # a row and its event that read the clock one after the other


def commands(session: Session, now: datetime) -> Iterator[Finding]:
    """A command was done at the instant of what it did."""
    of_command = (EVENT.c.actor == COMMAND.c.actor) & (EVENT.c.command_key == COMMAND.c.key)
    asked = (
        select(COMMAND.c.actor, COMMAND.c.key, COMMAND.c.instance_id, COMMAND.c.at, EVENT.c.at.label("told"))
        .join(EVENT, of_command & (EVENT.c.stream == COMMAND.c.instance_id))
        .execution_options(yield_per=1000)
    )
    for row in session.execute(asked):
        if instant(row.at) != row.told:
            yield Finding(Rule.COMMAND, f"command {row.key} of {row.actor} has another time than its event", row[2])


def strays(session: Session, now: datetime) -> Iterator[Finding]:
    """Tasks, timers and subscriptions of an instance that does not exist: whatever compares by instance passes by."""
    for table in OF_INSTANCES:
        is_somebodys = exists().where(INSTANCE.c.id == table.c.instance_id)
        for id_ in session.scalars(select(table.c.instance_id).where(~is_somebodys).distinct()):
            yield Finding(Rule.PROJECTION, f"a row of {table.name} belongs to {id_}, which does not exist")


def versions(session: Session, house: House) -> Iterator[Finding]:
    """Each version of a process is the one that was published, then and under this number; and none is missing."""
    told = {row.command_key: row for row in session.execute(_published())}
    for row in session.execute(select(DEFINITION).order_by(DEFINITION.c.id)):
        event = told.pop(f"deploy:{row.key}:{row.version}", None)
        if event is None or event.definition_hash != row.hash or not is_moment(row.deployed_at, event.at):
            yield Finding(Rule.DEFINITION, f"version {row.version} of {row.key} is not what was published")
        elif _name(session, house, row.id) != row.name:
            yield Finding(Rule.DEFINITION, f"version {row.version} of {row.key} has another name than its drawing")
    for key in told:
        yield Finding(Rule.DEFINITION, f"the version that {key} published is gone")


def witnesses(session: Session, now: datetime) -> Iterator[Finding]:
    """Cosignatures are taken of those whom the audit administrator has entered, and of nobody else."""
    told: dict[str, tuple[str, Any]] = {}
    retired: dict[str, str] = {}
    for event, act in acts(session, Act.WITNESS_ADDED, Act.WITNESS_RETIRED):
        if act["act"] == Act.WITNESS_ADDED:
            told[act["name"]] = act["vkey"], event
        else:
            retired[act["name"]] = event.at
    for row in session.execute(select(WITNESS)):
        vkey, event = told.pop(row.name, (None, None))
        if event is None or (vkey, event.actor) != (row.vkey, row.added_by) or not is_moment(row.added_at, event.at):
            yield Finding(Rule.WITNESS, f"witness {row.name} is not the one that was entered")
        elif not is_moment(row.retired_at, retired.get(row.name)):
            yield Finding(Rule.WITNESS, f"witness {row.name} is not retired as it was told")
    for name in told:
        yield Finding(Rule.WITNESS, f"witness {name} was entered and is gone")


def _published() -> Select[Any]:
    """An event of a version says which in what is hashed of it, so that it need not be read, and may be erased."""
    asked = select(EVENT.c.command_key, EVENT.c.definition_hash, EVENT.c.at)
    return asked.where(EVENT.c.stream == ADMINISTRATION, EVENT.c.type == EventType.DEPLOYED)


def acts(session: Session, *wanted: Act) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Acts of the administration that can never be erased, in their order: the event, and what it says."""
    is_one = or_(*(EVENT.c.command_key.startswith(f"{act.value}:", autoescape=True) for act in wanted))
    asked = select(EVENT.c.seq, EVENT.c.actor, EVENT.c.at, PAYLOAD.c.body).join(PAYLOAD, PAYLOAD_OF_EVENT)
    for event in session.execute(asked.where(EVENT.c.stream == ADMINISTRATION, is_one).order_by(EVENT.c.seq)):
        yield event, orjson.loads(event.body)


def is_moment(at: datetime | None, told: str | None) -> bool:
    """Whether a row's time is that of its event; or there is neither."""
    if at is None or told is None:
        return at is None and told is None
    return abs(at - datetime.fromisoformat(told)) < SAME_MOMENT


def _name(session: Session, house: House, definition_id: int) -> str | None:
    """As its drawing says; None where it is not what its hash says."""
    try:
        return house.definition(session.connection(), definition_id).name
    except InvalidDefinition:
        return None
