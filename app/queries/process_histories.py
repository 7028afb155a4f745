"""What happened in all histories of a process together: a bounded number of the newest, with their user tasks.

The rows are read for counting only; how they are counted is in queries/process_figures.py. Of a process with more
histories than MOST, the newest are counted and the screen says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from app.duties.registry import DUTIES
from app.errors import NotFound
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.china_day import begin_of
from app.queries.sight import visible_instances
from app.queries.task_lights import OPEN
from app.terms import TaskStatus

MOST = 3_000  # histories of one process that are counted: some ten user tasks each are read for them
DUTY_OF = {process: duty.key for duty in DUTIES.values() for process in duty.processes}


@dataclass(frozen=True)
class Wanted:
    """year: in which it began. unit_id: whom it is about. version: number of the definition."""

    year: int | None = None
    unit_id: str = ""
    version: int | None = None

    def __bool__(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class Process:
    """A process that has histories. versions: number -> row id, the newest last."""

    key: str
    name: str
    versions: dict[int, int]

    @property
    def newest(self) -> int:
        return max(self.versions)


@dataclass(frozen=True)
class Ran:
    """One history, as far as it is counted."""

    id: str
    title: str
    unit_id: str
    started_at: datetime
    ended_at: datetime | None
    status: str
    end_element: str


@dataclass(frozen=True)
class Step:
    """One user task. closed_at: None while it is open; is_done: completed, not cancelled."""

    instance_id: str
    element_id: str
    name: str
    unit_id: str
    opened_at: datetime
    closed_at: datetime | None
    is_done: bool


@dataclass(frozen=True)
class Sample:
    """What is counted. is_all: no older histories are left out. steps: in the order in which they were closed."""

    histories: Sequence[Ran]
    steps: Sequence[Step]
    is_all: bool


@dataclass(frozen=True)
class ProcessLine:
    key: str
    name: str
    version: int
    histories: int
    open: int


def processes(session: Session, actor: Actor) -> list[ProcessLine]:
    """Those of which the actor may see a history, the most frequent first; there are a few dozen in an office."""
    row = ProcessInstance
    is_open = func.sum(case((row.ended_at.is_(None), 1), else_=0))
    counted = (
        select(row.definition_key, func.count().label("histories"), is_open.label("open"))
        .where(visible_instances(actor))
        .group_by(row.definition_key)
    )
    names = {
        found.key: found
        for found in session.execute(
            select(ProcessDefinition.key, ProcessDefinition.name, ProcessDefinition.version).order_by(
                ProcessDefinition.version
            )
        )
    }
    lines = [
        ProcessLine(one.definition_key, names[one.definition_key].name, names[one.definition_key].version,
                    one.histories, one.open or 0)
        for one in session.execute(counted)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (-line.histories, line.key))


def process(session: Session, key: str) -> Process:
    """Raises NotFound."""
    row = ProcessDefinition
    found = session.execute(select(row.id, row.version, row.name).where(row.key == key).order_by(row.version)).all()
    if not found:
        raise NotFound
    return Process(key, found[-1].name, {one.version: one.id for one in found})


def sample(session: Session, actor: Actor, of: Process, wanted: Wanted, most: int = MOST) -> Sample:
    """The newest of the histories that the actor may see, and all their user tasks."""
    row = ProcessInstance
    asked = _histories(actor, of, wanted)
    listed = session.execute(
        asked.with_only_columns(
            row.id, row.title, row.unit_id, row.started_at, row.ended_at, row.status, row.end_element
        )
        .order_by(row.started_at.desc(), row.id.desc())
        .limit(most + 1)
    ).all()  # fmt: skip
    histories = [
        Ran(one.id, one.title, one.unit_id or "", one.started_at, one.ended_at, one.status, one.end_element)
        for one in listed[:most]
    ]
    return Sample(histories, _steps(session, asked, most), len(listed) <= most)


def open_now(session: Session, actor: Actor, of: Process, wanted: Wanted) -> dict[tuple[str, str], int]:
    """How many tasks wait at each step of each unit, of all histories and not only of those that are counted."""
    asked = (
        select(UserTask.element_id, UserTask.unit_id, func.count())
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .where(OPEN, UserTask.definition_key == of.key, *_conditions(actor, of, wanted))
        .group_by(UserTask.element_id, UserTask.unit_id)
    )
    return {(element_id, unit_id): number for element_id, unit_id, number in session.execute(asked)}


def _histories(actor: Actor, of: Process, wanted: Wanted) -> Select[ProcessInstance]:
    return select(ProcessInstance).where(*_conditions(actor, of, wanted))


def _conditions(actor: Actor, of: Process, wanted: Wanted) -> list[ColumnElement[bool]]:
    """By the duty too: it has an index in the order in which histories began."""
    row = ProcessInstance
    found = [row.duty == DUTY_OF.get(of.key, of.key), row.definition_key == of.key, visible_instances(actor)]
    if wanted.unit_id:
        found.append(row.unit_id == wanted.unit_id)
    if wanted.version is not None:
        found.append(row.definition_id == of.versions.get(wanted.version, -1))
    if wanted.year is not None:
        found += [row.started_at >= begin_of(date(wanted.year, 1, 1)),
                  row.started_at < begin_of(date(wanted.year + 1, 1, 1))]  # fmt: skip
    return found


def _steps(session: Session, asked: Select[ProcessInstance], most: int) -> list[Step]:
    row = ProcessInstance
    newest = asked.with_only_columns(row.id).order_by(row.started_at.desc(), row.id.desc()).limit(most).subquery()
    task = UserTask
    closed = func.coalesce(task.completed_at, task.changed_at)
    rows = session.execute(
        select(task.instance_id, task.element_id, task.name, task.unit_id, task.created_at, task.completed_at,
               task.changed_at, task.status)
        .join(newest, newest.c.id == task.instance_id)
        .order_by(task.instance_id, closed, task.created_at, task.id)
    )  # fmt: skip
    return [
        Step(
            instance_id=one.instance_id,
            element_id=one.element_id,
            name=one.name,
            unit_id=one.unit_id,
            opened_at=one.created_at,
            closed_at=_closed(one),
            is_done=one.status == TaskStatus.COMPLETED,
        )
        for one in rows
    ]


def _closed(task: Any) -> datetime | None:
    """A cancelled task was last changed as it was cancelled."""
    if task.status in (TaskStatus.OPEN, TaskStatus.CLAIMED):
        return None
    closed: datetime = task.completed_at or task.changed_at
    return closed
