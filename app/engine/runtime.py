"""State in, one outside action, our own guarded stepping, state out. Rules and actions are handed in as a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from time import thread_time
from typing import Any, Literal, NoReturn
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.task import Task

from app.engine import items, reading, returns
from app.engine.bridge import Bridge
from app.engine.cache import LiveCache
from app.engine.faults import EngineError, ModelFault, NotWaiting
from app.engine.migration import Assessment, NotMigratable, assess, paired
from app.engine.payload import checked
from app.engine.specs import DUE, FIRED
from app.engine.stamp import stamped
from app.engine.state import NO_ENGINE, Sealer, decode, encode, settle, state_hash
from app.engine.transplant import grow, rewrite
from app.engine.types import Advance, Definition, Host, Scalar, SentMessage, Step
from app.engine.workflow import LiveWorkflow

MAX_STEPS = 500
MAX_TASKS = 2_000
MAX_SECONDS = 2.0
# As which a step counts at most: a sweep of the collector in a large process, or a page of children that a service
# starts, may take seconds in one step, and is no model that runs away.
LONGEST_STEP = 0.1

Status = Literal["active", "completed", "cancelled"]
Action = Callable[[LiveWorkflow], None]


@dataclass(frozen=True)
class Live:
    """What keep() needs to put a committed workflow into the cache."""

    instance_id: str
    definition_hash: str
    workflow: LiveWorkflow


class _NoHost:
    """Stands where an action asks nothing of the world."""

    def act(self, operation: str, element_id: str, data: Mapping[str, Scalar]) -> NoReturn:
        raise ModelFault("", element_id, "no host for this command")

    def due(self, rule: str, element_id: str, data: Mapping[str, Scalar]) -> NoReturn:
        raise ModelFault("", element_id, "no host for this command")


class Engine:
    """Runs instances of definitions. Holds no instance but those in its cache, so any process can go on with any state.

    Each command raises only EngineError, or unchanged what the host raised; afterwards the given state still holds.
    """

    def __init__(self, state_key: bytes, cache_bytes: int = 64 << 20) -> None:
        if len(state_key) < 32:
            raise ValueError("the state key needs 32 bytes or more")
        self._sealer = Sealer(state_key)
        self._cache = LiveCache(cache_bytes)

    def start(self, definition: Definition, step: Step, data: Mapping[str, Any], host: Host) -> Advance:
        """Open an instance with these values. Raises ModelFault."""
        values = checked(data, definition.key, definition.key)
        bridge = Bridge(definition.key, host)
        with self._guarded(definition, bridge), stamped(step) as since:
            deployment = definition.deployment
            workflow = LiveWorkflow(deployment.spec, deployment.subspecs, script_engine=bridge)
            workflow.task_tree.data.update(values)
            _run_automatic(workflow, definition)
            return self._finish(workflow, definition, step, bridge, {}, since)

    def complete(
        self, definition: Definition, state: bytes, step: Step, task_id: str, data: Mapping[str, Any], host: Host
    ) -> Advance:
        """Complete a person's task; the given values are merged into its data. Raises as fire()."""
        values = checked(data, definition.key, task_id)

        def action(workflow: LiveWorkflow) -> None:
            task = _waiting(workflow, task_id, "task")
            task.data.update(values)
            task.run()

        return self._command(definition, state, step, host, action)

    def fire(self, definition: Definition, state: bytes, step: Step, task_id: str, host: Host) -> Advance:
        """Let one timer pass, this one only and whatever the clock says. Raises NotWaiting, ModelFault, BadState."""

        def action(workflow: LiveWorkflow) -> None:
            task = _waiting(workflow, task_id, "timer")
            task.internal_data[FIRED] = True
            task.task_spec._update(task)

        return self._command(definition, state, step, host, action)

    def deliver(
        self, definition: Definition, state: bytes, step: Step, task_id: str, message: str, host: Host
    ) -> Advance:
        """Give a message to the one task that waits for it. Raises NotWaiting, ModelFault, BadState."""

        def action(workflow: LiveWorkflow) -> None:
            task = _waiting(workflow, task_id, "message")
            event = task.task_spec.event_definition
            if event.name != message:
                raise NotWaiting(task_id)
            task.task_spec.catch(task, BpmnEvent(event, {}, {}))
            task.task_spec._update(task)

        return self._command(definition, state, step, host, action)

    def cancel(self, definition: Definition, state: bytes, step: Step) -> Advance:
        """End the instance where it stands; nothing in it waits any more. Raises BadState."""

        def action(workflow: LiveWorkflow) -> None:
            workflow.cancel()

        return self._command(definition, state, step, _NoHost(), action)

    def move_timers(
        self, definition: Definition, state: bytes, step: Step, instants: Mapping[str, datetime]
    ) -> Advance:
        """Give waiting timers other instants, by task id. Raises NotWaiting, BadState, ValueError if naive."""
        if any(due_at.tzinfo is None for due_at in instants.values()):
            raise ValueError("the instant of a timer must be aware")

        def action(workflow: LiveWorkflow) -> None:
            for task_id, due_at in instants.items():
                _waiting(workflow, task_id, "timer").internal_data[DUE] = due_at.isoformat()

        return self._command(definition, state, step, _NoHost(), action)

    def assess(
        self, old: Definition, new: Definition, state: bytes, instance_id: str, mapping: Mapping[str, str]
    ) -> Assessment:
        """What migrate() would meet and change. Raises BadState."""
        self._sealer.check(state, old, instance_id)
        return assess(old, new, paired(old, new, self._sealer.unpack(state), mapping))

    def migrate(
        self, old: Definition, new: Definition, state: bytes, step: Step, mapping: Mapping[str, str], host: Host
    ) -> Advance:
        """Put the instance onto another version where it stands; nothing runs. mapping: old element id -> new one.

        The advance names all that waits, as the new version has it, not only what is new: tasks keep their ids and
        timers their instants. Raises NotMigratable, ModelFault, BadState.
        """
        self._sealer.check(state, old, step.instance_id)
        body = self._sealer.unpack(state)
        levels = paired(old, new, body, mapping)
        assessment = assess(old, new, levels)
        if assessment.obstacles:
            raise NotMigratable(assessment)
        bridge = Bridge(new.key, host)
        workflow = decode(rewrite(levels), new.deployment)
        workflow.script_engine = bridge
        with self._guarded(new, bridge), stamped(step, reading.latest_change(workflow)) as since:
            grow(workflow)
            advance = self._finish(workflow, new, step, bridge, {}, since)
        return _all_that_waits(advance, reading.snapshot(decode(body, old.deployment)))

    def migrate_back(
        self, present: Definition, state: bytes, before: Definition, state_before: bytes, step: Step
    ) -> Advance:
        """Give an instance that was not moved since its migration its state of before. Raises BadState."""
        self._sealer.check(state, present, step.instance_id)
        self._sealer.check(state_before, before, step.instance_id)
        workflow = decode(self._sealer.unpack(state_before), before.deployment)
        bridge = Bridge(before.key, _NoHost())
        with self._guarded(before, bridge), stamped(step, reading.latest_change(workflow)) as since:
            advance = self._finish(workflow, before, step, bridge, {}, since)
        now = decode(self._sealer.unpack(state), present.deployment)
        return _all_that_waits(advance, reading.snapshot(now))

    def add_item(
        self, definition: Definition, state: bytes, step: Step, task_id: str, key: str, item: Any, host: Host
    ) -> Advance:
        """One more item, a plain value or a flat mapping, for the multi-instance in which this task waits.

        Raises NotWaiting where the task stands in none, ModelFault where the item is there already, BadState.
        """
        value = checked({"item": item}, definition.key, task_id)["item"]

        def action(workflow: LiveWorkflow) -> None:
            loop = items.loop_around(workflow, _waiting(workflow, task_id, "task"))
            if loop is None:
                raise NotWaiting(task_id)
            if key in items.collection_of(loop):
                raise ModelFault(definition.key, loop.task_spec.bpmn_id, f"the item {key} is there already")
            items.add(loop, key, value)

        return self._command(definition, state, step, host, action)

    def send_back(
        self, definition: Definition, state: bytes, step: Step, task_id: str, entry_id: str, host: Host
    ) -> Advance:
        """End a person's task, and begin again with an earlier element of its level (see returns.earlier_steps).

        The caller has seen that it may be. Raises NotWaiting, also where the element is none of the level; ModelFault,
        BadState.
        """

        def action(workflow: LiveWorkflow) -> None:
            task = _waiting(workflow, task_id, "task")
            if entry_id not in task.workflow.spec.task_specs:
                raise NotWaiting(task_id)
            returns.send_back(task, entry_id)

        return self._command(definition, state, step, host, action)

    def hash_of(self, definition: Definition, state: bytes, instance_id: str) -> str:
        """The hash of a stored state that is whole and ours. Raises BadState."""
        return self._sealer.check(state, definition, instance_id)

    def keep(self, advance: Advance) -> None:
        """Put the live object of a committed step into the cache. Never before the commit."""
        live: Live = advance.live
        if advance.status == "active":
            key = (live.instance_id, live.definition_hash, advance.state_hash)
            self._cache.put(key, live.workflow, len(advance.state))

    def _command(self, definition: Definition, state: bytes, step: Step, host: Host, action: Action) -> Advance:
        bridge = Bridge(definition.key, host)
        workflow = self._take(definition, state, step)
        workflow.script_engine = bridge
        before = reading.snapshot(workflow)
        with self._guarded(definition, bridge), stamped(step, reading.latest_change(workflow)) as since:
            action(workflow)
            _run_automatic(workflow, definition)
            return self._finish(workflow, definition, step, bridge, before, since)

    def _take(self, definition: Definition, state: bytes, step: Step) -> LiveWorkflow:
        digest = self._sealer.check(state, definition, step.instance_id)
        live = self._cache.take((step.instance_id, definition.hash, digest))
        return live if live is not None else decode(self._sealer.unpack(state), definition.deployment)

    def _finish(
        self,
        workflow: LiveWorkflow,
        definition: Definition,
        step: Step,
        bridge: Bridge,
        before: reading.Snapshot,
        since: float,
    ) -> Advance:
        sent = _sent(workflow, definition)
        trace = reading.trace(workflow, definition, before, since)
        after = reading.snapshot(workflow)
        status = _status(workflow)
        if status == "active" and not any(seen.kind for seen in after.values()):
            raise ModelFault(definition.key, definition.key, "nothing is left that could move this instance")
        settle(workflow, since)
        body = encode(workflow)
        state = self._sealer.seal(body, definition, step.instance_id)
        workflow.script_engine = NO_ENGINE
        return Advance(
            state=state,
            state_hash=state_hash(state),
            status=status,
            opened=reading.opened(workflow, definition, before, after),
            closed=reading.closed(before, after),
            timers=reading.timers(workflow, before, after),
            timers_closed=reading.closed_ids(before, after, "timer"),
            subscriptions=reading.subscriptions(workflow, before, after),
            subscriptions_closed=reading.closed_ids(before, after, "message"),
            sent=sent,
            trace=trace,
            data=reading.current_data(workflow),
            answers=tuple(bridge.answers),
            live=Live(step.instance_id, definition.hash, workflow),
        )

    @contextmanager
    def _guarded(self, definition: Definition, bridge: Bridge) -> Iterator[None]:
        """What the host raised leaves unchanged; what the library raised leaves as a ModelFault with its element."""
        try:
            yield
        except EngineError:
            raise
        except Exception as error:
            if error is bridge.raised:
                raise
            spec = getattr(error, "task_spec", None)
            element_id = getattr(spec, "bpmn_id", None) or getattr(spec, "name", None) or definition.key
            raise ModelFault(definition.key, str(element_id), str(error)) from error


