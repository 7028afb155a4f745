"""驾驶舱 beside the indicators: what waits for the leading group, and how localities keep their limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.models.organization import GROUP, Unit
from app.models.person import PersonRole
from app.models.user_task import NO_DUE_DATE, InboxEntry, UserTask
from app.queries.china_day import begin_of, china_day
from app.queries.task_lights import CLOSED, OPEN, is_overdue
from app.queries.task_lines import light_today
from app.terms import Light, Role, TaskStatus
from app.workdays import Calendar

SHOWN = 20  # decisions
IS_STANDING_LOCALITY = and_(Unit.kind.in_(("county", "functional_zone")), Unit.ended_on.is_(None))


@dataclass(frozen=True)
class Decision:
    task_id: str
    title: str
    step: str
    light: Light | None
    due_on: date | None
    days: int | None


@dataclass(frozen=True)
class Locality:
    """How a locality did this year. limited: user tasks with a limit that it completed; on_time: those that kept it."""

    unit_id: str
    name: str
    limited: int
    on_time: int
    overdue: int

    @property
    def timely_percent(self) -> float | None:
        return None if not self.limited else 100 * self.on_time / self.limited


def decisions(session: Session, today: date, calendar: Calendar) -> list[Decision]:
    """What lies with the leading group, the first due at the front."""
    tasks = session.scalars(select(UserTask).where(UserTask.id.in_(_with_group(session)))).all()
    in_order = sorted(tasks, key=lambda task: (task.due_on, task.id))
    return [_decision(task, today, calendar) for task in in_order[:SHOWN]]


def _with_group(session: Session) -> list[str]:
    """The first in its inbox, and what one of its members has claimed.

    Asked by themselves: most have no limit, and a database that looks for them in the order of the due days reads all
    that has one before.
    """
    waiting = select(InboxEntry.task_id).where(InboxEntry.principal == Role.LEADER.value)
    first = waiting.order_by(InboxEntry.due_on, InboxEntry.task_id).limit(SHOWN)
    leaders = select(PersonRole.person_id).where(PersonRole.role == Role.LEADER.value)
    claimed = select(UserTask.id).where(OPEN, UserTask.assignee_id.in_(leaders), UserTask.unit_id == GROUP)
    return [*session.scalars(first), *session.scalars(claimed)]


def localities(session: Session, year: int, today: date) -> list[Locality]:
    """The nine, those that keep their limits best at the front; what is overdue is so today."""
    completed = and_(
        UserTask.status == TaskStatus.COMPLETED,
        UserTask.completed_at >= begin_of(date(year, 1, 1)),
        UserTask.completed_at < begin_of(date(year + 1, 1, 1)),
        UserTask.due_on != NO_DUE_DATE,
    )
    on_time = case((china_day(UserTask.completed_at) <= UserTask.due_on, 1), else_=0)
    nine = select(Unit.id).where(IS_STANDING_LOCALITY)
    done = (
        select(UserTask.unit_id, func.count().label("limited"), func.sum(on_time).label("on_time"))
        .where(CLOSED, completed, UserTask.unit_id.in_(nine))
        .group_by(UserTask.unit_id)
        .subquery()
    )
    late = (
        select(UserTask.unit_id, func.count().label("overdue"))
        .where(OPEN, is_overdue(today), UserTask.unit_id.in_(nine))
        .group_by(UserTask.unit_id)
        .subquery()
    )
    rows = session.execute(
        select(Unit.id, Unit.short_name, done.c.limited, done.c.on_time, late.c.overdue)
        .outerjoin(done, done.c.unit_id == Unit.id)
        .outerjoin(late, late.c.unit_id == Unit.id)
        .where(IS_STANDING_LOCALITY)
        .order_by(Unit.position)
    )
    found = [
        Locality(id_, name, limited or 0, int(on_time or 0), late or 0) for id_, name, limited, on_time, late in rows
    ]
    return sorted(found, key=lambda row: (-(row.timely_percent or 0), row.overdue))


def _decision(task: UserTask, today: date, calendar: Calendar) -> Decision:
    has_limit = task.due_on != NO_DUE_DATE
    return Decision(
        task_id=task.id,
        title=task.title,
        step=task.name,
        light=light_today(task, today),
        due_on=task.due_on if has_limit else None,
        days=calendar.count(today, task.due_on) if has_limit else None,
    )
