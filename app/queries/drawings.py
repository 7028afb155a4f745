"""The drawing of a version of a process, for whoever may see an instance of it."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.actor import Actor
from app.queries.sight import visible_instances


def seen_drawing(session: Session, actor: Actor, definition_id: int) -> str:
    """The BPMN text. Raises NotFound, also for a process of which the actor may see no instance."""
    is_seen = exists().where(ProcessInstance.definition_id == definition_id, visible_instances(actor))
    definition = session.get(ProcessDefinition, definition_id)
    if definition is None or not session.scalar(select(is_seen)):
        raise NotFound("没有找到这张流程图。")
    return _source(definition)


def is_drawn(session: Session, definition_id: int) -> bool:
    """Whether the file holds a diagram; a process may run without one."""
    return "BPMNShape" in _source(session.get_one(ProcessDefinition, definition_id))


def _source(definition: ProcessDefinition) -> str:
    return definition.sources.get(f"{definition.key}.bpmn") or next(iter(definition.sources.values()))
