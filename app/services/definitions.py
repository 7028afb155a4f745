"""Process definitions: read strictly, kept as immutable versions, each fixed by the hash of its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROCESS, CALL = BPMN + "process", BPMN + "callActivity"
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


def check(file: str, content: bytes, others: Mapping[str, bytes] | None = None) -> Definition:
    """The definition in one file, with all that it calls. Raises DefinitionRefused with every problem found.

    Whatever the file is called, its source is that of its process: the same content again is the same version.
    others: sources by process key in which called processes are looked up first (see sources_of).
    """
    key = _process_key(content) or PurePath(file).stem
    try:
        return load(sources_of(content, key, others or {}), key)
    except InvalidDefinition as refused:
        raise DefinitionRefused(tuple(replace(problem, file=file) for problem in refused.problems)) from refused


def sources_of(content: bytes, key: str, others: Mapping[str, bytes]) -> dict[str, bytes]:
    """The process and all that it calls, by the names of their sources.

    What is called comes from the same upload, else from the drawings that came with the product: a version is one
    whole, so a called process that changes gets to its callers when they are published again.
    """
    found, todo = {source_name(key): content}, [content]
    while todo:
        for called in _calls(todo.pop()):
            source = others.get(called) or _shipped(called)
            if source is not None and source_name(called) not in found:
                found[source_name(called)] = source
                todo.append(source)
    return found


def by_process(files: Iterable[bytes]) -> dict[str, bytes]:
    """The contents by the process in each; those that cannot be read are left out."""
    return {key: content for content in files if (key := _process_key(content))}


def source_name(key: str) -> str:
    """The name under which the source of a process is kept."""
    return f"{key}.bpmn"


def deploy(house: House, actor: Actor, files: Mapping[str, bytes]) -> list[tuple[str, int]]:
    """Keep each file as the newest version of its process; unchanged ones keep theirs. All or none.

    Gives (key, version) of each. Running instances stay with the version they started with. Raises DefinitionRefused.
    This is the system's own way; people and programs go through deployments.py.
    """
    others = by_process(files.values())
    definitions = {file: check(file, content, others) for file, content in files.items()}
    with house.database.writing() as connection:
        kept = [
            keep(connection, actor, definition, sources_of(files[file], definition.key, others))
            for file, definition in definitions.items()
        ]
    return [(version.key, version.version) for version in kept]


def deploy_shipped(house: House, actor: Actor) -> list[tuple[str, int]]:
    """The processes that come with the product."""
    return deploy(house, actor, {file.name: file.read_bytes() for file in shipped_files()})


def shipped_files() -> list[Path]:
    return sorted(WORKFLOWS.glob("*.bpmn"))


def peek(content: bytes) -> etree._Element | None:
    """The root of a file, for a look before the strict reader; None where that one shall say what is wrong."""
    if len(content) > MAX_BYTES or b"<!DOCTYPE" in content:
        return None
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None


def _calls(content: bytes) -> list[str]:
    root = peek(content)
    return [] if root is None else [call.get("calledElement", "") for call in root.iter(CALL)]


def _shipped(key: str) -> bytes | None:
    return next((file.read_bytes() for file in shipped_files() if file.stem == key), None)


def _process_key(content: bytes) -> str | None:
    """The id of the executable process, or None where the strict reader shall say what is wrong."""
    root = peek(content)
    processes = [] if root is None else root.findall(PROCESS)
    return str(processes[0].get("id")) if processes and processes[0].get("id") else None


@dataclass(frozen=True)
class Kept:
    """A version in the database; is_new: this call made it."""

    id: int
    key: str
    version: int
    is_new: bool


def keep(
    connection: Connection,
    actor: Actor,
    definition: Definition,
    sources: Mapping[str, bytes],
    told: Mapping[str, Any] | None = None,
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
        "sources": {name: source.decode() for name, source in sources.items()},
        "deployed_at": (at := clock.now()),
    }
    id_: int = connection.execute(DEFINITION.insert().values(row).returning(DEFINITION.c.id)).scalar_one()
    payload = {"key": definition.key, "version": version, "hash": definition.hash, **(told or {})}
    happening = history.Happening(
        EventType.DEPLOYED, actor.login, at, f"deploy:{definition.key}:{version}", payload,
        definition_hash=definition.hash,
    )  # fmt: skip
    history.append_administration(connection, happening)
    return Kept(id_, definition.key, version, is_new=True)


def number_one_at_a_time(connection: Connection) -> None:
    """Two who publish at once would give two versions one number; the second waits for the first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBERING_LOCK})
