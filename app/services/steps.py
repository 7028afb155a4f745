"""One step of one instance: the engine moves it, and all that became of it is written in the caller's transaction.

step -> event -> instance row -> user tasks, inbox, timers, subscriptions -> children and effects
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, bindparam, select

from app.db import table_of
from app.engine import Advance, Definition, Engine, ModelFault, OpenTask, Step
from app.errors import NotFound
from app.models.process import ProcessDefinition, ProcessInstance
from app.prepared import Prepared
from app.services import children, due_dates, handed_tasks, history, incidents, projections, told_tasks
from app.services.assignment import NoCandidate, task_row
from app.services.cases import Case, Casework, InstanceRow, Start
from app.services.effects import put_effects
from app.services.registry import casework_of
from app.services.told import told_of, waits_of
from app.services.work import Work
from app.terms import EventType, InstanceStatus

INSTANCE, DEFINITION = table_of(ProcessInstance), table_of(ProcessDefinition)
STEPPED = ("state", "state_hash", "version", "stage", "data", "head_seq", "head_hash")

STORE = Prepared(
    INSTANCE.update().where(INSTANCE.c.id == bindparam("of_id"), INSTANCE.c.version == bindparam("of_version"))
)
NOTE = Prepared(
    INSTANCE.update().where(
        INSTANCE.c.id == bindparam("of_id"),
        INSTANCE.c.version == bindparam("of_version"),
        INSTANCE.c.head_seq == bindparam("of_seq"),
    )
)
ADD_INSTANCE = Prepared(INSTANCE.insert())
NEWEST = Prepared(
    select(DEFINITION.c.id, DEFINITION.c.name)
    .where(DEFINITION.c.key == bindparam("of_key"))
    .order_by(DEFINITION.c.version.desc())
    .limit(1)
)
BY_BUSINESS_KEY = Prepared(
    select(INSTANCE.c.id).where(
        INSTANCE.c.definition_key == bindparam("of_key"), INSTANCE.c.business_key == bindparam("of_business_key")
    )
)
BUSINESS_KEY_OF = Prepared(select(INSTANCE.c.business_key).where(INSTANCE.c.id == bindparam("of_id")))


class Host:
    """What a process may ask of the world while it steps, answered by the duty's casework."""

    def __init__(self, case: Case, casework: Casework) -> None:
        self._case = case
        self._casework = casework

    def act(self, operation: str, element_id: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        action = self._casework.actions.get(operation)
        if action is None:
            raise ModelFault(self._case.definition.key, element_id, f"no action {operation}")
        return action(self._case, data) or {}

    def due(self, rule: str, element_id: str, data: Mapping[str, Any]) -> datetime:
        duty = self._casework.duty
        if duty is None or rule not in duty.due_at:
            raise ModelFault(self._case.definition.key, element_id, f"no due rule {rule}")
        return duty.due_at[rule](self._casework.facts(self._case, element_id, None))


Action = Callable[[Engine, Definition, InstanceRow, Step, Host], Advance]


def start(work: Work, what: Start, parent_id: str | None = None) -> str:
    """Open an instance, or leave the one alone that exists by its business key. Its id."""
    newest = NEWEST.one_or_none(work.connection, of_key=what.definition_key)
    if newest is None:
        raise NotFound(f"没有已发布的流程“{what.definition_key}”。")
    existing: str | None = BY_BUSINESS_KEY.scalar(
        work.connection, of_key=what.definition_key, of_business_key=what.business_key
    )
    if existing is not None:
        return existing
    casework = casework_of(what.definition_key)
    instance = InstanceRow(
        id=str(uuid5(NAMESPACE_URL, f"duban:{what.definition_key}:{what.business_key}")),
        definition_id=newest.id,
        definition_key=what.definition_key,
        duty=casework.duty.key if casework.duty else what.definition_key,
        business_key=what.business_key,
        title=what.title or newest.name,
        year=what.year,
        unit_id=what.unit_id,
        enterprise_id=what.enterprise_id,
        parent_id=parent_id,
        status=InstanceStatus.ACTIVE.value,
        stage="",
        state=b"",
        state_hash="",
        version=0,
        data=dict(what.data),
        started_at=work.at,
        head_seq=0,
        head_hash=history.BEGINNING.hash,
    )
    started = {"started_by": work.actor.person_id, "end_element": ""}
    work.write(ADD_INSTANCE, {**vars(instance), **started})
    case = work.case_of(instance)
    for (kind, key), value in what.rows.items():
        case.put(kind, key, value)
    payload = {"title": instance.title, "business_key": what.business_key, "values": dict(what.data)}
    payload["about"] = told_tasks.about(case)

    def begin(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: Host) -> Advance:
        return engine.start(definition, step, what.data, host)

    move(work, case, EventType.INSTANCE_STARTED, payload, begin)
    return instance.id


def move(
    work: Work,
    case: Case,
    type_: EventType,
    payload: Mapping[str, Any],
    action: Action,
    *,
    on_behalf_of: str | None = None,
    attachments: Sequence[str] = (),
    hand_on: Callable[[list[dict[str, Any]]], None] = lambda opened: None,
) -> Advance:
    """Let the engine do one outside action on the instance, and write down all that follows from it.

    hand_on: puts user tasks that the step opens into hands, before anybody has seen their rows.
    """
    instance, casework = case.instance, casework_of(case.instance.definition_key)
    step = Step(instance.id, instance.version, work.at)
    advance = action(work.house.engine, case.definition, instance, step, Host(case, casework))
    tasks = [row_of_task(case, casework, task) for task in advance.opened]
    hand_on(tasks)
    given, case.given = case.given, []
    for element_id, person_id in given:
        projections.give_task(work, instance.id, element_id, person_id, tasks)
    _take_over(case, casework, advance)
    keys = {wait.task_id: casework.message_key(case, wait.message) for wait in advance.subscriptions}
    body = {**payload, **_told(work, step, advance, tasks), "waits": _waits(case, advance, keys)}
    record(work, case, type_, body, on_behalf_of, attachments)
    _store(work, case, advance)
    projections.follow(work, instance.id, advance, tasks, keys)
    _after(work, case, casework, advance)
    work.kept.append(advance)
    return advance


def note(
    work: Work,
    case: Case,
    type_: EventType,
    payload: Mapping[str, Any],
    attachments: Sequence[str] = (),
    on_behalf_of: str | None = None,
) -> None:
    """Write an event of an act that does not move the process: a claim, an urging, a comment."""
    instance = case.instance
    record(work, case, type_, payload, on_behalf_of, attachments)
    behind = {"of_id": instance.id, "of_version": instance.version, "of_seq": instance.head_seq - 1}
    head = {"head_seq": instance.head_seq, "head_hash": instance.head_hash}
    work.write(NOTE, {**head, **behind}, must_touch=True)


def record(
    work: Work,
    case: Case,
    type_: EventType,
    payload: Mapping[str, Any],
    on_behalf_of: str | None,
    attachments: Sequence[str],
) -> None:
    """One event behind the head of the instance's chain; it tells what became of rows of user tasks until now."""
    instance = case.instance
    payload = {**payload, "tasks": work.changes.pop(instance.id, [])}
    if about := {**payload.get("about", {}), **case.changed()}:
        payload["about"] = about
    happening = history.Happening(
        type_, work.actor.login, work.at, work.key, payload, on_behalf_of, case.definition.hash, attachments
    )
    before, alg = history.Head(instance.head_seq, instance.head_hash), history.alg_on(work.connection)
    head, writes = history.sealed(instance.id, before, happening, alg)
    instance.head_seq, instance.head_hash = head.seq, head.hash
    work.write_all(writes)


def cancel(work: Work, instance_id: str, reason: str) -> None:
    """End an instance where it stands, with all its open children; one that has ended is left alone."""
    case = work.case(instance_id)
    if case.instance.status != InstanceStatus.ACTIVE:
        return

    def end(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: Host) -> Advance:
        return engine.cancel(definition, row.state, step)

    case.cancels += [(child_id, reason) for child_id in open_children(work.connection, instance_id)]
    move(work, case, EventType.INSTANCE_CANCELLED, {"reason": reason}, end)


def open_children(connection: Connection, instance_id: str, definition_key: str | None = None) -> list[str]:
    where = [INSTANCE.c.parent_id == instance_id, INSTANCE.c.status == InstanceStatus.ACTIVE]
    if definition_key:
        where.append(INSTANCE.c.definition_key == definition_key)
    return list(connection.execute(select(INSTANCE.c.id).where(*where).order_by(INSTANCE.c.id)).scalars())


def _take_over(case: Case, casework: Casework, advance: Advance) -> None:
    """Let the instance's row say what the engine says."""
    instance = case.instance
    instance.state, instance.state_hash = advance.state, advance.state_hash
    instance.version += 1
    instance.status = advance.status
    instance.data = advance.data
    open_elements = frozenset(task.element_id for task in advance.opened)
    instance.stage = casework.stage(case, open_elements) or instance.stage


def _told(work: Work, step: Step, advance: Advance, tasks: list[dict[str, Any]]) -> dict[str, Any]:
    return told_of(step.version, advance, [told_tasks.opened(work, row) for row in tasks])


def _waits(case: Case, advance: Advance, keys: Mapping[str, str]) -> list[list[str]]:
    rekeyed, case.rekeyed = case.rekeyed, []
    return waits_of(advance, keys, rekeyed)


def _store(work: Work, case: Case, advance: Advance) -> None:
    ended: dict[str, Any] = {}
    if advance.status != "active":  # an index is written again for each column that is named, changed or not
        end = _end_element(advance, case.definition)
        ended = {"status": case.instance.status, "ended_at": work.at, "end_element": end}
    store(work, case.instance, STEPPED, **ended)


def store(work: Work, instance: InstanceRow, names: Sequence[str], **more: Any) -> None:
    """What a step has made of the instance; the row has to be there as it was before the step."""
    values = {name: getattr(instance, name) for name in names} | more
    work.write(STORE, {**values, "of_id": instance.id, "of_version": instance.version - 1}, must_touch=True)


def _end_element(advance: Advance, definition: Definition) -> str:
    return end_of([change.element_id for change in advance.trace if change.state == "completed"], definition)


def end_of(completed: Sequence[str], definition: Definition) -> str:
    """At which drawn end the process ended. completed: the elements that the last step left behind."""
    ends = [id_ for id_ in completed if definition.elements[id_].type == "endEvent"]
    outer = [end for end in ends if definition.elements[end].parent is None]
    return outer[-1] if outer else ""


def row_of_task(case: Case, casework: Casework, task: OpenTask) -> dict[str, Any]:
    """The row of a user task that waits; where nobody could do it, an incident says so."""
    try:
        return task_row(case, casework, task)
    except NoCandidate as missing:
        incidents.nobody_to_do_it(
            case.connection, case.instance.id, task.task_id, task.element_id, missing.text, case.at
        )
        return missing.row


def _after(work: Work, case: Case, casework: Casework, advance: Advance) -> None:
    """Messages that left, what the end of the instance means, children, moved days, and effects; in this order."""
    instance = case.instance
    for sent in advance.sent:
        key = f"{instance.id}:{instance.version}:{sent.name}"
        told = {"sender": instance.id, **casework.told(case, sent.name)}
        case.effect(key, "message", **told, name=sent.name, key=casework.message_key(case, sent.name))
    if advance.status != "active":
        casework.ended(case)
        _tell_parent(work, case, casework)
    case.write_down()
    for child in children.starts_at_once(case):
        start(work, child, instance.parent_id if child.is_sibling else instance.id)
    for child_id, reason in children.cancels_at_once(case):
        cancel(work, child_id, reason)
    handed, case.handed = case.handed, []
    for one in handed:
        handed_tasks.hand(work, one, note)
    new_days, case.new_days = case.new_days, []
    for new_day in new_days:
        due_dates.move_due_date(work, new_day, move)
    effects, case.effects = case.effects, []
    if effects:
        put_effects(work.connection, effects, work.at)


def _tell_parent(work: Work, case: Case, casework: Casework) -> None:
    """A child's end may be the last one its parent waits for; whether it is, is seen when the message is delivered."""
    instance = case.instance
    message, parent_id = casework.done_message.get(instance.definition_key), instance.parent_id
    if message is None or parent_id is None:
        return
    parent_key = BUSINESS_KEY_OF.scalar(work.connection, of_id=parent_id)
    case.effects.append(children.done_effect(message, instance.id, parent_key, parent_id, instance.definition_key))
