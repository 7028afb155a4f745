"""Supervision: the board of units against duties, and what is overdue."""

from __future__ import annotations

from pydantic import Field

from app import clock
from app.api.resources import Reply, reads, resource
from app.api.shapes import Listing, Query, Shape, listed
from app.api.user_tasks import UserTask, shapes_of
from app.queries import board, user_tasks
from app.queries.board_filters import Filters
from app.terms import Light
from app.views.context import current_actor, current_house

bp = resource("supervision", "Supervision")


class Year(Query):
    """year: of the instances; without one all that is open, and what this year has done."""

    year: int | None = Field(None, ge=2000, le=2100)


class Cell(Shape):
    """Open user tasks by light; waiting: instances that lie with others; done: instances that have ended well."""

    light: Light | None
    overdue: int
    yellow: int
    green: int
    waiting: int
    done: int
    soon: int
    this_week: int


class DutyCell(Cell):
    duty: str


class Row(Shape):
    unit: str
    name: str
    total: Cell
    duties: list[DutyCell]


class Board(Shape):
    total: Cell
    units: list[Row]


class OverdueTask(UserTask):
    """working_days: how many have passed since the due day."""

    working_days: int
    urged_count: int


class OverdueList(Shape):
    items: list[OverdueTask]
    next_cursor: str | None


@bp.get("/supervision/board", responses=reads(Board))
def get_supervision_board(query: Year) -> Reply:
    """What each unit has of each duty; cells with nothing at all are left out."""
    house = current_house()
    with house.database.reading() as session:
        found = board.board(session, clock.today(), house.calendar, Filters(year=query.year))
    keys = [key for key, _name in found.duties]
    rows = [
        Row(unit=row.unit_id, name=row.name, total=_cell(row.total), duties=_duty_cells(keys, row))
        for row in found.rows
    ]
    return Board(total=_cell(found.total), units=rows).as_json()


@bp.get("/supervision/overdue", responses=reads(OverdueList))
def list_overdue_user_tasks(query: Listing) -> Reply:
    """Open user tasks past their due day, the longest overdue first."""
    house, today, late = current_house(), clock.today(), user_tasks.Filters(light=Light.RED)
    with house.database.reading() as session:
        found = user_tasks.tasks_page(session, current_actor(), late, today, query.cursor, query.limit)
        shapes = [
            OverdueTask(
                **dict(shape),
                working_days=-house.calendar.count(today, row.due_on),
                urged_count=row.urged_count,
            )
            for row, shape in zip(found.items, shapes_of(session, found.items), strict=True)
        ]
    return listed(shapes, found.next_cursor)


def _cell(cell: board.Cell) -> Cell:
    return Cell.model_validate(cell)


def _duty_cells(keys: list[str], row: board.Row) -> list[DutyCell]:
    return [
        DutyCell(duty=key, **dict(_cell(cell)))
        for key, cell in zip(keys, row.cells, strict=True)
        if cell.light is not None
    ]
