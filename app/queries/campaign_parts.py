"""The parts of campaigns, a child instance each: how far every one is, reckoned by the database for all of them alike.

A part shows its most urgent open user task: one of its own unit, else of whoever has it now. Ten thousand parts are
counted in one statement and listed a page at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.duties.joint_signing import PROCESS as SIGNING
from app.models.december_report import DecemberReport
from app.models.event import EventRow
from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessInstance
from app.models.user_task import NO_DUE_DATE, Draft, UserTask
from app.queries.paging import Order, Page, page
from app.queries.task_lights import OPEN, is_overdue
from app.queries.task_lines import open_light
from app.terms import EventType, InstanceStatus, Light, Progress, TaskStatus
from app.workdays import Calendar

PAGE = 50
MOST_NAMED = 200  # units that are late or have not read it, on a campaign's card; and as many are urged at one go

# the form a unit begins with
FIRST_STEPS = (
    "draft_report",
    "propose_target",
    "answer_breakdown",
    "nominate_growth",
    "draft_plan",
    "set_milestones",
    "request_acceptance",
    "confirm_score",
    "confirm_activity",
)
EXCUSED_STAGES = ("exempted", "transferred", "dropped", "cancelled")
READ_STAGES = ("read", "drafted")
ITEMS = ("_indicator", "_matter_item")  # how keys of processes end whose children are items and not units

Holder = aliased(Unit, name="holder")
IS_PART = ProcessInstance.definition_key != SIGNING  # who signs with a task of the campaign itself is no part of it
IS_OWN = UserTask.unit_id == ProcessInstance.unit_id


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
class Named:
    """A unit that a campaign's card names, with the user task that can be urged."""

    unit: str
    task_id: str


@dataclass(frozen=True)
class Tally:
    """All parts of a campaign together; a cancelled one was replaced or is no longer wanted, and does not count.

    late, unread: the first MOST_NAMED of them. due_on: the latest day among the parts'.
    """

    counts: Mapping[Progress, int]
    due_on: date | None
    late: Sequence[Named]
    unread: Sequence[Named]

    @property
    def asked(self) -> int:
        return sum(self.counts.values())


NOTHING = Tally({}, None, (), ())


def tallies(session: Session, parent_ids: Collection[str], today: date) -> Mapping[str, Tally]:
    """By campaign. At most three statements, whatever the number of campaigns and parts."""
    part = _parts(and_(ProcessInstance.parent_id.in_(parent_ids), IS_PART), today)
    counts: dict[str, dict[Progress, int]] = defaultdict(dict)
    days: dict[str, list[date]] = defaultdict(list)
    late = 0
    for row in session.execute(_counted(part)):
        counts[row.parent_id][Progress(row.progress)] = row.number
        days[row.parent_id] += [row.due_on] if row.due_on else []
        late += row.late
    is_unread = any(Progress.UNREAD in known for known in counts.values())
    late_ones = _named(session, part, part.c.is_late == 1) if late else {}
    unread_ones = _named(session, part, part.c.progress == Progress.UNREAD.value) if is_unread else {}
    return {
        id_: Tally(counts[id_], max(days[id_], default=None), late_ones.get(id_, ()), unread_ones.get(id_, ()))
        for id_ in parent_ids
    }


def kinds(session: Session, parent_id: str) -> Mapping[str, int]:
    """How many children of each process a campaign has, cancelled ones among them."""
    rows = (
        select(ProcessInstance.definition_key, func.count())
        .where(ProcessInstance.parent_id == parent_id, IS_PART)
        .group_by(ProcessInstance.definition_key)
        .order_by(ProcessInstance.definition_key)
    )
    return dict(session.execute(rows).all())


def children(
    session: Session, parent_id: str, definition_key: str, today: date, calendar: Calendar, cursor: str | None = None
) -> Page[Child]:
    """One page, with the last act of each; items in the plan's order, units in theirs."""
    order: Order = [ProcessInstance.business_key]
    if not definition_key.endswith(ITEMS):
        order = [Unit.position, *order]
    own = (ProcessInstance.parent_id == parent_id, ProcessInstance.definition_key == definition_key)
    listed = select(ProcessInstance.id).join(Unit, Unit.id == ProcessInstance.unit_id).where(*own)
    found = page(session, listed, order, cursor, PAGE, counts=True)
    part = _parts(ProcessInstance.id.in_(found.items), today)
    rows = {row.id: row for row in session.execute(select(part))}
    acts = _last_acts(session, found.items)
    shown = [_child(rows[id_], acts.get(id_), today, calendar) for id_ in found.items]
    return Page(shown, found.next_cursor, found.left)


def _counted(part: Subquery) -> Select[Any]:
    return (
        select(
            part.c.parent_id,
            part.c.progress,
            func.count().label("number"),
            func.sum(part.c.is_late).label("late"),
            func.max(part.c.part_due_on).label("due_on"),
        )
        .where(part.c.status != InstanceStatus.CANCELLED.value)
        .group_by(part.c.parent_id, part.c.progress)
    )


