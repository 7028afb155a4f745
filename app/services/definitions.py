"""Process definitions: read strictly, kept as immutable versions, each fixed by the hash of its sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lxml import etree
from sqlalchemy import Connection, func, select

from app import clock
from app.db import table_of
from app.engine import Definition, InvalidDefinition, Problem, load
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


class DefinitionRefused(AppError):
    """A BPMN file is not accepted; extra: problems, each with file, element_id, line and text."""

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
    """The definition in one file. Raises DefinitionRefused with every problem found."""
    try:
        return load({file: content}, _process_key(content) or re.sub(r"\.bpmn$", "", file))
    except InvalidDefinition as refused:
        raise DefinitionRefused(refused.problems) from refused


def deploy(house: House, actor: Actor, files: Mapping[str, bytes]) -> list[tuple[str, int]]:
    """Keep each file as the newest version of its process; unchanged ones keep theirs. All or none.

    Gives (key, version) of each. Running instances stay with the version they started with. Raises DefinitionRefused.
    """
    definitions = {file: check(file, content) for file, content in files.items()}
    with house.database.writing() as connection:
        return [
            _keep(connection, actor, definition, {file: files[file].decode()})
            for file, definition in definitions.items()
        ]


def deploy_shipped(house: House, actor: Actor) -> list[tuple[str, int]]:
    """The processes that come with the product."""
    return deploy(house, actor, {file.name: file.read_bytes() for file in shipped_files()})


def shipped_files() -> list[Path]:
    return sorted(WORKFLOWS.glob("*.bpmn"))


def _process_key(content: bytes) -> str | None:
    """The id of the executable process, or None where the strict reader shall say what is wrong."""
    if b"<!DOCTYPE" in content:
        return None
    try:
        tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    processes = tree.findall(PROCESS)
    return str(processes[0].get("id")) if processes and processes[0].get("id") else None


def _keep(connection: Connection, actor: Actor, definition: Definition, sources: dict[str, str]) -> tuple[str, int]:
    of_key = DEFINITION.c.key == definition.key
    same = select(DEFINITION.c.version).where(of_key, DEFINITION.c.hash == definition.hash)
    version: int | None = connection.execute(same).scalar_one_or_none()
    if version is not None:
        return definition.key, version
    version = (connection.execute(select(func.max(DEFINITION.c.version)).where(of_key)).scalar_one() or 0) + 1
    row = {
        "key": definition.key,
        "version": version,
        "name": definition.name,
        "hash": definition.hash,
        "sources": sources,
        "deployed_at": clock.now(),
    }
    connection.execute(DEFINITION.insert(), [row])
    told = {"key": definition.key, "version": version, "hash": definition.hash}
    happening = history.Happening(
        EventType.DEPLOYED, actor.login, clock.now(), f"deploy:{definition.key}:{version}", told,
        definition_hash=definition.hash,
    )  # fmt: skip
    history.append_administration(connection, happening)
    return definition.key, version
