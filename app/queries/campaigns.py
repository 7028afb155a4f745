"""Campaigns: a main process with its children, how far each of them is, who has not read it, who is late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, exists, select
from sqlalchemy.orm import Session, aliased, defer

from app.duties.registry import DUTIES
from app.errors import NotFound
from app.models.december_report import DecemberReport
from app.models.event import EventRow
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessInstance, Subscription
from app.models.user_task import NO_DUE_DATE, Draft, UserTask
from app.queries.task_lights import OPEN
from app.queries.task_lines import light_today
from app.terms import EventType, InstanceStatus, Light, Progress, TaskStatus
from app.workdays import Calendar

MAIN_PROCESSES = tuple(duty.processes[0] for duty in DUTIES.values())
SHOWN = 4  # campaigns beside the board

# What ends a collection early, by main process; offered while the instance waits for it.
CLOSING = {"december_report": "december_collection_closed", "annual_target": "target_collection_closed"}

FIRST_STEPS = frozenset({"draft_report", "propose_target", "answer_breakdown"})  # the form a unit begins with
EXCUSED_STAGES = frozenset({"exempted", "transferred"})
READ_STAGES = frozenset({"read", "drafted"})

Holder = aliased(Unit, name="holder")


@dataclass(frozen=True)
class LastAct:
    """The last event of an instance; by is empty for what the house did itself."""

    type: EventType
    by: str
    at: datetime


@dataclass(frozen=True)
class Child:
    """One unit's or item's part. step, holder, task_id: of its most urgent open user task, and whom that lies with.

    due_on: of that task, or the day the whole part is due. days: working days to it, negative when late.
    """

    id: str
    definition_key: str
    title: str
    unit: str
    progress: Progress
    light: Light | None
    is_late: bool = False
    step: str = ""
    holder: str = ""
    task_id: str = ""
    due_on: date | None = None
    days: int | None = None
    urged_count: int = 0
    last_act: LastAct | None = None

    @property
    def is_cancelled(self) -> bool:
        return self.light is None


@dataclass(frozen=True)
class Campaign:
    """A main process. due_on: the latest day among its children's; days: working days to it.

    closing: the message that would end the collection now, empty where nothing waits for it.
    """

    id: str
    definition_key: str
    duty: str
    title: str
    year: int | None
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None
    children: Sequence[Child] = ()
    due_on: date | None = None
    days: int | None = None
    closing: str = ""

    @property
    def is_active(self) -> bool:
        return self.status is InstanceStatus.ACTIVE

    @property
    def asked(self) -> Sequence[Child]:
        """Those that count: a cancelled part was replaced or is no longer wanted."""
        return [child for child in self.children if not child.is_cancelled]

    @property
    def counts(self) -> Mapping[Progress, int]:
        return Counter(child.progress for child in self.asked)

    @property
    def unread(self) -> Sequence[Child]:
        return [child for child in self.asked if child.progress is Progress.UNREAD]

    @property
    def late(self) -> Sequence[Child]:
        return [child for child in self.asked if child.is_late]


def recent(session: Session, today: date, calendar: Calendar) -> list[Campaign]:
    """Those under way, and of each duty the last one; the newest first."""
    rows = session.scalars(_main_instances().where(ProcessInstance.status != InstanceStatus.CANCELLED).limit(20)).all()
    newest = {row.definition_key: row.id for row in reversed(rows)}
    wanted = [row for row in rows if row.status == InstanceStatus.ACTIVE or newest[row.definition_key] == row.id]
    return _with_children(session, wanted[:SHOWN], today, calendar)


def campaign(session: Session, instance_id: str, today: date, calendar: Calendar) -> Campaign:
    """One campaign, with the last act of each part. Raises NotFound for what is none."""
    row = session.scalars(_main_instances().where(ProcessInstance.id == instance_id)).one_or_none()
    if row is None:
        raise NotFound
    found = _with_children(session, [row], today, calendar)[0]
    acts = _last_acts(session, [child.id for child in found.children])
    children = [replace(child, last_act=acts.get(child.id)) for child in found.children]
    return replace(found, children=children, closing=_closing(session, row))


def all_campaigns(session: Session) -> Sequence[ProcessInstance]:
    """Every campaign there was, the newest first."""
    return session.scalars(_main_instances()).all()


def _main_instances() -> Select[ProcessInstance]:
    return (
        select(ProcessInstance)
        .options(defer(ProcessInstance.state))
        .where(ProcessInstance.duty.in_(DUTIES), ProcessInstance.definition_key.in_(MAIN_PROCESSES))
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id)
    )


def _with_children(
    session: Session, instances: Sequence[ProcessInstance], today: date, calendar: Calendar
) -> list[Campaign]:
    by_parent: dict[str, dict[str, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(_children_of([instance.id for instance in instances])):
        by_parent[row.parent_id][row.id].append(row)
    found = []
    for instance in instances:
        parts = by_parent[instance.id].values()
        children = [_child(rows, today, calendar) for rows in parts]
        due_on = max((day for rows in parts if (day := _due_on(rows))), default=None)
        found.append(
            Campaign(
                id=instance.id,
                definition_key=instance.definition_key,
                duty=instance.duty,
                title=instance.title,
                year=instance.year,
                status=InstanceStatus(instance.status),
                started_at=instance.started_at,
                ended_at=instance.ended_at,
                children=children,
                due_on=due_on,
                days=None if due_on is None else calendar.count(today, due_on),
            )
        )
    return found


def _children_of(parent_ids: Iterable[str]) -> Any:
    """A row for each open user task of a child, or one without a task; items in the plan's order, units in theirs."""
    place = case((ProcessInstance.definition_key.endswith("_indicator"), 0), else_=Unit.position)
    return (
        select(
            ProcessInstance.id,
            ProcessInstance.parent_id,
            ProcessInstance.definition_key,
            ProcessInstance.title,
            ProcessInstance.unit_id,
            ProcessInstance.status,
            ProcessInstance.stage,
            Unit.short_name.label("unit"),
            UserTask,
            Holder.short_name.label("holder"),
            exists().where(Draft.task_id == UserTask.id).label("has_draft"),
            DecemberReport.due_on.label("report_due_on"),
        )
        .join(Unit, Unit.id == ProcessInstance.unit_id)
        .outerjoin(UserTask, and_(UserTask.instance_id == ProcessInstance.id, OPEN))
        .outerjoin(Holder, Holder.id == UserTask.unit_id)
        .outerjoin(DecemberReport, DecemberReport.instance_id == ProcessInstance.id)
        .where(ProcessInstance.parent_id.in_(parent_ids))
        .order_by(ProcessInstance.definition_key, place, ProcessInstance.business_key, UserTask.due_on)
    )


