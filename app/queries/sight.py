"""Who may see what: the office, leaders and auditors all; a unit its own and what it took part in."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, true
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import Actor


def visible_instances(actor: Actor) -> ColumnElement[bool]:
    """A condition on ProcessInstance."""
    if actor.reads_all:
        return true()
    took_part = exists().where(UserTask.instance_id == ProcessInstance.id, visible_tasks(actor))
    return or_(ProcessInstance.unit_id.in_(actor.unit_ids), took_part)


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """A condition on UserTask, for lists: those of the actor's units and inboxes."""
    if actor.reads_all:
        return true()
    return or_(UserTask.unit_id.in_(actor.unit_ids), UserTask.principal.in_(actor.principals))


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


def _is_visible(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    if actor.reads_all or instance.unit_id in actor.unit_ids:
        return True
    took_part = exists().where(UserTask.instance_id == instance.id, visible_tasks(actor))
    return bool(session.query(took_part).scalar())