def _run_automatic(workflow: LiveWorkflow, definition: Definition) -> None:
    """Run what waits for nobody, one task after another, within the limits of one command."""
    spent = 0.0
    for _ in range(MAX_STEPS):
        task = workflow.next_automatic()
        if task is None:
            return
        began = thread_time()
        task.run()
        spent += min(thread_time() - began, LONGEST_STEP)
        if spent > MAX_SECONDS:
            raise ModelFault(definition.key, _name(task), f"more than {MAX_SECONDS} seconds in one command")
        if sum(len(part.tasks) for part in workflow.parts()) > MAX_TASKS:
            raise ModelFault(definition.key, _name(task), f"more than {MAX_TASKS} tasks")
    raise ModelFault(definition.key, definition.key, f"more than {MAX_STEPS} steps in one command")


def _name(task: Task) -> str:
    return str(task.task_spec.bpmn_id or task.task_spec.name)


def _waiting(workflow: LiveWorkflow, task_id: str, kind: str) -> Task:
    """The task with this id, if it waits for this kind of action: the library would run a finished one again."""
    try:
        task = workflow.find(UUID(task_id))
    except ValueError:
        task = None
    if task is None or not reading.is_waiting_for(task, kind):
        raise NotWaiting(task_id)
    return task


def _all_that_waits(advance: Advance, before: reading.Snapshot) -> Advance:
    """The advance of a migration, in which everything that waits counts as new, with what waited before and is gone."""
    waits = {timer.task_id for timer in advance.timers} | {wait.task_id for wait in advance.subscriptions}
    gone = {kind: tuple(str(id_) for id_, seen in before.items() if seen.kind == kind and str(id_) not in waits)
            for kind in ("timer", "message")}  # fmt: skip
    return replace(advance, timers_closed=gone["timer"], subscriptions_closed=gone["message"])


def _sent(workflow: LiveWorkflow, definition: Definition) -> tuple[SentMessage, ...]:
    """The messages that leave the instance; terminate ends and uncaught errors leave events there too."""
    senders = definition.deployment.senders
    return tuple(
        SentMessage(event.event_definition.name, senders.get(id(event.event_definition), ""))
        for event in workflow.get_events()
        if isinstance(event.event_definition, MessageEventDefinition)
    )


def _status(workflow: LiveWorkflow) -> Status:
    if not workflow.is_completed():
        return "active"
    return "completed" if workflow.success else "cancelled"
