"""One instance held against its record: done again by the engine, and its rows built again from its events."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import BadState, Engine, InvalidDefinition
from app.models.process import ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import IS_OPEN, UserTask
from app.services import rebuilt_rows, reexecution
from app.services.audit import sealed_rows
from app.services.findings import Finding, Rule
from app.services.house import House
from app.services.projections import NEVER
from app.services.rebuilt_rows import People, Tally
from app.services.reexecution import Repetition


def findings_of(
    session: Session, house: House, engine: Engine, people: People, id_: str, tally: Tally
) -> Iterator[Finding]:
    """A definition that was changed can no longer be read: that is a finding too, and the others follow."""
    events = list(sealed_rows(session, id_))
    try:
        yield from _instance_findings(session, house, reexecution.replay_in(session, house, engine, id_, events))
        for text in rebuilt_rows.apart(session, house, people, id_, events, tally):
            yield Finding(Rule.LOG, f"{id_}: {text}", id_)
    except (BadState, InvalidDefinition) as error:
        yield Finding(Rule.REPLAY, f"{id_}: its definition is not the one that was published: {error}", id_)


def _instance_findings(session: Session, house: House, repetition: Repetition) -> Iterator[Finding]:
    id_ = repetition.instance_id
    if reexecution.is_damaged(session, house, id_):
        yield Finding(Rule.STATE, f"{id_}: the stored state is not the one that was sealed", id_)
    if repetition.departure is not None:
        yield Finding(Rule.REPLAY, f"{id_} {repetition.departure.text}", id_)
    elif repetition.is_equal:
        yield from _projections(session, repetition)


def _projections(session: Session, repetition: Repetition) -> Iterator[Finding]:
    """The tables say what the engine says."""
    id_, waiting = repetition.instance_id, repetition.waiting
    stored = session.execute(select(ProcessInstance.data).where(ProcessInstance.id == id_)).scalar_one()
    if stored != orjson.loads(orjson.dumps(repetition.data)):
        yield Finding(Rule.PROJECTION, f"{id_}: what decides its way is not what the engine says", id_)
    tasks = session.execute(select(UserTask.id, UserTask.element_id).where(UserTask.instance_id == id_, IS_OPEN))
    timers = session.execute(
        select(Timer.task_id, Timer.due_at).where(Timer.instance_id == id_, Timer.status == "waiting")
    )
    messages = session.execute(
        select(Subscription.task_id, Subscription.message).where(Subscription.instance_id == id_)
    )
    due = {task_id: due_at for task_id, due_at in waiting.timers.items() if due_at.year < NEVER}
    for what, engine, table in (
        ("user tasks", waiting.tasks, {row[0]: row[1] for row in tasks}),
        ("timers", due, {row[0]: row[1] for row in timers}),
        ("subscriptions", waiting.messages, {row[0]: row[1] for row in messages}),
    ):
        apart = sorted({*engine.items()} ^ {*table.items()}, key=str)
        if apart:
            yield Finding(Rule.PROJECTION, f"{id_}: {what} differ from the engine's: {apart[0][0]}", id_)
