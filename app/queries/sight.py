"""Who may see what: the office, leaders and auditors all; a unit its own and what it took part in."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, exists, or_, select, true, union_all
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.process import ProcessInstance
from app.models.user_task import TaskCopy, UserTask
from app.queries.actor import Actor
from app.queries.task_lights import CLOSED, OPEN


def visible_instances(actor: Actor) -> ColumnElement[bool]:
    """A condition on ProcessInstance, for lists: found from the actor's own matters, whatever else there is."""
    if actor.reads_all:
        return true()
    own = select(ProcessInstance.id).where(ProcessInstance.unit_id.in_(actor.unit_ids))
    completed = select(UserTask.instance_id).where(UserTask.completed_by_id == actor.person_id)
    in_inbox = select(UserTask.instance_id).where(UserTask.principal.in_(actor.principals), OPEN)
    given = select(UserTask.instance_id).where(UserTask.assignee_id == actor.person_id, OPEN)
    copied = select(TaskCopy.instance_id).where(TaskCopy.person_id == actor.person_id)
    return ProcessInstance.id.in_(union_all(own, *with_tasks_of(actor.unit_ids), completed, in_inbox, given, copied))


def with_tasks_of(unit_ids: Collection[str]) -> tuple[Select[str], Select[str]]:
    """Instances in which these units have a task, and in which they had one: each has an index of its own."""
    of_units = select(UserTask.instance_id).where(UserTask.unit_id.in_(unit_ids))
    return of_units.where(OPEN), of_units.where(CLOSED)


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """A condition on UserTask, for lists: those of the actor's units and inboxes, and what she was given."""
    if actor.reads_all:
        return true()
    is_given = UserTask.assignee_id == actor.person_id
    return or_(UserTask.unit_id.in_(actor.unit_ids), UserTask.principal.in_(actor.principals), is_given)


def seen_instance(session: Session, actor: Actor, instance_id: str) -> ProcessInstance:
    """The instance. Raises NotFound, also for one that is not the actor's to see."""
    instance = session.get(ProcessInstance, instance_id)
    if instance is None or not _is_visible(session, actor, instance):
        raise NotFound
    return instance


def seen_task(session: Session, actor: Actor, task_id: str) -> UserTask:
    """The user task. Raises NotFound, also for one that is not the actor's to see."""
    task = session.get(UserTask, task_id)
    if task is None:
        raise NotFound
    if task.unit_id not in actor.unit_ids and task.principal not in actor.principals:
        seen_instance(session, actor, task.instance_id)
    return task


def own_part(session: Session, actor: Actor, instance_id: str) -> set[str]:
    """The user tasks of an instance that are the actor's: all that an outsider sees of a matter."""
    own = select(UserTask.id).where(UserTask.instance_id == instance_id, visible_tasks(actor))
    return set(session.scalars(own))


def _is_visible(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    if actor.reads_all or instance.unit_id in actor.unit_ids:
        return True
    took_part = exists().where(UserTask.instance_id == instance.id, visible_tasks(actor))
    has_copy = exists().where(TaskCopy.instance_id == instance.id, TaskCopy.person_id == actor.person_id)
    return bool(session.query(or_(took_part, has_copy)).scalar())
