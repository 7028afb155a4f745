"""Versions of process definitions: lists of them, one with its origin, its drawing, and how two of them differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from app.engine import InvalidDefinition
from app.engine.difference import Change, difference
from app.errors import Conflict, NotFound
from app.models.deployment import DeployedVersion, Deployment
from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.paging import LARGEST_INT, Descending, Page, page
from app.terms import InstanceStatus

NO_VERSION = "没有找到这个流程版本。"


@dataclass(frozen=True)
class Version:
    """A version with the deployment it came with, None for one that shipped; running: instances on it now."""

    definition: ProcessDefinition
    deployment: Deployment | None
    running: int


@dataclass(frozen=True)
class Process:
    """All versions of a process in one line: the newest, how many there are, and what runs on older ones."""

    newest: Version
    count: int
    running_on_older: int


def definitions_page(session: Session, key: str | None, cursor: str | None, limit: int) -> Page[ProcessDefinition]:
    """Every version of every process, or of one. Raises BadRequest for a cursor that is none of ours."""
    statement = select(ProcessDefinition).options(defer(ProcessDefinition.sources))
    if key is not None:
        statement = statement.where(ProcessDefinition.key == key)
    return page(session, statement, (ProcessDefinition.key, ProcessDefinition.version), cursor, limit)


def processes_page(session: Session, text: str, cursor: str | None, limit: int = 50) -> Page[Process]:
    """Every process once, by its newest version; text: a part of its name or key."""
    newest = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version"))
    latest = newest.group_by(ProcessDefinition.key).subquery()
    statement = select(ProcessDefinition).options(defer(ProcessDefinition.sources))
    statement = statement.join(
        latest, (latest.c.key == ProcessDefinition.key) & (latest.c.version == ProcessDefinition.version)
    )
    if text:
        named = ProcessDefinition.name.icontains(text, autoescape=True)
        statement = statement.where(named | ProcessDefinition.key.icontains(text, autoescape=True))
    found = page(session, statement, (ProcessDefinition.key,), cursor, limit, counts=True)
    versions = {version.definition.key: version for version in _with_origin(session, found.items)}
    counts = _counts(session, list(versions))
    items = [
        Process(version, *_of_process(counts.get(key, (1, 0)), version.running)) for key, version in versions.items()
    ]
    return Page(items, found.next_cursor, found.left)


def versions_page(session: Session, key: str, cursor: str | None, limit: int = 50) -> Page[Version]:
    """The versions of a process, the newest first. Raises NotFound for a process without any."""
    statement = select(ProcessDefinition).options(defer(ProcessDefinition.sources))
    statement = statement.where(ProcessDefinition.key == key)
    found = page(session, statement, (Descending(ProcessDefinition.version),), cursor, limit, counts=True)
    if not found.items and not cursor:
        raise NotFound(NO_VERSION)
    return Page(_with_origin(session, found.items), found.next_cursor, found.left)


def version(session: Session, key: str, number: int | None = None) -> Version:
    """A version, the newest without a number. Raises NotFound."""
    return _with_origin(session, [_definition(session, key, number)])[0]


def drawing(session: Session, key: str, number: int | None) -> str:
    """The BPMN text of a version, of the newest without one. Raises NotFound."""
    return source_of(_definition(session, key, number))


def source_of(definition: ProcessDefinition) -> str:
    return definition.sources.get(f"{definition.key}.bpmn") or next(iter(definition.sources.values()))


def difference_of(session: Session, key: str, before: int, after: int) -> tuple[Change, ...]:
    """What changed from one version to another. Raises NotFound; Conflict where today's rules refuse one of them."""
    changes = difference_from(session, key, before, drawing(session, key, after))
    if changes is None:
        raise Conflict("其中一版不符合现行规则，无法比较。")
    return changes


def difference_from(session: Session, key: str, base: int, source: str) -> tuple[Change, ...] | None:
    """What a source changes in a version; None where today's rules refuse one of them. Raises NotFound."""
    try:
        return difference(_bytes(drawing(session, key, base), key), _bytes(source, key), key)
    except InvalidDefinition:
        return None


def _definition(session: Session, key: str, number: int | None) -> ProcessDefinition:
    statement: Select[ProcessDefinition] = select(ProcessDefinition).where(ProcessDefinition.key == key)
    if number is not None:
        statement = statement.where(ProcessDefinition.version == min(number, LARGEST_INT))
    found = session.scalar(statement.order_by(ProcessDefinition.version.desc()).limit(1))
    if found is None:
        raise NotFound(NO_VERSION)
    return found


def _with_origin(session: Session, definitions: Sequence[ProcessDefinition]) -> list[Version]:
    ids = [definition.id for definition in definitions]
    came = select(DeployedVersion.definition_id, Deployment).join(Deployment)
    origin = dict(session.execute(came.where(DeployedVersion.definition_id.in_(ids))).all())
    runs = select(ProcessInstance.definition_id, func.count())
    runs = runs.where(ProcessInstance.status == InstanceStatus.ACTIVE.value, ProcessInstance.definition_id.in_(ids))
    running = dict(session.execute(runs.group_by(ProcessInstance.definition_id)).all())
    return [Version(own, origin.get(own.id), running.get(own.id, 0)) for own in definitions]


def _counts(session: Session, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
    """How many versions a process has, and how many of its instances run."""
    versions = select(ProcessDefinition.key, func.count()).where(ProcessDefinition.key.in_(keys))
    runs = select(ProcessInstance.definition_key, func.count())
    runs = runs.where(ProcessInstance.status == InstanceStatus.ACTIVE.value, ProcessInstance.definition_key.in_(keys))
    running = dict(session.execute(runs.group_by(ProcessInstance.definition_key)).all())
    counted = session.execute(versions.group_by(ProcessDefinition.key))
    return {key: (count, running.get(key, 0)) for key, count in counted}


def _of_process(counted: tuple[int, int], running_on_newest: int) -> tuple[int, int]:
    count, running = counted
    return count, running - running_on_newest


def _bytes(source: str, key: str) -> dict[str, bytes]:
    return {f"{key}.bpmn": source.encode()}
