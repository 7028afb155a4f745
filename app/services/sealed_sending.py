"""Sends a form that was kept until it was signed: in the name of who sent it, exactly once, or back to her.

It runs from the outbox and not within the last signer's command: that has locked the signing, and who adds a signer
locks the task first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import table_of
from app.duties import joint_signing as rules
from app.errors import IncidentOpen, InvalidForm, NotFound, RuleViolation
from app.models.joint_signing import JointSigning
from app.models.person import Person
from app.queries.actor import CLOCK, Actor, actor_of
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.joint_signing.rows import by_key, change
from app.services.projections import inbox_of
from app.services.tasks import LOCKED_TASK, case_of, complete_sealed
from app.services.telling import tell
from app.services.work import Work
from app.terms import TaskStatus

SIGNING, PERSON = table_of(JointSigning), table_of(Person)
NOT_SENT = "会签已通过，但内容不符合现在的规定，没有报送。请核对后重新报送。"


def send_sealed(house: House, payload: Mapping[str, Any], *, key: str) -> None:
    """payload: {signing_key}. A form that does not fit any more, or of somebody who has left, is not sent."""
    told = {"signing_key": payload["signing_key"]}
    owner = _owner(house, payload["signing_key"])
    try:
        if owner is None:
            raise InvalidForm([])
        run(house, owner, Command("send_sealed", key, told))
    except (InvalidForm, RuleViolation):
        run(house, CLOCK, Command("break_seal", key, told))


@handles("send_sealed")
def _send(work: Work, payload: Mapping[str, Any]) -> Answer:
    """Nothing happens when the task was closed meanwhile."""
    signing, task = _signed(work, payload)
    if task.status not in (TaskStatus.OPEN, TaskStatus.CLAIMED) or signing.state != rules.PASSED:
        work.instance_id = None
        return {"sent": False}
    if task.has_incident:
        raise IncidentOpen
    return {**complete_sealed(work, task, signing.content), "sent": True}


@handles("break_seal")
def _break(work: Work, payload: Mapping[str, Any]) -> Answer:
    """The draft is what was kept, so she goes on with it."""
    signing, task = _signed(work, payload)
    change(work.connection, signing.id, state=rules.DROPPED)
    title = f"未能报送：{task.title}（{task.name}）"
    tell(case_of(work, task), [inbox_of(task)], title, NOT_SENT, f"{signing.key}:seal", task_id=task.id)
    work.instance_id = None  # it moved nothing
    return {"sent": False}


def _signed(work: Work, payload: Mapping[str, Any]) -> tuple[Any, Any]:
    signing = by_key(work.connection, payload["signing_key"])
    task = LOCKED_TASK.one_or_none(work.connection, task_id=signing.task_id) if signing is not None else None
    if signing is None or task is None:
        raise NotFound
    work.instance_id = task.instance_id
    work.lines[task.id] = task
    return signing, task


def _owner(house: House, signing_key: str) -> Actor | None:
    with house.database.reading() as session:
        found = select(Person).join(JointSigning, JointSigning.asked_by_id == Person.id)
        person = session.scalars(found.where(JointSigning.key == signing_key, Person.is_active)).one_or_none()
        return None if person is None else actor_of(session, person, clock.today())
