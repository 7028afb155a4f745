"""A user task's form as a program reads it: its schema, and what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.event import EventPayload, EventRow
from app.models.user_task import Draft, UserTask
from app.queries.actor import Actor
from app.queries.standing import Standing, standing_of
from app.services.form_rules import Schema
from app.services.house import House
from app.services.registry import casework_of
from app.services.task_forms import open_form
from app.services.tasks import form_of
from app.terms import EventType, TaskStatus


@dataclass(frozen=True)
class Filling:
    """form: None for a task of an uploaded process, which takes plain variables. data: what the fields hold."""

    form: Schema | None
    data: Mapping[str, Any] = field(default_factory=dict)


def filling(house: House, session: Session, actor: Actor, task: UserTask) -> Filling:
    """What is known beforehand and the draft over it; for a completed task what was sent."""
    form = form_of(casework_of(task.definition_key), task.element_id)
    match task.status:
        case TaskStatus.COMPLETED:
            return Filling(form, sent_answers(session, task))
        case TaskStatus.CANCELLED:
            return Filling(form)
        case _:
            data = open_form(house, session, actor, task, session.get(Draft, task.id)).data
            return Filling(form, data if _is_hers(session, actor, task) else _told(task, data))


def _is_hers(session: Session, actor: Actor, task: UserTask) -> bool:
    return standing_of(session.connection(), actor, task) in (Standing.HANDLE, Standing.PREPARE)


def _told(task: UserTask, data: Mapping[str, Any]) -> dict[str, Any]:
    """Without what only those who act on the task may know."""
    withheld = casework_of(task.definition_key).withheld.get(task.element_id, frozenset())
    return {name: value for name, value in data.items() if name not in withheld}


def sent_answers(session: Session, task: Any) -> Mapping[str, Any]:
    """The answers that the event of its completion tells of; nothing where they were erased."""
    bodies = session.scalars(
        select(EventPayload.body)
        .join(EventRow, (EventRow.stream == EventPayload.stream) & (EventRow.seq == EventPayload.seq))
        .where(EventRow.stream == task.instance_id, EventRow.type == EventType.TASK_COMPLETED)
        .order_by(EventRow.seq.desc())
    )
    told = (orjson.loads(body) for body in bodies if body is not None)
    return next((event["answers"] for event in told if event["task"] == task.id), {})
