"""热力 by weeks: when the open user tasks of each unit are due, from the long overdue to what is far ahead.

What has no limit stands in a column of its own, so that a row holds all that is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.models.user_task import NO_DUE_DATE
from app.queries.board import LIGHTS, Board, Cell, Cells, add, assembled
from app.queries.board_counts import nearness, open_groups
from app.queries.board_filters import Filters
from app.workdays import Calendar

BEHIND, AHEAD = 4, 6  # weeks shown before and from this week on
EARLIER, LATER, NO_LIMIT = "earlier", "later", "none"


@dataclass(frozen=True)
class Week:
    """begin: a Monday, None for all that is earlier; end: a Sunday, None for all that is later. key: of its column."""

    key: str
    begin: date | None
    end: date | None
    is_now: bool = False

    def holds(self, day: date) -> bool:
        return (self.begin is None or self.begin <= day) and (self.end is None or day <= self.end)


def weeks_around(today: date) -> Sequence[Week]:
    """All that is earlier, four weeks, this week, five weeks, all that is later; then what has no limit."""
    monday = today - timedelta(days=today.weekday())
    begins = [monday + timedelta(weeks=number) for number in range(-BEHIND, AHEAD)]
    first, last = begins[0], begins[-1] + timedelta(days=6)
    between = [Week(begin.isoformat(), begin, begin + timedelta(days=6), is_now=begin == monday) for begin in begins]
    later, without = Week(LATER, last + timedelta(days=1), None), Week(NO_LIMIT, NO_DUE_DATE, NO_DUE_DATE)
    return [Week(EARLIER, None, first - timedelta(days=1)), *between, later, without]


def weeks(session: Session, today: date, calendar: Calendar, filters: Filters) -> Board:
    """The board with weeks for columns; what waits or is done has no week."""
    cells: Cells = defaultdict(dict)
    around = weeks_around(today)
    for row, light in open_groups(session, today, calendar, filters):
        week = around[-1] if row.due_on == NO_DUE_DATE else next(week for week in around if week.holds(row.due_on))
        number = {LIGHTS[light]: row.number, **nearness(row, today, calendar)}
        add(cells, row.unit_id, week.key, Cell(**number))
    columns = [(week.key, week.key) for week in around]
    return assembled(session, cells, columns, leaves_out=filters.narrows_rows)
