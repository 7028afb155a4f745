"""Reads the BPMN sources of one version strictly, and fixes it by the hash of its bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from app.engine import drawing, strict
from app.engine.faults import BadState, InvalidDefinition, Problem
from app.engine.specs import NamedTimer, StrictParser
from app.engine.types import Definition

KEPT_VERSIONS = 256


@dataclass(frozen=True)
class Deployment:
    """The library's specs of one version, shared by all its instances and never changed afterwards."""

    spec: Any
    subspecs: Mapping[str, Any]
    senders: Mapping[int, str]  # id() of a throwing event's definition -> the element that throws it


def load(sources: Mapping[str, bytes], key: str) -> Definition:
    """The definition of process `key`. sources: file name -> bytes, the process and all that it calls.

    Raises InvalidDefinition with every problem found. A version is parsed once in a process and then shared.
    """
    return _load(tuple(sorted(sources.items())), key)


def load_published(sources: Mapping[str, bytes], key: str, hash_: str) -> Definition:
    """The same of a version that was accepted when it was published, as its hash bears out.

    Its instances go on under it although a rule that came later would refuse it now. Raises BadState for another hash.
    """
    return _load_published(tuple(sorted(sources.items())), key, hash_)


@lru_cache(maxsize=KEPT_VERSIONS)
def _load(sources: tuple[tuple[str, bytes], ...], key: str) -> Definition:
    trees, notices = strict.read(sources, key)
    return _definition(sources, key, trees, notices)


@lru_cache(maxsize=KEPT_VERSIONS)
def _load_published(sources: tuple[tuple[str, bytes], ...], key: str, hash_: str) -> Definition:
    if source_hash(sources) != hash_:
        raise BadState(f"the sources of {key} are not those that were published")
    return _definition(sources, key, strict.reread(sources), ())


def _definition(
    sources: tuple[tuple[str, bytes], ...], key: str, trees: strict.Trees, notices: tuple[Problem, ...]
) -> Definition:
    flows = drawing.flows(trees)
    return Definition(
        key=key,
        name=drawing.process_name(trees, key),
        hash=source_hash(sources),
        elements=drawing.elements(trees),
        flows=flows,
        arrows={(flow.source, flow.target): flow.id for flow in flows.values()},
        deployment=_on_its_own_stack(lambda: _deploy(trees, key)),
        notices=notices,
    )


def _on_its_own_stack(work: Callable[[], Deployment]) -> Deployment:
    """The library parses by recursion: how far it gets must not depend on how deep the caller already stands."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def source_hash(sources: tuple[tuple[str, bytes], ...]) -> str:
    """SHA-256 in hex over names and contents, each with its length before it, in the order of the names."""
    digest = sha256()
    for name, content in sources:
        digest.update(f"{len(name)}:{name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def _deploy(trees: strict.Trees, key: str) -> Deployment:
    parser = StrictParser()
    try:
        for file, tree in trees.items():
            parser.add_bpmn_xml(tree, file)
        spec, subspecs = parser.get_spec(key), parser.get_subprocess_specs(key)
    except ValidationException as error:
        raise InvalidDefinition((_from_library(error),)) from error
    senders: dict[int, str] = {}
    for part in (spec, *subspecs.values()):
        for task_spec in list(part.task_specs.values()):
            _prepare(part, task_spec, senders)
    return Deployment(spec, subspecs, senders)


def _prepare(part: Any, task_spec: Any, senders: dict[int, str]) -> None:
    """Connect multi-instances (a restored one would hang), put the named timer in, note who throws what."""
    if isinstance(task_spec, LoopTask):
        part.task_specs[task_spec.task_spec].completed_event.connect(task_spec.merge_child)
    event: Any = getattr(task_spec, "event_definition", None)
    if type(event) is TimeDateEventDefinition:
        task_spec.event_definition = NamedTimer(event.name, event.expression)
    elif event is not None:
        senders[id(event)] = task_spec.bpmn_id


def _from_library(error: ValidationException) -> Problem:
    line = getattr(error, "line_number", 0) or 0
    file = getattr(error, "file_name", "") or ""
    return Problem(str(file), str(getattr(error, "id", "") or ""), int(line), "流程引擎不能读取此图。", str(error))
