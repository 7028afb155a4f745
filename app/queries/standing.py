"""Whether a person may act on a user task, and if not, why. The page tells it, the command holds to it."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import Connection, exists, select

from app.db import table_of
from app.models.organization import GROUP, OFFICE
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.mergers import mergers
from app.terms import Role, TaskStatus

TASK = table_of(UserTask)
OFFICES = (OFFICE, GROUP)


class Standing(Enum):
    """What the reader is to the task."""

    HANDLE = "may act on it"
    CLAIM = "may act on it, and so may colleagues: it is claimed first"
    TAKEN = "a colleague has claimed it"
    PREPARE = "prepares it for somebody who will send it"
    DELEGATED = "has somebody prepare it, and may take it back"
    DRAFTED = "she did the step before and would now act as the substitute of who signs"
    BARRED = "it is about the reader's own unit"
    WATCH = "somebody else's"
    OVER = "done or cancelled"


def standing_of(connection: Connection, actor: Actor, task: Any) -> Standing:
    """Never CLAIM, which depends on who else is there. task: a row or an object with the columns of UserTask."""
    if task.status in (TaskStatus.COMPLETED, TaskStatus.CANCELLED):
        return Standing.OVER
    if task.delegated_by_id is not None:
        return _standing_of_delegated(actor, task)
    is_in_her_group = task.principal in actor.principals
    inbox = f"person:{task.assignee_id}" if task.assignee_id is not None else task.principal
    if task.assignee_id is not None and inbox not in actor.principals:
        return Standing.TAKEN if is_in_her_group else Standing.WATCH
    is_on_paper = task.principal == Role.LEADER and actor.has(Role.OFFICE_SIGNER)
    if task.assignee_id is None and not is_in_her_group and not is_on_paper:
        return Standing.WATCH
    if task.unit_id not in OFFICES and inbox in actor.stands_for and _acted(connection, actor, task, task.unit_id):
        return Standing.DRAFTED
    if task.has_own_item_rule and _acted_for_the_unit(connection, actor, task):
        return Standing.BARRED
    return Standing.HANDLE


def _standing_of_delegated(actor: Actor, task: Any) -> Standing:
    if f"person:{task.delegated_by_id}" in actor.principals:
        return Standing.DELEGATED
    if f"person:{task.assignee_id}" in actor.principals:
        return Standing.PREPARE
    return Standing.TAKEN if task.principal in actor.principals else Standing.WATCH


def _acted_for_the_unit(connection: Connection, actor: Actor, task: Any) -> bool:
    unit_id = task.subject_unit_id
    return unit_id in actor.barred_unit_ids or _acted(connection, actor, task, unit_id)


def _acted(connection: Connection, actor: Actor, task: Any, unit_id: str) -> bool:
    """Whether the actor has completed a step of this instance for the unit, or for one that it was merged with."""
    acted = exists().where(
        TASK.c.instance_id == task.instance_id,
        TASK.c.completed_by_id == actor.person_id,
        TASK.c.unit_id.in_(sorted(mergers(connection).one_with([unit_id]))),
    )
    return bool(connection.execute(select(acted)).scalar_one())