def _named(session: Session, part: Subquery, condition: ColumnElement[bool]) -> Mapping[str, Sequence[Named]]:
    """The first MOST_NAMED parts of each campaign that fit the condition, in the order of the units."""
    order = (part.c.position, part.c.business_key)
    place = func.row_number().over(partition_by=part.c.parent_id, order_by=order).label("number")
    listed = (
        select(part.c.parent_id, part.c.unit, part.c.task_id, place)
        .where(condition, part.c.status != InstanceStatus.CANCELLED.value)
        .subquery()
    )
    found: dict[str, list[Named]] = defaultdict(list)
    for row in session.execute(select(listed).where(listed.c.number <= MOST_NAMED).order_by(listed.c.number)):
        found[row.parent_id].append(Named(row.unit, row.task_id or ""))
    return found


def _parts(condition: ColumnElement[bool], today: date) -> Subquery:
    """A row for each part that fits the condition on its instance, with the user task it shows."""
    id_ = ProcessInstance.id
    place = func.row_number().over(
        partition_by=id_, order_by=(case((IS_OWN, 0), else_=1), UserTask.due_on, UserTask.id)
    )
    last_due_on = func.max(case((UserTask.due_on != NO_DUE_DATE, UserTask.due_on), else_=None)).over(partition_by=id_)
    own_late = func.max(case((and_(IS_OWN, is_overdue(today)), 1), else_=0)).over(partition_by=id_)
    every = (
        select(
            ProcessInstance.id,
            ProcessInstance.parent_id,
            ProcessInstance.definition_key,
            ProcessInstance.business_key,
            ProcessInstance.title,
            ProcessInstance.status,
            Unit.short_name.label("unit"),
            Unit.position,
            UserTask.id.label("task_id"),
            UserTask.name.label("step"),
            UserTask.due_on,
            UserTask.yellow_on,
            UserTask.is_optional,
            UserTask.urged_count,
            Holder.short_name.label("holder"),
            case((IS_OWN, 1), else_=0).label("is_own"),
            own_late.label("is_late"),
            func.coalesce(DecemberReport.due_on, last_due_on).label("part_due_on"),
            _progress().label("progress"),
            place.label("place"),
        )
        .join(Unit, Unit.id == ProcessInstance.unit_id)
        .outerjoin(UserTask, and_(UserTask.instance_id == ProcessInstance.id, OPEN))
        .outerjoin(Holder, Holder.id == UserTask.unit_id)
        .outerjoin(DecemberReport, DecemberReport.instance_id == ProcessInstance.id)
        .where(condition)
        .subquery("every")
    )
    return select(every).where(every.c.place == 1).subquery("part")


def _progress() -> ColumnElement[str]:
    """The first that holds."""
    was_read = or_(
        UserTask.read_at.is_not(None),
        UserTask.status == TaskStatus.CLAIMED.value,
        ProcessInstance.stage.in_(READ_STAGES),
    )
    return case(
        (ProcessInstance.stage.in_(EXCUSED_STAGES), Progress.EXCUSED.value),
        (ProcessInstance.status == InstanceStatus.COMPLETED.value, Progress.ACCEPTED.value),
        (func.coalesce(UserTask.unit_id, "") != ProcessInstance.unit_id, Progress.SIGNED.value),
        (UserTask.principal.startswith("head:"), Progress.DRAFTED.value),
        (UserTask.element_id.not_in(FIRST_STEPS), Progress.SIGNED.value),
        (ProcessInstance.stage == "returned", Progress.RETURNED.value),
        (exists().where(Draft.task_id == UserTask.id), Progress.DRAFTED.value),
        (was_read, Progress.READ.value),
        else_=Progress.UNREAD.value,
    )


def _child(row: Any, act: LastAct | None, today: date, calendar: Calendar) -> Child:
    own_due_on = None if row.due_on in (None, NO_DUE_DATE) else row.due_on
    due_on = own_due_on or (row.part_due_on if row.status == InstanceStatus.ACTIVE else None)
    return Child(
        id=row.id,
        definition_key=row.definition_key,
        title=row.title,
        unit=row.unit,
        progress=Progress(row.progress),
        light=_light(row, today),
        is_late=bool(row.is_late),
        step=row.step or "",
        holder=row.holder or "",
        task_id=row.task_id or "",
        due_on=due_on,
        days=None if due_on is None else calendar.count(today, due_on),
        urged_count=row.urged_count or 0,
        last_act=act,
    )


def _light(row: Any, today: date) -> Light | None:
    """Of its own open task by the dates; grey while it lies with others."""
    if row.status == InstanceStatus.CANCELLED:
        return None
    if row.status == InstanceStatus.COMPLETED:
        return Light.BLUE
    return open_light(row, today) if row.is_own else Light.GREY


def _last_acts(session: Session, ids: Sequence[str]) -> Mapping[str, LastAct]:
    rows = session.execute(
        select(EventRow.stream, EventRow.type, EventRow.at, Person.name)
        .join(ProcessInstance, (ProcessInstance.id == EventRow.stream) & (ProcessInstance.head_seq == EventRow.seq))
        .outerjoin(Person, Person.login == EventRow.actor)
        .where(ProcessInstance.id.in_(ids))
    )
    return {row.stream: LastAct(EventType(row.type), row.name or "", datetime.fromisoformat(row.at)) for row in rows}
