"""督办台账: units against duties, what is late, near, in time, with others or done; and the figures above it.

What is counted stands in `board_counts`; the same units against weeks in `board_weeks`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, select, union_all
from sqlalchemy.orm import Session

from app.duties.registry import DUTIES
from app.models.organization import OFFICE, Unit
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.board_counts import nearness, open_groups, waiting_or_done
from app.queries.board_filters import Filters
from app.queries.china_day import begin_of, china_day
from app.queries.task_lights import OPEN
from app.terms import Light, Role
from app.workdays import Calendar

LIGHTS = {Light.RED: "overdue", Light.YELLOW: "yellow", Light.GREEN: "green"}


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

    @property
    def pile(self) -> int:
        """0 to 5 by how many open user tasks are late; 1 where none is late but some are near."""
        if not self.overdue:
            return 1 if self.yellow else 0
        return 2 + (self.overdue >= 2) + (self.overdue >= 4) + (self.overdue >= 8)


NOTHING = Cell()
EVERYTHING = Filters()
Cells = dict[str, dict[str, Cell]]  # unit -> column -> cell


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
    """duties: key and name of each column, which is a duty or a week. with_office: what lies with the office itself."""

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


def board(session: Session, today: date, calendar: Calendar, filters: Filters = EVERYTHING) -> Board:
    """By default all that is open, whatever year it is about, and what this year has done."""
    cells: Cells = defaultdict(dict)
    for row, light in open_groups(session, today, calendar, filters):
        number = {LIGHTS[light]: row.number, **nearness(row, today, calendar)}
        add(cells, row.unit_id, row.duty, Cell(**number))
    for unit_id, duty, waiting, done in waiting_or_done(session, today, filters):
        add(cells, unit_id, duty, Cell(waiting=waiting, done=done))
    duties = _columns(session, {duty for row in cells.values() for duty in row})
    return assembled(session, cells, duties, leaves_out=filters.narrows_rows)


def add(cells: Cells, unit_id: str, column: str, cell: Cell) -> None:
    cells[unit_id][column] = cells[unit_id].get(column, NOTHING) + cell


def assembled(session: Session, cells: Cells, columns: Sequence[tuple[str, str]], *, leaves_out: bool) -> Board:
    """The units with their cells in the order of the columns. leaves_out: units that have nothing to show."""
    units = session.scalars(select(Unit).order_by(Unit.position)).all()
    rows = [_row(unit, cells.get(unit.id, {}), columns) for unit in units]
    parts = _parts(units, {row.unit_id: row for row in rows}, leaves_out)
    totals = [sum((row.cells[place] for row in rows), NOTHING) for place in range(len(columns))]
    office = next((row.total for row in rows if row.unit_id == OFFICE), NOTHING)
    return Board(columns, parts, totals, sum(totals, NOTHING), office)


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


def _parts(units: Sequence[Unit], rows: Mapping[str, Row], leaves_out: bool) -> list[Part]:
    """A unit that has ended stands here only while something of it is open."""
    members = {
        "departments": [unit for unit in units if unit.kind == "department"],
        "localities": [unit for unit in units if unit.is_locality],
        "bodies": [unit for unit in units if unit.kind == "body"],
    }
    parts = []
    for key, found in members.items():
        shown = [rows[unit.id] for unit in found if _is_shown(unit, rows[unit.id], leaves_out)]
        parts.append(Part(key, sorted(shown, key=lambda row: -row.total.overdue)))
    return parts


def _is_shown(unit: Unit, row: Row, leaves_out: bool) -> bool:
    if leaves_out:
        return row.total.light is not None
    return unit.reports or row.total.open > 0
