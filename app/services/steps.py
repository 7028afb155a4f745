"""One step of one instance: the engine moves it, and all that became of it is written in the caller's transaction.

step -> event -> instance row -> user tasks, inbox, timers, subscriptions -> children and effects
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, and_, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.engine import Advance, ClosedTask, Definition, Engine, ModelFault, Step
from app.errors import NotFound, StaleProcess
from app.models.outbox import OutboxRow
from app.models.process import ProcessDefinition, ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import InboxEntry, UserTask
from app.queries.actor import Actor
from app.services import history, incidents
from app.services.assignment import NoCandidate, task_row
from app.services.cases import Case, Casework, Effect, InstanceRow, Start
from app.services.house import House
from app.services.registry import casework_of
from app.terms import EventType, InstanceStatus, TaskStatus

INSTANCE, DEFINITION = table_of(ProcessInstance), table_of(ProcessDefinition)
TASK, INBOX, TIMER = table_of(UserTask), table_of(InboxEntry), table_of(Timer)
SUBSCRIPTION, OUTBOX = table_of(Subscription), table_of(OutboxRow)

NEVER = 9000  # a timer of this year or later means «not again»: it has no row
INSTANCE_COLUMNS = [INSTANCE.c[name] for name in InstanceRow.__dataclass_fields__]
# Built once: on the command path the making of a statement costs more than the database's work on it.
STORE = INSTANCE.update().where(INSTANCE.c.id == bindparam("of_id"), INSTANCE.c.version == bindparam("of_version"))
LINES_OF = select(TASK.c.id, TASK.c.principal, TASK.c.assignee_id, TASK.c.due_on).where(
    TASK.c.id.in_(bindparam("ids", expanding=True))
)
DROP_LINE = INBOX.delete().where(
    INBOX.c.principal == bindparam("of_inbox"),
    INBOX.c.due_on == bindparam("of_day"),
    INBOX.c.task_id == bindparam("of_task"),
)
LOCKED_INSTANCE = select(*INSTANCE_COLUMNS).where(INSTANCE.c.id == bindparam("instance_id")).with_for_update()


@dataclass
class Work:
    """The transaction of one command."""

    house: House
    connection: Connection
    actor: Actor
    at: datetime
    key: str
    instance_id: str | None = None
    kept: list[Advance] = field(default_factory=list)

    def case(self, instance_id: str) -> Case:
        """The instance, locked. Raises NotFound."""
        row = self.connection.execute(LOCKED_INSTANCE, {"instance_id": instance_id}).one_or_none()
        if row is None:
            raise NotFound
        return self.case_of(InstanceRow(**row._mapping))

    def case_of(self, instance: InstanceRow) -> Case:
        self.instance_id = self.instance_id or instance.id
        definition = self.house.definition(self.connection, instance.definition_id)
        return Case(self.house, self.connection, self.actor, self.at, self.key, instance, definition)


def reading_case(house: House, session: Session, actor: Actor, instance_id: str) -> Case:
    """The instance as a page reads it, to ask the casework for facts and prefilled values. Raises NotFound."""
    connection = session.connection()
    row = connection.execute(select(*INSTANCE_COLUMNS).where(INSTANCE.c.id == instance_id)).one_or_none()
    if row is None:
        raise NotFound
    return Work(house, connection, actor, clock.now(), key="").case_of(InstanceRow(**row._mapping))


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
    definition_id, name = _newest(work.connection, what.definition_key)
    existing = _by_business_key(work.connection, what)
    if existing is not None:
        return existing
    casework = casework_of(what.definition_key)
    instance = InstanceRow(
        id=str(uuid5(NAMESPACE_URL, f"duban:{what.definition_key}:{what.business_key}")),
        definition_id=definition_id,
        definition_key=what.definition_key,
        duty=casework.duty.key if casework.duty else what.definition_key,
        business_key=what.business_key,
        title=what.title or name,
        year=what.year,
        unit_id=what.unit_id,
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
    work.connection.execute(INSTANCE.insert(), [{**vars(instance), "started_by": work.actor.person_id}])
    case = work.case_of(instance)
    for (kind, key), value in what.rows.items():
        case.put(kind, key, value)
    payload = {"title": instance.title, "business_key": what.business_key, "values": dict(what.data)}

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
) -> Advance:
    """Let the engine do one outside action on the instance, and write down all that follows from it."""
    instance, casework = case.instance, casework_of(case.instance.definition_key)
    step = Step(instance.id, instance.version, work.at)
    advance = action(work.house.engine, case.definition, instance, step, Host(case, casework))
    tasks = [_task_row(case, casework, task) for task in advance.opened]
    _take_over(case, casework, advance)
    body = {**payload, **_told(step, advance, tasks)}
    happening = history.Happening(
        type_, work.actor.login, work.at, work.key, body, on_behalf_of, case.definition.hash, attachments
    )
    head = history.append(work.connection, instance.id, history.Head(instance.head_seq, instance.head_hash), happening)
    instance.head_seq, instance.head_hash = head.seq, head.hash
    _store(work, case, advance)
    _close(work, advance)
    _open(work, case, casework, advance, tasks)
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
    happening = history.Happening(
        type_, work.actor.login, work.at, work.key, payload, on_behalf_of, case.definition.hash, attachments
    )
    head = history.append(work.connection, instance.id, history.Head(instance.head_seq, instance.head_hash), happening)
    instance.head_seq, instance.head_hash = head.seq, head.hash
    changed = work.connection.execute(
        INSTANCE.update()
        .where(
            INSTANCE.c.id == instance.id, INSTANCE.c.version == instance.version, INSTANCE.c.head_seq == head.seq - 1
        )
        .values(head_seq=head.seq, head_hash=head.hash)
    )
    if changed.rowcount != 1:
        raise StaleProcess


def cancel(work: Work, instance_id: str, reason: str) -> None:
    """End an instance where it stands, with all its open children; one that has ended is left alone."""
    case = work.case(instance_id)
    if case.instance.status != InstanceStatus.ACTIVE:
        return

    def end(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: Host) -> Advance:
        return engine.cancel(definition, row.state, step)

    move(work, case, EventType.INSTANCE_CANCELLED, {"reason": reason}, end)
    for child_id in open_children(work.connection, instance_id):
        cancel(work, child_id, reason)


def open_children(connection: Connection, instance_id: str, definition_key: str | None = None) -> list[str]:
    where = [INSTANCE.c.parent_id == instance_id, INSTANCE.c.status == InstanceStatus.ACTIVE]
    if definition_key:
        where.append(INSTANCE.c.definition_key == definition_key)
    return list(connection.execute(select(INSTANCE.c.id).where(*where).order_by(INSTANCE.c.id)).scalars())


def _newest(connection: Connection, key: str) -> tuple[int, str]:
    newest = (
        select(DEFINITION.c.id, DEFINITION.c.name)
        .where(DEFINITION.c.key == key)
        .order_by(DEFINITION.c.version.desc())
        .limit(1)
    )
    row = connection.execute(newest).one_or_none()
    if row is None:
        raise NotFound(f"没有已发布的流程“{key}”。")
    return row.id, row.name


def _by_business_key(connection: Connection, what: Start) -> str | None:
    where = (INSTANCE.c.definition_key == what.definition_key, INSTANCE.c.business_key == what.business_key)
    found: str | None = connection.execute(select(INSTANCE.c.id).where(*where)).scalar_one_or_none()
    return found


def _take_over(case: Case, casework: Casework, advance: Advance) -> None:
    """Let the instance's row say what the engine says."""
    instance = case.instance
    instance.state, instance.state_hash = advance.state, advance.state_hash
    instance.version += 1
    instance.status = advance.status
    instance.data = advance.data
    open_elements = frozenset(task.element_id for task in advance.opened)
    instance.stage = casework.stage(case, open_elements) or instance.stage


