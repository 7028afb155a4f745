"""What migrations start from: versions and who runs in them, and the migrations that were done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, defer

from app.models.migration import InstanceMigration
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.terms import InstanceStatus


@dataclass(frozen=True)
class Running:
    """One version of a process. count: instances that run in it."""

    key: str
    name: str
    version: int
    deployed_at: datetime
    count: int


@dataclass(frozen=True)
class Done:
    """A migration that was done. may_undo: nothing was done in the instance since. who: name, empty for the system."""

    id: int
    instance_id: str
    title: str
    name: str
    from_version: int
    to_version: int
    reason: str
    who: str
    at: datetime
    undone_at: datetime | None
    may_undo: bool


def versions(session: Session) -> list[Running]:
    """Every version of every process, the newest of a process first."""
    running = (
        select(func.count())
        .where(ProcessInstance.definition_id == ProcessDefinition.id, ProcessInstance.status == InstanceStatus.ACTIVE)
        .correlate(ProcessDefinition)
        .scalar_subquery()
    )
    row = ProcessDefinition
    asked = select(row.key, row.name, row.version, row.deployed_at, running).order_by(row.key, row.version.desc())
    return [Running(*found) for found in session.execute(asked)]


def version_of(session: Session, key: str, version: int | None) -> ProcessDefinition | None:
    """The version of a process with this number, or its newest."""
    asked = select(ProcessDefinition).where(ProcessDefinition.key == key).options(defer(ProcessDefinition.sources))
    if version is not None:
        asked = asked.where(ProcessDefinition.version == version)
    return session.scalar(asked.order_by(ProcessDefinition.version.desc()).limit(1))


def key_of(session: Session, instance_id: str) -> str | None:
    return session.scalar(select(ProcessInstance.definition_key).where(ProcessInstance.id == instance_id))


def running_in(session: Session, key: str, version: int, limit: int | None = None, skip: int = 0) -> list[str]:
    """Ids of the instances that run in a version, in the order they began."""
    asked = _of_version(select(ProcessInstance.id), key, version)
    asked = asked.order_by(ProcessInstance.started_at, ProcessInstance.id).offset(skip).limit(limit)
    return list(session.scalars(asked))


def running_count(session: Session, key: str, version: int) -> int:
    return session.scalar(_of_version(select(func.count()), key, version)) or 0


def _of_version(asked: Select[Any], key: str, version: int) -> Select[Any]:
    return (
        asked.select_from(ProcessInstance)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(
            ProcessDefinition.key == key,
            ProcessDefinition.version == version,
            ProcessInstance.status == InstanceStatus.ACTIVE,
        )
    )


def open_names(session: Session, instance_id: str) -> list[str]:
    """Names of the user tasks that wait in an instance, each once."""
    rows = select(UserTask.name).where(UserTask.instance_id == instance_id, IS_OPEN).order_by(UserTask.created_at)
    return list(dict.fromkeys(session.scalars(rows)))


def open_below(session: Session, ids: Iterable[str]) -> list[str]:
    """Ids of the open children of these instances, and theirs, that are not in the newest version of their process."""
    newest = select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == ProcessInstance.definition_key)
    found: list[str] = []
    above = list(ids)
    while above:
        rows = session.execute(
            select(ProcessInstance.id, ProcessDefinition.version == newest.correlate(ProcessInstance).scalar_subquery())
            .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
            .where(ProcessInstance.parent_id.in_(above), ProcessInstance.status == InstanceStatus.ACTIVE)
            .order_by(ProcessInstance.started_at, ProcessInstance.id)
        ).all()
        found += [id_ for id_, is_newest in rows if not is_newest]
        above = [id_ for id_, _ in rows]
    return found


def unit_name(session: Session, unit_id: str | None) -> str:
    return session.scalar(select(Unit.short_name).where(Unit.id == unit_id)) or "" if unit_id else ""


def last_of(session: Session, instance_id: str) -> Done | None:
    """The latest migration of an instance."""
    found = _done(session, 1, instance_id)
    return found[0] if found else None


def latest(session: Session, limit: int) -> list[Done]:
    """The newest first."""
    return _done(session, limit)


def _done(session: Session, limit: int, instance_id: str | None = None) -> list[Done]:
    before, after = aliased(ProcessDefinition), aliased(ProcessDefinition)
    row, instance = InstanceMigration, ProcessInstance
    may_undo = row.undone_at.is_(None) & (instance.version == row.version) & (instance.status == InstanceStatus.ACTIVE)
    asked = (
        select(
            row.id, row.instance_id, instance.title, after.name, before.version, after.version, row.reason, Person.name,
            row.at, row.undone_at, may_undo,
        )
        .join(instance, instance.id == row.instance_id)
        .join(before, before.id == row.from_id)
        .join(after, after.id == row.to_id)
        .outerjoin(Person, Person.id == row.person_id)
        .order_by(row.at.desc(), row.id.desc())
        .limit(limit)
    )  # fmt: skip
    if instance_id is not None:
        asked = asked.where(row.instance_id == instance_id)
    return [
        Done(id_, of, title, name, old, new, reason, who or "", at, undone_at, bool(may))
        for id_, of, title, name, old, new, reason, who, at, undone_at, may in session.execute(asked)
    ]
