"""When each open task will be done: planned once, when it is first seen, and looked up by day from then on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app import clock
from app.demo.course import NEVER, Course, Matter, Turn
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.services.house import House

Planned = tuple[Matter, Turn]
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
WANTED = (
    select(
        UserTask.id, UserTask.element_id, UserTask.principal, UserTask.unit_id, UserTask.created_at, UserTask.due_on,
        UserTask.instance_id, ProcessInstance.definition_key, ProcessInstance.business_key, ProcessInstance.year,
        ProcessInstance.unit_id.label("subject_unit_id"), ProcessInstance.enterprise_id,
    )
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .order_by(UserTask.created_at, UserTask.id)
)  # fmt: skip


@dataclass
class Diary:
    """Each look reads only what was opened since the last one. Whatever is done or left is forgotten."""

    house: House
    course: Course
    _days: dict[date, list[Planned]] = field(default_factory=lambda: defaultdict(list))
    _times: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seen_until: datetime = BEGINNING
    _seen: set[str] = field(default_factory=set)

    def recall(self) -> None:
        """What was done before this run counts as times too."""
        done = select(UserTask.instance_id, UserTask.element_id, func.count()).where(~IS_OPEN)
        with self.house.database.reading() as session:
            for instance_id, element_id, times in session.execute(
                done.group_by(UserTask.instance_id, UserTask.element_id)
            ):
                self._times[instance_id, element_id] = times

    def due(self, day: date) -> list[Planned]:
        """Take out what is to be done by that day, in the order in which it was opened."""
        with self.house.database.reading() as session:
            self._note(self._new(session), day)
        return sorted(
            (planned for past in [known for known in self._days if known <= day] for planned in self._days.pop(past)),
            key=lambda planned: (planned[0].opened_at, planned[0].id),
        )

    def _new(self, session: Session) -> list[Any]:
        found = session.execute(WANTED.where(IS_OPEN, UserTask.created_at >= self._seen_until)).all()
        new = [row for row in found if row.id not in self._seen]
        if found:
            self._seen_until = found[-1].created_at
            self._seen = {row.id for row in found if row.created_at == self._seen_until}
        return new

    def _note(self, rows: Iterable[Any], day: date) -> None:
        for row in rows:
            matter = self._matter(row)
            random = Random(f"{self.course.seed}:{row.business_key}:{row.element_id}:{matter.times}")
            turn = self.course.turn(matter, random)
            delay = random.randint(0, min(matter.days, 6)) if turn.delay is None else turn.delay
            if delay < NEVER:
                self._days[max(day, self.house.calendar.add(matter.opened_on, delay))].append((matter, turn))

    def _matter(self, row: Row[Any]) -> Matter:
        times = self._times[row.instance_id, row.element_id]
        self._times[row.instance_id, row.element_id] += 1
        opened_on = clock.local(row.created_at).date()
        return Matter(
            id=row.id,
            process=row.definition_key,
            element_id=row.element_id,
            instance_id=row.instance_id,
            business_key=row.business_key,
            year=row.year or 0,
            subject=_subject(row),
            unit_id=row.unit_id,
            enterprise_id=row.enterprise_id,
            principal=row.principal,
            opened_at=row.created_at,
            days=max(self.house.calendar.count(opened_on, row.due_on) - 1, 0),
            times=times,
        )


def _subject(row: Row[Any]) -> str:
    """An indicator by its number, else the unit."""
    if row.definition_key == "annual_target_indicator":
        return f"indicator:{int(row.business_key.split(':')[2])}"
    return row.subject_unit_id or ""
