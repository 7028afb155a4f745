"""A running instance is put onto another version of its definition, and back again while nothing was done since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from app.db import table_of
from app.engine import Advance, Definition, Step, Verdict
from app.errors import AppError, InvalidForm, MigrationRefused, MigrationSettled, NotFound
from app.models.migration import InstanceMigration
from app.models.process import ProcessDefinition, ProcessInstance
from app.queries.actor import Actor
from app.services import migration_projections, steps
from app.services.cases import Case
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.migration_plans import Target, Weighed, checked, require_right, weigh
from app.services.registry import casework_of
from app.services.told import told_of, waits_of
from app.services.work import Work
from app.terms import EventType

MIGRATION, DEFINITION, INSTANCE = (table_of(model) for model in (InstanceMigration, ProcessDefinition, ProcessInstance))
LONGEST_REASON = 500
MOVED = ("definition_id", "state", "state_hash", "version", "stage", "head_seq", "head_hash")


@dataclass(frozen=True)
class Result:
    """How it went with one instance of a batch. error: the Chinese sentence, empty where it went well."""

    instance_id: str
    error: str = ""


def migrate(
    house: House,
    actor: Actor,
    instance_id: str,
    to_version: int,
    *,
    reason: str,
    key: str,
    mapping: Mapping[str, str] | None = None,
) -> Answer:
    """Let an instance go on in another version, where it stands. Raises MigrationRefused with what forbids it.

    mapping: old element id -> new one, for waiting elements that the version does not have.
    The answer is {id, from_version, to_version, verdict, moved, armed, dropped, skipped} (see Weighed).
    """
    payload = {"instance_id": instance_id, "to_version": to_version, "mapping": dict(mapping or {}), "reason": reason}
    return run(house, actor, Command("migrate", key, payload))


def migrate_back(house: House, actor: Actor, instance_id: str, *, key: str) -> Answer:
    """撤回迁移: the version and state of before. Raises MigrationSettled when something was done since, or none was.

    The answer is {id, from_version, to_version, verdict}.
    """
    return run(house, actor, Command("migrate_back", key, {"instance_id": instance_id}))


def migrate_all(house: House, actor: Actor, chosen: Sequence[Target], *, reason: str, key: str) -> Iterator[Result]:
    """One after another, each in a transaction of its own: what fails is told, and the others go on."""
    for target in chosen:
        id_ = target.instance_id
        try:
            migrate(house, actor, id_, target.version, reason=reason, key=f"{key}:{id_}", mapping=target.mapping)
        except AppError as error:
            yield Result(id_, said(error))
        else:
            yield Result(id_)


def said(error: AppError) -> str:
    """The sentence of an error, with what stands in the way."""
    hindrances = [found["text"] for found in error.extra.get("obstacles", ())]
    return "；".join([error.text, *hindrances])


@handles("migrate")
def _migrate(work: Work, payload: Mapping[str, Any]) -> Answer:
    require_right(work.actor)
    reason = checked_reason(payload["reason"])
    case = work.case(payload["instance_id"])
    before, target = _versions(work, case, payload["to_version"])
    new = work.house.definition(work.connection, target.id)
    mapping = checked(payload["mapping"], case.definition, new)
    weighed = weigh(case, new, mapping)
    if weighed.advance is None:
        raise _refused(weighed)
    _remember(work, case, target.id, mapping, reason)
    changes = {
        "moved": [list(pair) for pair in weighed.moved],
        "armed": list(weighed.armed),
        "dropped": list(weighed.dropped),
        "skipped": list(weighed.skipped),
    }
    told = {**_between(before, target), "mapping": mapping, "reason": reason, "verdict": Verdict.SAFE.value, **changes}
    _put_onto(work, case, new, target.id, weighed.advance, EventType.INSTANCE_MIGRATED, told)
    return {**_answer(case, before, target), **changes}


@handles("migrate_back")
def _migrate_back(work: Work, payload: Mapping[str, Any]) -> Answer:
    require_right(work.actor)
    case = work.case(payload["instance_id"])
    instance = case.instance
    last = _last(work, instance.id)
    if last is None:
        raise MigrationSettled("这个流程没有可以撤回的迁移。")
    if last.version != instance.version:
        raise MigrationSettled
    earlier = work.house.definition(work.connection, last.from_id)
    step = Step(instance.id, instance.version, work.at)
    engine = work.house.engine
    advance = engine.migrate_back(case.definition, instance.state, earlier, last.state_before, step)
    moved = engine.assess(earlier, case.definition, last.state_before, instance.id, last.mapping).moved
    before, target = (_version(work, id_) for id_ in (last.to_id, last.from_id))
    mapping = {new: old for old, new in last.mapping.items()}
    told = {**_between(before, target), "mapping": mapping, "moved": [[new, old] for old, new in moved]}
    work.connection.execute(MIGRATION.update().where(MIGRATION.c.id == last.id).values(undone_at=work.at))
    _put_onto(work, case, earlier, last.from_id, advance, EventType.MIGRATION_UNDONE, told)
    return _answer(case, before, target)


def checked_reason(text: str) -> str:
    """Raises InvalidForm."""
    reason = str(text).strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise InvalidForm([("reason", "请写明迁移的原因，不超过 500 字。")])
    return reason


def _versions(work: Work, case: Case, wanted: int) -> tuple[Row[Any], Row[Any]]:
    """The present version and the wanted one. Raises NotFound."""
    where = (DEFINITION.c.key == case.instance.definition_key, DEFINITION.c.version == wanted)
    target = work.connection.execute(select(DEFINITION.c.id).where(*where)).scalar_one_or_none()
    if target is None:
        raise NotFound("没有这个版本。")
    return _version(work, case.instance.definition_id), _version(work, target)


def _version(work: Work, definition_id: int) -> Row[Any]:
    columns = [DEFINITION.c[name] for name in ("id", "version", "hash")]
    return work.connection.execute(select(*columns).where(DEFINITION.c.id == definition_id)).one()


def _refused(weighed: Weighed) -> MigrationRefused:
    obstacles = [
        {"element_id": found.element_id, "name": found.name, "reason": found.reason.value, "text": found.text}
        for found in weighed.hindrances
    ]
    return MigrationRefused(verdict=weighed.verdict.value, obstacles=obstacles)


def _remember(work: Work, case: Case, to_id: int, mapping: Mapping[str, str], reason: str) -> None:
    """What the way back needs."""
    row = {
        "instance_id": case.instance.id,
        "from_id": case.instance.definition_id,
        "to_id": to_id,
        "version": case.instance.version + 1,
        "state_before": case.instance.state,
        "mapping": dict(mapping),
        "reason": reason,
        "at": work.at,
        "person_id": work.actor.person_id,
    }
    work.connection.execute(MIGRATION.insert(), [row])


def _last(work: Work, instance_id: str) -> Row[Any] | None:
    where = (MIGRATION.c.instance_id == instance_id, MIGRATION.c.undone_at.is_(None))
    return work.connection.execute(
        select(MIGRATION).where(*where).order_by(MIGRATION.c.version.desc()).limit(1)
    ).one_or_none()


def _between(before: Row[Any], target: Row[Any]) -> dict[str, Any]:
    return {
        "from": {"version": before.version, "hash": before.hash},
        "to": {"version": target.version, "hash": target.hash},
    }


def _put_onto(
    work: Work,
    case: Case,
    definition: Definition,
    definition_id: int,
    advance: Advance,
    type_: EventType,
    told: Mapping[str, Any],
) -> None:
    """The instance's row, its tables and its event, as a step would leave them."""
    instance, casework = case.instance, casework_of(case.instance.definition_key)
    step = instance.version
    case.definition = definition
    instance.definition_id, instance.version = definition_id, step + 1
    instance.state, instance.state_hash = advance.state, advance.state_hash
    if told["moved"]:
        open_elements = frozenset(task.element_id for task in advance.opened)
        instance.stage = casework.stage(case, open_elements) or instance.stage
    waiting, keys = migration_projections.follow(work, case, casework, advance)
    engine_told = {**told_of(step, advance, ()), "waiting": waiting, "waits": waits_of(advance, keys)}
    steps.record(work, case, type_, {**told, **engine_told}, None, ())
    steps.store(work, instance, MOVED)
    work.kept.append(advance)


def _answer(case: Case, before: Row[Any], target: Row[Any]) -> Answer:
    return {
        "id": case.instance.id,
        "from_version": before.version,
        "to_version": target.version,
        "verdict": Verdict.SAFE.value,
    }
