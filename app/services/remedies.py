"""What to do again means for each kind of incident, and what to skip means; within the command of repairs.py.

Each takes the incident, open and locked, and gives what the event says beside it. `instance`: which instance the
command moved, where there was none before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.errors import NotFound, NotPermitted
from app.models.outbox import OutboxRow
from app.models.process import ProcessInstance
from app.models.user_task import Draft, UserTask
from app.queries.actor import CLOCK, SYSTEM, Actor, actor_by_login
from app.queries.candidates import people_of
from app.queries.stuck import is_stuck
from app.services import incidents, outbox, timers
from app.services.commands import Command, carry_out
from app.services.incidents import Settlement
from app.services.work import Work
from app.terms import IncidentKind, Resolution

TASK, DRAFT, OUTBOX = table_of(UserTask), table_of(Draft), table_of(OutboxRow)

Told = Mapping[str, Any]
Remedy = Callable[[Work, Row[Any]], Told]


def _do_again(work: Work, incident: Row[Any]) -> Told:
    """The stopped command, in this transaction. For it the incident is closed, as an open one would refuse it."""
    settlement = Settlement(Resolution.RETRIED, work.actor.login, work.key, work.at)
    incidents.close(work.connection, incident.id, settlement)
    kind, payload = incident.payload["kind"], incident.payload["payload"]
    if kind == "fire":
        payload = {**payload, "claim_token": None}  # the claim of then has lapsed
    again = Work(work.house, work.connection, _wanted_by(work, incident), work.at, incident.command_key, is_repair=True)
    carry_out(again, Command(kind, incident.command_key, payload))
    again.flush()
    work.kept += again.kept
    _mark_effect(work, incident.command_key, "done")
    return {"wanted_by": again.actor.login, "command": kind, "instance": again.instance_id}


def _wanted_by(work: Work, incident: Row[Any]) -> Actor:
    login = incident.payload["actor"]
    for known in (CLOCK, SYSTEM):
        if known.login == login:
            return known
    with Session(work.connection) as session:
        actor = actor_by_login(session, login, clock.local(work.at).date())
    if actor is None:
        raise NotFound("当时办理的人员已不存在，不能以其名义重新执行。")
    return actor


def _send_again(work: Work, incident: Row[Any]) -> Told:
    values = {"status": "pending", "attempts": 0, "next_at": work.at, "error": ""}
    work.connection.execute(OUTBOX.update().where(*_its_effects(incident)).values(values))
    return {}


def _find_somebody(work: Work, incident: Row[Any]) -> Told:
    """Raises NotPermitted while there is still nobody who could do the task."""
    where = (TASK.c.id == incident.task_id, TASK.c.completed_at.is_(None))
    principal = work.connection.execute(select(TASK.c.principal).where(*where)).scalar_one_or_none()
    with Session(work.connection) as session:
        if principal and not people_of(session, [principal], clock.local(work.at).date()):
            raise NotPermitted(incident.text)
    return {}


def _see_whether_it_moves(work: Work, incident: Row[Any]) -> Told:
    """Raises NotPermitted while nothing has changed. The incident itself does not count, so it is closed first."""
    incidents.close(work.connection, incident.id, Settlement(Resolution.RETRIED, work.actor.login, work.key, work.at))
    asked = exists().where(ProcessInstance.id == incident.instance_id, *is_stuck())
    if work.connection.execute(select(asked)).scalar_one():
        raise NotPermitted("仍没有任何事项可以推动该流程，请迁移到新版本或作废。")
    return {}


def _drop_command(work: Work, incident: Row[Any]) -> Told:
    """A timer stays as if it never came, a message as if it never left; a form goes back to whoever typed it."""
    wanted = incident.payload
    payload = wanted["payload"]
    if wanted["kind"] == "fire":
        timers.skip(work.connection, payload["timer_id"])
    if wanted["kind"] == "complete":
        _keep_as_draft(work, payload["task_id"], payload["answers"], wanted["actor"])
    _mark_effect(work, incident.command_key, "dropped")
    return {"wanted_by": wanted["actor"], "command": wanted["kind"]}


def _keep_as_draft(work: Work, task_id: str, answers: Mapping[str, Any], login: str) -> None:
    with Session(work.connection) as session:
        person = actor_by_login(session, login, clock.local(work.at).date())
    if person is None:
        return
    values = {"data": dict(answers), "saved_at": work.at, "saved_by_id": person.person_id}
    work.connection.execute(DRAFT.delete().where(DRAFT.c.task_id == task_id))
    work.connection.execute(DRAFT.insert(), [{"task_id": task_id, **values}])


def _drop_effects(work: Work, incident: Row[Any]) -> Told:
    work.connection.execute(OUTBOX.update().where(*_its_effects(incident)).values(status="dropped"))
    return {}


def _its_effects(incident: Row[Any]) -> tuple[Any, ...]:
    """One message, or all letters of a kind that have failed."""
    effect = incident.payload["effect"]
    which = OUTBOX.c.effect_key == incident.command_key if effect in outbox.WITHIN else OUTBOX.c.kind == effect
    return (OUTBOX.c.status == "failed", which)


def _mark_effect(work: Work, effect_key: str, status: str) -> None:
    """Where the stopped command was the delivery of a message, its row goes with it."""
    where = (OUTBOX.c.effect_key == effect_key, OUTBOX.c.status == "failed")
    work.connection.execute(OUTBOX.update().where(*where).values(status=status))


RETRY: Mapping[str, Remedy] = {
    IncidentKind.FAULT: _do_again,
    IncidentKind.TIMER: _do_again,
    IncidentKind.EFFECT: _send_again,
    IncidentKind.NO_CANDIDATE: _find_somebody,
    IncidentKind.STUCK: _see_whether_it_moves,
}
SKIP: Mapping[str, Remedy] = {
    IncidentKind.FAULT: _drop_command,
    IncidentKind.TIMER: _drop_command,
    IncidentKind.EFFECT: _drop_effects,
}
