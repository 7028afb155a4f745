"""填报负担: how many forms each unit was asked for in a year, and how many fields stood in them. Never writes.

Measured from the user tasks that were done, and not estimated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.organization import Unit
from app.models.user_task import UserTask
from app.queries.china_day import begin_of
from app.queries.task_lights import CLOSED
from app.terms import TaskStatus


@dataclass(frozen=True)
class Burden:
    """One unit's year. tasks: forms it completed; fields: what these asked for; before: tasks of the year before."""

    unit_id: str
    name: str
    tasks: int
    fields: int
    before: int

    @property
    def fields_per_task(self) -> float | None:
        return self.fields / self.tasks if self.tasks else None


def burdens(session: Session, year: int, asked: Callable[[str, str], int]) -> list[Burden]:
    """All units that report, those that were asked for most at the front. Three statements.

    asked: (duty, user task) -> how many fields its form has.
    """
    now, before = _completed(session, year), _completed(session, year - 1)
    units = session.execute(
        select(Unit.id, Unit.short_name).where(Unit.kind != "body", Unit.ended_on.is_(None)).order_by(Unit.position)
    )
    found = [
        Burden(
            unit_id=id_,
            name=name,
            tasks=sum(now[id_].values()),
            fields=sum(asked(*what) * count for what, count in now[id_].items()),
            before=sum(before[id_].values()),
        )
        for id_, name in units
    ]
    return sorted(found, key=lambda row: (-row.fields, -row.tasks))


def _completed(session: Session, year: int) -> Mapping[str, Mapping[tuple[str, str], int]]:
    """Unit -> (duty, user task) -> how many it completed in the year."""
    in_year = (
        UserTask.status == TaskStatus.COMPLETED,
        UserTask.completed_at >= begin_of(date(year, 1, 1)),
        UserTask.completed_at < begin_of(date(year + 1, 1, 1)),
    )
    what = (UserTask.unit_id, UserTask.duty, UserTask.element_id)
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for unit, duty, element, count in session.execute(
        select(*what, func.count()).where(CLOSED, *in_year).group_by(*what)
    ):
        found[unit][duty, element] += count
    return found