def _told(step: Step, advance: Advance, tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """What the event says of the step: enough to show it on the diagram and to do it again."""
    return {
        "step": {"version": step.version, "state_hash": advance.state_hash, "answers": list(advance.answers)},
        "trace": [[change.element_id, change.state, change.task_id, change.flow_id] for change in advance.trace],
        "opened": [
            {"task": row["id"], "element": row["element_id"], "name": row["name"], "unit": row["unit_id"],
             "due_on": row["due_on"].isoformat()}
            for row in tasks
        ],
        "closed": [[task.task_id, task.element_id, task.how] for task in advance.closed],
        "status": advance.status,
    }  # fmt: skip


def _store(work: Work, case: Case, advance: Advance) -> None:
    instance = case.instance
    values: dict[str, Any] = {
        "state": instance.state,
        "state_hash": instance.state_hash,
        "version": instance.version,
        "status": instance.status,
        "stage": instance.stage,
        "data": instance.data,
        "head_seq": instance.head_seq,
        "head_hash": instance.head_hash,
    }
    if advance.status != "active":
        values |= {"ended_at": work.at, "end_element": _end_element(advance, case.definition)}
    changed = work.connection.execute(STORE, {**values, "of_id": instance.id, "of_version": instance.version - 1})
    if changed.rowcount != 1:
        raise StaleProcess


def _end_element(advance: Advance, definition: Definition) -> str:
    ends = [
        change.element_id
        for change in advance.trace
        if change.state == "completed" and definition.elements[change.element_id].type == "endEvent"
    ]
    outer = [end for end in ends if definition.elements[end].parent is None]
    return outer[-1] if outer else ""


def _close(work: Work, advance: Advance) -> None:
    """Take closed tasks out of every inbox; the completed one was marked by its command already."""
    connection = work.connection
    if advance.closed:
        close_tasks(work, advance.closed)
    if advance.timers_closed:
        gone = and_(TIMER.c.task_id.in_(advance.timers_closed), TIMER.c.status == "waiting")
        connection.execute(TIMER.update().where(gone).values(status="cancelled"))
    if advance.subscriptions_closed:
        connection.execute(SUBSCRIPTION.delete().where(SUBSCRIPTION.c.task_id.in_(advance.subscriptions_closed)))


def close_tasks(work: Work, closed: Sequence[ClosedTask]) -> None:
    ids = [task.task_id for task in closed]
    rows = work.connection.execute(LINES_OF, {"ids": ids}).all()
    drop_from_inbox(work.connection, rows)
    cancelled = [task.task_id for task in closed if task.how == "cancelled"]
    if cancelled:
        values = {"status": TaskStatus.CANCELLED.value, "changed_at": work.at, "completed_at": work.at}
        work.connection.execute(TASK.update().where(TASK.c.id.in_(cancelled)).values(values))


def drop_from_inbox(connection: Connection, tasks: Sequence[Any]) -> None:
    """rows of user tasks with id, principal, assignee_id, due_on."""
    lines = [{"of_inbox": inbox_of(task), "of_day": task.due_on, "of_task": task.id} for task in tasks]
    if lines:
        connection.execute(DROP_LINE, lines)


def inbox_of(task: Any) -> str:
    """Where the task's line lies: with its group, or with the person who claimed it."""
    return f"person:{task.assignee_id}" if task.assignee_id else str(task.principal)


def put_in_inbox(connection: Connection, task: Any) -> None:
    barred = task.subject_unit_id if task.has_own_item_rule and not task.assignee_id else None
    line = {"principal": inbox_of(task), "due_on": task.due_on, "task_id": task.id, "barred_unit_id": barred}
    connection.execute(INBOX.insert(), [line])


def _task_row(case: Case, casework: Casework, task: Any) -> dict[str, Any]:
    try:
        return task_row(case, casework, task)
    except NoCandidate as missing:
        incidents.nobody_to_do_it(
            case.connection, case.instance.id, task.task_id, task.element_id, missing.text, case.at
        )
        return missing.row


def _open(work: Work, case: Case, casework: Casework, advance: Advance, tasks: list[dict[str, Any]]) -> None:
    connection, instance = work.connection, case.instance
    if tasks:
        connection.execute(TASK.insert(), tasks)
        lines = [
            {
                "principal": row["principal"],
                "due_on": row["due_on"],
                "task_id": row["id"],
                "barred_unit_id": row["subject_unit_id"] if row["has_own_item_rule"] else None,
            }
            for row in tasks
        ]
        connection.execute(INBOX.insert(), lines)
    timers = [
        {"task_id": timer.task_id, "instance_id": instance.id, "element_id": timer.element_id, "due_at": timer.due_at,
         "status": "waiting", "attempts": 0}
        for timer in advance.timers
        if timer.due_at.year < NEVER
    ]  # fmt: skip
    if timers:
        connection.execute(TIMER.insert(), timers)
    waiting = [
        {"task_id": wait.task_id, "instance_id": instance.id, "element_id": wait.element_id, "message": wait.message,
         "key": casework.message_key(case, wait.message)}
        for wait in advance.subscriptions
    ]  # fmt: skip
    if waiting:
        connection.execute(SUBSCRIPTION.insert(), waiting)


def _after(work: Work, case: Case, casework: Casework, advance: Advance) -> None:
    """Messages that left, what the end of the instance means, children, and effects; in this order."""
    instance = case.instance
    for sent in advance.sent:
        key = f"{instance.id}:{instance.version}:{sent.name}"
        case.effect(key, "message", name=sent.name, key=casework.message_key(case, sent.name))
    if advance.status != "active":
        casework.ended(case)
        _tell_parent(work, case, casework)
    case.session.flush()
    starts, case.starts = case.starts, []
    for child in starts:
        start(work, child, instance.parent_id if child.is_sibling else instance.id)
    cancels, case.cancels = case.cancels, []
    for child_id, reason in cancels:
        cancel(work, child_id, reason)
    effects, case.effects = case.effects, []
    put_effects(work.connection, effects, work.at)


def _tell_parent(work: Work, case: Case, casework: Casework) -> None:
    """A child's end may be the last one its parent waits for; whether it is, is seen when the message is delivered."""
    instance = case.instance
    message = casework.done_message.get(instance.definition_key)
    if message is None or instance.parent_id is None:
        return
    where = INSTANCE.c.id == instance.parent_id
    parent_key = work.connection.execute(select(INSTANCE.c.business_key).where(where)).scalar_one()
    case.effect(
        f"{message}:{instance.id}",
        "message",
        name=message,
        key=parent_key,
        unless_open={"parent_id": instance.parent_id, "definition_key": instance.definition_key},
    )


def put_effects(connection: Connection, effects: Sequence[Effect], at: datetime) -> None:
    """Write outbox rows; an effect that was asked for before is left as it is."""
    for effect in effects:
        row = {
            "effect_key": effect.key,
            "kind": effect.kind,
            "payload": dict(effect.payload),
            "status": "pending",
            "next_at": at,
            "attempts": 0,
            "error": "",
            "created_at": at,
        }
        try:
            with connection.begin_nested():
                connection.execute(OUTBOX.insert(), [row])
        except IntegrityError:
            continue
