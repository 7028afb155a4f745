"""流程历史: finding the processes that ran, whatever became of them, the last begun first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select, union_all
from sqlalchemy.orm import Session, defer

from app.models.organization import Unit
from app.models.person import Person
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.china_day import begin_of, end_of
from app.queries.instances import NEWEST_FIRST
from app.queries.paging import Page, page
from app.queries.sight import visible_instances, with_tasks_of

PAGE, MANY = 50, 1000  # histories of a page, and of a part of a file


@dataclass(frozen=True)
class Wanted:
    """unit_id: whom it is about, or who had a task in it. person_id: who began it or completed a task.

    from_on, until_on: days in China on one of which it ran. text: part of the title or the business key. year: to which
    it belongs.
    """

    unit_id: str = ""
    duty: str = ""
    person_id: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    status: str = ""
    text: str = ""
    definition_key: str = ""
    year: int | None = None

    def __bool__(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class Line:
    """A process in the list. unit: short name of whom it is about; events: how many its history has."""

    id: str
    title: str
    business_key: str
    duty: str
    process: str
    version: int
    unit: str
    status: str
    stage: str
    started_at: datetime
    ended_at: datetime | None
    events: int
    is_child: bool


@dataclass(frozen=True)
class Choices:
    """What there is to choose between, as (value, label, pinyin)."""

    units: Sequence[tuple[str, str, str]]
    people: Sequence[tuple[int, str, str]]


def histories(
    session: Session, actor: Actor, wanted: Wanted, cursor: str | None = None, limit: int = PAGE
) -> Page[Line]:
    """Those that the actor may see. Raises BadRequest for a cursor that is none of ours."""
    statement = select(ProcessInstance).where(visible_instances(actor), *_conditions(wanted))
    found = page(session, statement.options(defer(ProcessInstance.state)), NEWEST_FIRST, cursor, limit, counts=True)
    units, processes = _units(session, found.items), _processes(session, found.items)
    return Page([_line(row, units, processes) for row in found.items], found.next_cursor, found.left)


def ids(session: Session, actor: Actor, wanted: Wanted, cursor: str | None = None, limit: int = MANY) -> Page[str]:
    """Of the same histories, in the same order, nothing but their ids."""
    statement = select(ProcessInstance.id).where(visible_instances(actor), *_conditions(wanted))
    return page(session, statement, NEWEST_FIRST, cursor, limit)


def choices(session: Session) -> Choices:
    units = session.execute(select(Unit.id, Unit.short_name, Unit.pinyin).order_by(Unit.position))
    people = session.execute(
        select(Person.id, Person.name, Person.pinyin, Unit.short_name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.enterprise_id.is_(None))
        .order_by(Unit.position, Person.pinyin, Person.id)
    )
    return Choices(
        [(row.id, row.short_name, row.pinyin) for row in units],
        [(row.id, f"{row.name}（{row.short_name}）", row.pinyin) for row in people],
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit_id:
        about = select(ProcessInstance.id).where(ProcessInstance.unit_id == wanted.unit_id)
        found.append(ProcessInstance.id.in_(union_all(about, *with_tasks_of([wanted.unit_id]))))
    if wanted.duty:
        found.append(ProcessInstance.duty == wanted.duty)
    if wanted.person_id is not None:
        began = select(ProcessInstance.id).where(ProcessInstance.started_by == wanted.person_id)
        acted = select(UserTask.instance_id).where(UserTask.completed_by_id == wanted.person_id)
        found.append(ProcessInstance.id.in_(union_all(began, acted)))
    if wanted.from_on:
        still_ran = ProcessInstance.ended_at >= begin_of(wanted.from_on)
        found.append(or_(ProcessInstance.ended_at.is_(None), still_ran))
    if wanted.until_on:
        found.append(ProcessInstance.started_at < end_of(wanted.until_on))
    if wanted.status:
        found.append(ProcessInstance.status == wanted.status)
    if wanted.definition_key:
        found.append(ProcessInstance.definition_key == wanted.definition_key)
    if wanted.year is not None:
        found.append(ProcessInstance.year == wanted.year)
    if wanted.text:
        columns = (ProcessInstance.title, ProcessInstance.business_key)
        found.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return found


def _units(session: Session, rows: Sequence[ProcessInstance]) -> Mapping[str, str]:
    ids = {row.unit_id for row in rows if row.unit_id}
    return {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(ids)))}


def _processes(session: Session, rows: Sequence[ProcessInstance]) -> Mapping[int, tuple[str, int]]:
    """Name and version by row id."""
    columns = select(ProcessDefinition.id, ProcessDefinition.name, ProcessDefinition.version)
    ids = {row.definition_id for row in rows}
    return {row.id: (row.name, row.version) for row in session.execute(columns.where(ProcessDefinition.id.in_(ids)))}


def _line(row: ProcessInstance, units: Mapping[str, str], processes: Mapping[int, tuple[str, int]]) -> Line:
    process, version = processes[row.definition_id]
    return Line(
        id=row.id,
        title=row.title,
        business_key=row.business_key,
        duty=row.duty,
        process=process,
        version=version,
        unit=units.get(row.unit_id or "", ""),
        status=row.status,
        stage=row.stage,
        started_at=row.started_at,
        ended_at=row.ended_at,
        events=row.head_seq,
        is_child=row.parent_id is not None,
    )