def _child(rows: Sequence[Row[Any]], today: date, calendar: Calendar) -> Child:
    """rows: of one child, the task that is due first at the front."""
    first = rows[0]
    own = [row for row in rows if _is_own(row)]
    shown = own[0] if own else first
    task: UserTask | None = shown.UserTask
    due_on = _day(task) or (_due_on(rows) if first.status == InstanceStatus.ACTIVE else None)
    return Child(
        id=first.id,
        definition_key=first.definition_key,
        title=first.title,
        unit=first.unit,
        progress=_progress(shown),
        light=_light(shown, today),
        is_late=any(light_today(row.UserTask, today) is Light.RED for row in own),
        step=task.name if task else "",
        holder=shown.holder or "",
        task_id=task.id if task else "",
        due_on=due_on,
        days=None if due_on is None else calendar.count(today, due_on),
        urged_count=task.urged_count if task else 0,
    )


def _is_own(row: Row[Any]) -> bool:
    return row.UserTask is not None and row.UserTask.unit_id == row.unit_id


def _light(row: Row[Any], today: date) -> Light | None:
    """Of its own open task by the dates; grey while it lies with others."""
    if row.status == InstanceStatus.CANCELLED:
        return None
    if row.status == InstanceStatus.COMPLETED:
        return Light.BLUE
    return light_today(row.UserTask, today) if _is_own(row) else Light.GREY


def _progress(row: Row[Any]) -> Progress:
    if row.stage in EXCUSED_STAGES:
        return Progress.EXCUSED
    if row.status == InstanceStatus.COMPLETED:
        return Progress.ACCEPTED
    if not _is_own(row):
        return Progress.SIGNED
    task: UserTask = row.UserTask
    if task.principal.startswith("head:"):
        return Progress.DRAFTED
    if task.element_id not in FIRST_STEPS:
        return Progress.SIGNED
    if row.stage == "returned":
        return Progress.RETURNED
    if row.has_draft:
        return Progress.DRAFTED
    was_read = task.read_at is not None or task.status == TaskStatus.CLAIMED or row.stage in READ_STAGES
    return Progress.READ if was_read else Progress.UNREAD


def _due_on(rows: Sequence[Row[Any]]) -> date | None:
    """The day the whole part is due, where the duty keeps one; else that of its last open task."""
    kept: date | None = rows[0].report_due_on
    return kept or max((day for row in rows if (day := _day(row.UserTask))), default=None)


def _day(task: UserTask | None) -> date | None:
    return None if task is None or task.due_on == NO_DUE_DATE else task.due_on


def _last_acts(session: Session, ids: Sequence[str]) -> dict[str, LastAct]:
    rows = session.execute(
        select(EventRow.stream, EventRow.type, EventRow.at, Person.name)
        .join(ProcessInstance, (ProcessInstance.id == EventRow.stream) & (ProcessInstance.head_seq == EventRow.seq))
        .outerjoin(Person, Person.login == EventRow.actor)
        .where(ProcessInstance.id.in_(ids))
    )
    return {row.stream: LastAct(EventType(row.type), row.name or "", datetime.fromisoformat(row.at)) for row in rows}


def _closing(session: Session, instance: ProcessInstance) -> str:
    message = CLOSING.get(instance.definition_key, "")
    waits = exists().where(Subscription.instance_id == instance.id, Subscription.message == message)
    return message if session.scalar(select(waits)) else ""
