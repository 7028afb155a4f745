"""The drawing of a version of a process, for whoever may see an instance that is, or once was, in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.migration import InstanceMigration
from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.actor import Actor
from app.queries.sight import visible_instances


@dataclass(frozen=True)
class Version:
    """id: the row's."""

    id: int
    version: int
    hash: str


def seen_drawing(session: Session, actor: Actor, definition_id: int) -> str:
    """The BPMN text. Raises NotFound, also for a process of which the actor may see no instance."""
    was_in_it = exists().where(
        InstanceMigration.instance_id == ProcessInstance.id, InstanceMigration.from_id == definition_id
    )
    is_or_was = or_(ProcessInstance.definition_id == definition_id, was_in_it)
    is_seen = exists().where(is_or_was, visible_instances(actor))
    definition = session.get(ProcessDefinition, definition_id)
    if definition is None or not session.scalar(select(is_seen)):
        raise NotFound("没有找到这张流程图。")
    return _source(definition)


def versions_of(session: Session, key: str, hashes: Collection[str]) -> list[Version]:
    """Those of the versions of a process that have one of these hashes."""
    row = ProcessDefinition
    asked = select(row.id, row.version, row.hash).where(row.key == key, row.hash.in_(hashes))
    return [Version(*found) for found in session.execute(asked.order_by(row.version))]


def is_drawn(session: Session, definition_id: int) -> bool:
    """Whether the file holds a diagram; a process may run without one."""
    return "BPMNShape" in _source(session.get_one(ProcessDefinition, definition_id))


def _source(definition: ProcessDefinition) -> str:
    return definition.sources.get(f"{definition.key}.bpmn") or next(iter(definition.sources.values()))
