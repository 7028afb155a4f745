"""督办台账: units against duties, what is late, near, in time, with others or done; and the figures above it.

The matrix is two grouped statements: what units must do; what they wait for and what they have done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.duties.registry import DUTIES
from app.models.organization import OFFICE, Unit
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.china_day import begin_of, china_day
from app.queries.task_lights import OPEN
from app.queries.task_lines import open_light
from app.terms import InstanceStatus, Light, Role
from app.workdays import Calendar

SOON_DAYS = 5  # working days

LIGHTS = {Light.RED: "overdue", Light.YELLOW: "yellow", Light.GREEN: "green"}

Numbers = Select[*tuple[Any, ...]]
Portion = tuple[str, str, "Cell"]  # unit, duty, and what comes to theirs


@dataclass(frozen=True)
class Cell:
    """What one unit has of one duty, or of several together.

    overdue, yellow, green: its open user tasks. waiting: its instances that lie with others. done: its instances of the
    year that have ended. soon, this_week: of its open ones, due within five working days, and until Sunday.
    """

    overdue: int = 0
    yellow: int = 0
    green: int = 0
    waiting: int = 0
    done: int = 0
    soon: int = 0
    this_week: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def open(self) -> int:
        return self.overdue + self.yellow + self.green

    @property
    def light(self) -> Light | None:
        """The light to worry about most; None where there is nothing at all."""
        for light, number in (
            (Light.RED, self.overdue),
            (Light.YELLOW, self.yellow),
            (Light.GREEN, self.green),
            (Light.GREY, self.waiting),
            (Light.BLUE, self.done),
        ):
            if number:
                return light
        return None

    @property
    def number(self) -> int:
        """What stands beside the light: all that is open, else what waits, else what is done."""
        return self.open or self.waiting or self.done

    @property
    def heat(self) -> int:
        """0 to 5 by the share of open user tasks that are late; 1 where none is late but some are near."""
        if not self.overdue:
            return 1 if self.yellow else 0
        share = self.overdue / self.open
        return 2 + (share >= 0.25) + (share >= 0.40) + (share >= 0.80)


NOTHING = Cell()


@dataclass(frozen=True)
class Row:
    unit_id: str
    name: str
    cells: Sequence[Cell]
    total: Cell


@dataclass(frozen=True)
class Part:
    """Departments, localities, or (bodies) the office and the group themselves; the row with most overdue first."""

    key: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Board:
    """duties: code and name of each column. with_office: what lies with the office itself."""

    duties: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    totals: Sequence[Cell]
    total: Cell
    with_office: Cell

    @property
    def rows(self) -> Iterable[Row]:
        return (row for part in self.parts for row in part.rows)

    @property
    def units(self) -> int:
        """Those with something open, the office and the group among them."""
        return sum(1 for row in self.rows if row.total.open)

    @property
    def late_units(self) -> int:
        return sum(1 for row in self.rows if row.total.overdue)


@dataclass(frozen=True)
class MonthDone:
    """done: user tasks completed this month. limited: those of them that had a limit; on_time: that kept it."""

    done: int
    limited: int
    on_time: int

    @property
    def timely_percent(self) -> float | None:
        return None if not self.limited else 100 * self.on_time / self.limited


def board(session: Session, today: date, calendar: Calendar, year: int | None = None) -> Board:
    """year: of the instances; by default all that is open, whatever year it is about, and what this year has done."""
    cells: dict[str, dict[str, Cell]] = defaultdict(dict)
    for unit_id, duty, cell in (*_must_do(session, today, calendar, year), *_wait_or_done(session, today, year)):
        cells[unit_id][duty] = cells[unit_id].get(duty, NOTHING) + cell
    units = session.scalars(select(Unit).order_by(Unit.position)).all()
    duties = _columns(session, {duty for row in cells.values() for duty in row})
    rows = [_row(unit, cells.get(unit.id, {}), duties) for unit in units]
    parts = _parts(units, {row.unit_id: row for row in rows})
    totals = [sum((row.cells[place] for row in rows), NOTHING) for place in range(len(duties))]
    office = next((row.total for row in rows if row.unit_id == OFFICE), NOTHING)
    return Board(duties, parts, totals, sum(totals, NOTHING), office)


def month_done(session: Session, today: date) -> MonthDone:
    begin = begin_of(today.replace(day=1))
    has_limit = UserTask.due_on != NO_DUE_DATE
    on_time = and_(has_limit, china_day(UserTask.completed_at) <= UserTask.due_on)
    row = session.execute(
        select(func.count(), _sum(has_limit), _sum(on_time)).where(
            UserTask.completed_at >= begin, UserTask.status == "completed"
        )
    ).one()
    return MonthDone(row[0], int(row[1] or 0), int(row[2] or 0))


def office_since(session: Session) -> datetime | None:
    """Since when the oldest open user task lies with the office."""
    oldest = [
        select(func.min(UserTask.created_at).label("at")).where(OPEN, UserTask.principal == inbox)
        for inbox in (Role.OFFICE.value, Role.OFFICE_SIGNER.value)
    ]
    return session.scalar(select(func.min(union_all(*oldest).subquery().c.at)))


def years(session: Session) -> list[int]:
    """The years that instances are about, the latest first."""
    latest = select(func.max(ProcessInstance.year).label("year")).cte("years", recursive=True)
    before = select(func.max(ProcessInstance.year)).where(ProcessInstance.year < latest.c.year).scalar_subquery()
    found = latest.union_all(select(before).where(latest.c.year.is_not(None)))  # a jump in the index for each year
    return list(session.scalars(select(found.c.year).where(found.c.year.is_not(None))))


def _must_do(session: Session, today: date, calendar: Calendar, year: int | None) -> Iterator[Portion]:
    """Open user tasks by the unit responsible.

    The database only counts equal dates, which it does along its index; what they mean today is reckoned here.
    """
    dates = (UserTask.unit_id, UserTask.due_on, UserTask.duty, UserTask.yellow_on, UserTask.is_optional)
    statement = select(*dates, func.count().label("number")).where(OPEN)
    if year is not None:
        statement = statement.join(ProcessInstance).where(ProcessInstance.year == year)
    soon, sunday = calendar.add(today, SOON_DAYS), today + timedelta(days=6 - today.weekday())
    for row in session.execute(statement.group_by(*dates)):
        number = {LIGHTS[open_light(row, today)]: row.number}
        if today <= row.due_on:
            number |= {"soon": row.number if row.due_on <= soon else 0}
            number |= {"this_week": row.number if row.due_on <= sunday else 0}
        yield row.unit_id, row.duty, Cell(**number)


def _wait_or_done(session: Session, today: date, year: int | None) -> Iterator[Portion]:
    both = union_all(_wait(year), _have_done(year or today.year, year is not None))
    for unit_id, duty, waiting, done in session.execute(both):
        yield unit_id, duty, Cell(waiting=waiting, done=done)


def _wait(year: int | None) -> Numbers:
    """Running instances about a unit with an open user task of somebody else."""
    with_another = exists().where(
        OPEN, UserTask.instance_id == ProcessInstance.id, UserTask.unit_id != ProcessInstance.unit_id
    )
    statement = select(
        ProcessInstance.unit_id, ProcessInstance.duty, func.count().label("waiting"), literal(0).label("done")
    ).where(ProcessInstance.status == InstanceStatus.ACTIVE, with_another)
    if year is not None:
        statement = statement.where(ProcessInstance.year == year)
    return statement.group_by(ProcessInstance.unit_id, ProcessInstance.duty)


def _have_done(year: int, is_about: bool) -> Numbers:
    """Instances of units that ended well: those about the year, or those that were started in it."""
    started = and_(
        ProcessInstance.started_at >= begin_of(date(year, 1, 1)),
        ProcessInstance.started_at < begin_of(date(year + 1, 1, 1)),
    )
    return (
        select(ProcessInstance.unit_id, ProcessInstance.duty, literal(0).label("waiting"), func.count().label("done"))
        .where(ProcessInstance.year == year if is_about else started)
        .where(ProcessInstance.unit_id.is_not(None), ProcessInstance.status == InstanceStatus.COMPLETED)
        .group_by(ProcessInstance.unit_id, ProcessInstance.duty)
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _columns(session: Session, seen: set[str]) -> list[tuple[str, str]]:
    """What has something to show: the duties of the house in their order, then uploaded processes."""
    strange = sorted(seen - set(DUTIES))
    named = select(ProcessDefinition.key, ProcessDefinition.name).where(ProcessDefinition.key.in_(strange))
    names: Mapping[str, str] = {row.key: row.name for row in session.execute(named)} if strange else {}
    known = [(duty.key, duty.name) for duty in DUTIES.values() if duty.key in seen]
    return known + [(key, names.get(key, key)) for key in strange]


def _row(unit: Unit, cells: Mapping[str, Cell], duties: Sequence[tuple[str, str]]) -> Row:
    in_order = [cells.get(key, NOTHING) for key, _name in duties]
    return Row(unit.id, unit.short_name, in_order, sum(in_order, NOTHING))


def _parts(units: Sequence[Unit], rows: Mapping[str, Row]) -> list[Part]:
    """A unit that has ended stands here only while something of it is open."""
    members = {
        "departments": [unit for unit in units if unit.kind == "department"],
        "localities": [unit for unit in units if unit.is_locality],
        "bodies": [unit for unit in units if unit.kind == "body"],
    }
    parts = []
    for key, found in members.items():
        shown = [rows[unit.id] for unit in found if unit.reports or rows[unit.id].total.open]
        parts.append(Part(key, sorted(shown, key=lambda row: -row.total.overdue)))
    return parts
