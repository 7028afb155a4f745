"""State to bytes and back: an array for each task, specs left out, compressed, with a MAC in front.

    head | MAC (32) | hash of the body (32) | body, compressed

The MAC binds the body to the instance and its definition, so a state can be neither edited nor moved. The order of
keys is kept everywhere: sorted keys would silently empty the library's task data.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.definitions import Deployment
from app.engine.faults import BadState
from app.engine.pruning import prune
from app.engine.types import Definition
from app.engine.workflow import LiveWorkflow, SubWorkflow

HEAD = b"DUBAN1 spiff3.2.0\n"
_DIGEST = 32
_BODY_AT = len(HEAD) + 2 * _DIGEST
NO_ENGINE = object()  # truthy, so that the library does not make one of its own, which would run Python
MAX_BODY = 16 << 20  # bytes, uncompressed


@dataclass(frozen=True)
class Sealer:
    """Signs and opens the states of one installation."""

    key: bytes

    def seal(self, body: bytes, definition: Definition, instance_id: str) -> bytes:
        digest = sha256(body).digest()
        packed = zstandard.ZstdCompressor(level=1).compress(body)
        return HEAD + self._mac(digest + packed, definition, instance_id) + digest + packed

    def check(self, state: bytes, definition: Definition, instance_id: str) -> str:
        """The hash of the body, in hex, of a state that is ours. Raises BadState."""
        if not state.startswith(HEAD) or len(state) <= _BODY_AT:
            raise BadState("unknown form of state")
        mac = state[len(HEAD) : len(HEAD) + _DIGEST]
        if not hmac.compare_digest(mac, self._mac(state[len(HEAD) + _DIGEST :], definition, instance_id)):
            raise BadState("the state's MAC does not hold")
        return state_hash(state)

    @staticmethod
    def unpack(state: bytes) -> bytes:
        """The body of a state that was checked."""
        try:
            body = zstandard.ZstdDecompressor().decompress(state[_BODY_AT:], max_output_size=MAX_BODY)
        except zstandard.ZstdError as error:
            raise BadState("the state cannot be unpacked") from error
        return bytes(body)

    def _mac(self, signed: bytes, definition: Definition, instance_id: str) -> bytes:
        bound = f"{definition.key}\n{definition.hash}\n{instance_id}\n".encode()
        return hmac.digest(self.key, HEAD + bound + signed, "sha256")


def state_hash(state: bytes) -> str:
    """The hash of the uncompressed body: the same whatever the key and the compressor."""
    return state[len(HEAD) + _DIGEST : _BODY_AT].hex()


def encode(workflow: LiveWorkflow) -> bytes:
    """The body: a list of [owner, attributes, tasks], the top workflow first, with owner null."""
    return orjson.dumps([_encode_part(part) for part in workflow.parts()])


def _encode_part(part: Any) -> list[Any]:
    index = {id_: number for number, id_ in enumerate(part.tasks)}
    last = part.last_task
    attributes = [
        index[part.task_tree.id],
        index.get(last.id) if last is not None else None,
        part.success,
        part.completed,
        part.data,
        part.correlations,
    ]
    owner = part.parent_task_id
    return [owner and _short(owner), attributes, [_encode_task(task, index) for task in part.tasks.values()]]


def _encode_task(task: Task, index: dict[UUID, int]) -> list[Any]:
    return [
        _stored_id(task),
        index[task._parent] if task._parent is not None else None,
        [index[child] for child in task._children],
        task.last_state_change,
        task._state,
        task.task_spec.name,
        task.triggered,
        task.internal_data,
        task.data,
    ]


def _stored_id(task: Task) -> str:
    """The short form of its id, reckoned once in the life of the object."""
    try:
        stored: str = task.stored_id
    except AttributeError:
        stored = task.stored_id = _short(task.id)
    return stored


def _short(id_: UUID) -> str:
    return b64encode(id_.bytes).decode()


def _long(text: str) -> UUID:
    return UUID(bytes=b64decode(text))


def decode(body: bytes, deployment: Deployment) -> LiveWorkflow:
    """The workflow of a body, on the specs of its deployment, its multi-instances connected. Raises BadState."""
    try:
        records = orjson.loads(body)
        workflow = LiveWorkflow(deployment.spec, deployment.subspecs, script_engine=NO_ENGINE, deserializing=True)
        _fill(workflow, workflow, records[0])
        for record in records[1:]:
            _add_part(workflow, deployment, record)
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError) as error:
        raise BadState("the state does not fit its definition") from error
    return workflow


def _add_part(workflow: LiveWorkflow, deployment: Deployment, record: list[Any]) -> None:
    owner_id = _long(record[0])
    owner = workflow.find(owner_id)
    if owner is None:
        raise BadState("a sub-process without its task")
    part = SubWorkflow(deployment.subspecs[owner.task_spec.spec], owner_id, workflow, deserializing=True)
    workflow.adopt(part, owner)
    _fill(workflow, part, record)
    part.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)


def _fill(workflow: LiveWorkflow, part: Any, record: list[Any]) -> None:
    _, attributes, rows = record
    ids = [_long(row[0]) for row in rows]
    for id_, row in zip(ids, rows, strict=True):
        part.tasks[id_] = _decode_task(part, id_, ids, row)
    root, last, part.success, part.completed, part.data, part.correlations = attributes
    part.task_tree = part.tasks[ids[root]]
    part.last_task = part.tasks[ids[last]] if last is not None else None
    listen_in_order(workflow, part)


def _decode_task(part: Any, id_: UUID, ids: list[UUID], row: list[Any]) -> Task:
    """A task with exactly the stored fields; its constructor would give it a new time and tell its parent of it."""
    task = Task.__new__(Task)
    _, parent, children, changed, state, name, triggered, internal, data = row
    task.id, task.workflow, task.task_spec = id_, part, part.spec.task_specs[name]
    task._parent = ids[parent] if parent is not None else None
    task._children = [ids[child] for child in children]
    task._state, task.last_state_change, task.triggered = state, changed, triggered
    task.internal_data, task.data, task.thread_id = internal, data, 0
    task.stored_id = row[0]
    return task


def listen_in_order(workflow: LiveWorkflow, part: Any) -> None:
    """Put the waiting tasks of a part into the workflow's listeners, in the order of its tasks."""
    for task in part.tasks.values():
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            workflow.event_manager.add_task(task)


def settle(workflow: LiveWorkflow, since: float) -> None:
    """Bring a workflow that has just stepped into the form that a restored one has, so that both step on alike.

    since: the instant before the first change of the step.
    """
    workflow.forget_finished()
    workflow.event_manager.tasks.clear()
    for part in workflow.parts():
        prune(part)
        listen_in_order(workflow, part)
    _unshare(workflow, since)


def _unshare(workflow: LiveWorkflow, since: float) -> None:
    """Give each task that changed its own copy of nested values: the library passes one object on and edits it."""
    for task in workflow.all_tasks():
        if task.last_state_change > since:
            for key, value in task.data.items():
                if isinstance(value, dict | list):
                    task.data[key] = orjson.loads(orjson.dumps(value))
