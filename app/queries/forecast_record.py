"""What forecasts learn from: user tasks whose outcome is known, and courses of indicators in years that are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from app import clock
from app.duties.elapsed import elapsed_share
from app.duties.forecast import Finished
from app.duties.forecast_pace import Course, Ended
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.plan import Indicator
from app.models.user_task import IS_OPEN, NO_DUE_DATE, UserTask
from app.queries.china_day import begin_of
from app.terms import Nature, TaskStatus

PAGE = 2000
COLUMNS = (UserTask.duty, UserTask.unit_id, UserTask.created_at, UserTask.due_on, UserTask.completed_at)
COUNTS: ColumnElement[bool] = and_(UserTask.due_on != NO_DUE_DATE, ~UserTask.is_optional)


@dataclass(frozen=True)
class Years:
    """Of ended years: each figure's course with what the year ended with; finals by indicator and year."""

    ended: list[tuple[int, Ended]]
    finals: Mapping[tuple[int, int], float]


def finished(session: Session, since: date | None, until: date) -> Iterator[Finished]:
    """Tasks whose outcome came to be known from since on and before until: done in time, or their due day over."""
    done = select(*COLUMNS).where(
        COUNTS, UserTask.status == TaskStatus.COMPLETED.value, UserTask.completed_at < begin_of(until)
    )
    late = select(*COLUMNS).where(COUNTS, IS_OPEN, UserTask.due_on < until, ~UserTask.is_held)
    if since is not None:
        done = done.where(UserTask.completed_at >= begin_of(since))
        late = late.where(UserTask.due_on >= since)
    for wanted in (done, late):
        for task in _read(session, wanted):
            if since is None or not task.is_late or task.due_on >= since:
                yield task


def years(session: Session, before: int) -> Years:
    """Of all years before this one."""
    figures: dict[tuple[int, int], list[Any]] = defaultdict(list)
    rows = session.execute(
        select(IndicatorActual.indicator_id, IndicatorActual.year, IndicatorActual.as_of, IndicatorActual.value)
        .where(IndicatorActual.year < before, IndicatorActual.nature == Nature.ACTUAL.value)
        .order_by(IndicatorActual.as_of, IndicatorActual.id)
    )
    for row in rows:
        figures[row.indicator_id, row.year].append(row)
    targets = session.scalars(select(AnnualTarget).where(AnnualTarget.year < before).order_by(AnnualTarget.revision))
    target_of = {(row.indicator_id, row.year): row for row in targets}
    kinds = {row.id: row.kind for row in session.execute(select(Indicator.id, Indicator.kind))}
    finals = {key: float(own[-1].value) for key, own in figures.items()}
    ended = [
        (year, Ended(course, finals[id_, year]))
        for (id_, year), own in sorted(figures.items(), key=lambda item: (item[0][1], item[0][0]))
        if (id_, year) in target_of
        for course in _courses(kinds[id_], target_of[id_, year], own, finals.get((id_, year - 1)))
    ]
    return Years(ended, finals)


def _courses(kind: str, target: AnnualTarget, figures: list[Any], before: float | None) -> Iterator[Course]:
    """One a quarter, the last of each; the one of December is the end itself."""
    quarters = {(row.as_of.month - 1) // 3: row for row in figures if row.as_of.month < 12}
    for row in quarters.values():
        yield Course(
            kind,
            float(target.value),
            float(row.value),
            float(elapsed_share(row.as_of)),
            before,
            target.comparator == "gt",
        )


def _read(session: Session, wanted: Select[Any, Any, Any, Any, Any]) -> Iterator[Finished]:
    for row in session.execute(wanted, execution_options={"yield_per": PAGE}):
        yield Finished(row.duty, row.unit_id, _day(row.created_at), row.due_on, _day_or_none(row.completed_at))


def _day(at: datetime) -> date:
    return clock.local(at).date()


def _day_or_none(at: datetime | None) -> date | None:
    return None if at is None else _day(at)
