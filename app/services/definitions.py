"""Process definitions: read strictly, kept as immutable versions, each fixed by the hash of its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from lxml import etree
from sqlalchemy import Connection, func, select, text

from app import clock
from app.db import table_of
from app.engine import Definition, InvalidDefinition, Problem, load
from app.engine.strict import MAX_BYTES
from app.errors import AppError
from app.models.process import ProcessDefinition
from app.queries.actor import Actor
from app.services import history
from app.services.house import House
from app.terms import EventType
from config import ROOT

DEFINITION = table_of(ProcessDefinition)
WORKFLOWS = ROOT / "workflows"
PROCESS = "{http://www.omg.org/spec/BPMN/20100524/MODEL}process"
NUMBERING_LOCK = 0x0D0BDE  # the key of PostgreSQL's advisory lock; SQLite takes its own with BEGIN IMMEDIATE


class DefinitionRefused(AppError):
    """BPMN files are not accepted; extra: problems, each with file, element_id, line and text."""

    status = 422
    code = "invalid_definition"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        told = [
            {"file": problem.file, "element_id": problem.element_id, "line": problem.line, "text": problem.text,
             "reason": problem.reason}
            for problem in problems
        ]  # fmt: skip
        super().__init__(f"流程文件有 {len(problems)} 处不符合要求，未发布。", problems=told)


def check(file: str, content: bytes) -> Definition:
    """The definition in one file. Raises DefinitionRefused with every problem found.

    Whatever the file is called, its source is that of its process: the same content again is the same version.
    """
    key = _process_key(content) or PurePath(file).stem
    name = source_name(key)
    try:
        return load({name: content}, key)
    except InvalidDefinition as refused:
        raise DefinitionRefused(tuple(replace(problem, file=file) for problem in refused.problems)) from refused


def source_name(key: str) -> str:
    """The name under which the source of a process is kept."""
    return f"{key}.bpmn"


def deploy(house: House, actor: Actor, files: Mapping[str, bytes]) -> list[tuple[str, int]]:
    """Keep each file as the newest version of its process; unchanged ones keep theirs. All or none.

    Gives (key, version) of each. Running instances stay with the version they started with. Raises DefinitionRefused.
    This is the system's own way; people and programs go through deployments.py.
    """
    definitions = {file: check(file, content) for file, content in files.items()}
    with house.database.writing() as connection:
        kept = [keep(connection, actor, definition, files[file].decode()) for file, definition in definitions.items()]
    return [(version.key, version.version) for version in kept]


def deploy_shipped(house: House, actor: Actor) -> list[tuple[str, int]]:
    """The processes that come with the product."""
    return deploy(house, actor, {file.name: file.read_bytes() for file in shipped_files()})


def shipped_files() -> list[Path]:
    return sorted(WORKFLOWS.glob("*.bpmn"))


def _process_key(content: bytes) -> str | None:
    """The id of the executable process, or None where the strict reader shall say what is wrong."""
    if len(content) > MAX_BYTES or b"<!DOCTYPE" in content:
        return None
    try:
        tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    processes = tree.findall(PROCESS)
    return str(processes[0].get("id")) if processes and processes[0].get("id") else None


@dataclass(frozen=True)
class Kept:
    """A version in the database; is_new: this call made it."""

    id: int
    key: str
    version: int
    is_new: bool


def keep(
    connection: Connection, actor: Actor, definition: Definition, source: str, told: Mapping[str, Any] | None = None
) -> Kept:
    """The version with these sources, made if there is none yet. told: what else its event says."""
    number_one_at_a_time(connection)
    of_key = DEFINITION.c.key == definition.key
    same = select(DEFINITION.c.id, DEFINITION.c.version).where(of_key, DEFINITION.c.hash == definition.hash)
    known = connection.execute(same).one_or_none()
    if known is not None:
        return Kept(known.id, definition.key, known.version, is_new=False)
    version = (connection.execute(select(func.max(DEFINITION.c.version)).where(of_key)).scalar_one() or 0) + 1
    row = {
        "key": definition.key,
        "version": version,
        "name": definition.name,
        "hash": definition.hash,
        "sources": {source_name(definition.key): source},
        "deployed_at": clock.now(),
    }
    id_: int = connection.execute(DEFINITION.insert().values(row).returning(DEFINITION.c.id)).scalar_one()
    payload = {"key": definition.key, "version": version, "hash": definition.hash, **(told or {})}
    happening = history.Happening(
        EventType.DEPLOYED, actor.login, clock.now(), f"deploy:{definition.key}:{version}", payload,
        definition_hash=definition.hash,
    )  # fmt: skip
    history.append_administration(connection, happening)
    return Kept(id_, definition.key, version, is_new=True)


def number_one_at_a_time(connection: Connection) -> None:
    """Two who publish at once would give two versions one number; the second waits for the first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBERING_LOCK})
