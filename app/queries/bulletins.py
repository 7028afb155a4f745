"""通报 of a period: those there are, and what the board and the orders say of it before somebody writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.bulletin import Bulletin
from app.models.organization import Unit
from app.models.supervision_order import OrderColour, SupervisionOrder
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.actor import Actor
from app.queries.china_day import begin_of, china_day
from app.queries.paging import LARGEST_INT, Descending, Page, page
from app.queries.task_lights import OPEN, is_overdue
from app.terms import Role, TaskStatus
from app.workdays import Calendar

PAGE = 30
MOST_OVERDUE = 60
NOT_FOUND = "没有找到这份通报。"
PUBLISHED = "published"
STATES: Mapping[str, str] = {"drafting": "拟稿", "signing": "待签发", PUBLISHED: "已印发", "dropped": "已作废"}


@dataclass(frozen=True)
class UnitState:
    """What a unit did in the period. done: user tasks it completed, late: those after their day; overdue: open now.

    orders: colours that it was sent.
    """

    unit: Unit
    done: int = 0
    late: int = 0
    overdue: int = 0
    orders: int = 0

    @property
    def is_faultless(self) -> bool:
        return self.done > 0 and not (self.late or self.overdue)


@dataclass(frozen=True)
class OverdueTask:
    """late_days: working days. order: number of the order that runs on it, else empty."""

    task: UserTask
    unit: Unit
    late_days: int
    order: str


def may_write(actor: Actor) -> bool:
    return actor.has(Role.OFFICE)


def listed(session: Session, actor: Actor, cursor: str | None = None, limit: int = PAGE) -> Page[Bulletin]:
    """The newest first; who neither writes nor signs sees those that were published."""
    wanted = select(Bulletin)
    if not _sees_drafts(actor):
        wanted = wanted.where(Bulletin.status == PUBLISHED)
    return page(session, wanted, [Descending(Bulletin.id)], cursor, limit, counts=True)


def bulletin(session: Session, actor: Actor, bulletin_id: int) -> Bulletin:
    """Raises NotFound for what is none, or none of the reader's yet."""
    row = session.get(Bulletin, min(bulletin_id, LARGEST_INT))
    if row is None or (row.status != PUBLISHED and not _sees_drafts(actor)):
        raise NotFound(NOT_FOUND)
    return row


def _sees_drafts(actor: Actor) -> bool:
    return actor.has(Role.OFFICE, Role.OFFICE_SIGNER)


def unit_states(session: Session, since: date, until: date, today: date) -> list[UnitState]:
    """Every unit that reports, in the order of the plan."""
    closed, overdue, orders = (
        _closed(session, since, until),
        _overdue_counts(session, today),
        _orders(session, since, until),
    )
    units = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return [
        UnitState(unit, *closed.get(unit.id, (0, 0)), overdue.get(unit.id, 0), orders.get(unit.id, 0))
        for unit in units
        if unit.reports
    ]


def _closed(session: Session, since: date, until: date) -> dict[str, tuple[int, int]]:
    is_late = and_(UserTask.due_on != NO_DUE_DATE, china_day(UserTask.completed_at) > UserTask.due_on)
    rows = session.execute(
        select(UserTask.unit_id, func.count(), func.sum(case((is_late, 1), else_=0)))
        .where(UserTask.status == TaskStatus.COMPLETED.value)
        .where(UserTask.completed_at >= begin_of(since), UserTask.completed_at < begin_of(until + timedelta(days=1)))
        .group_by(UserTask.unit_id)
    )
    return {unit: (done, late) for unit, done, late in rows}


def _overdue_counts(session: Session, today: date) -> dict[str, int]:
    rows = session.execute(
        select(UserTask.unit_id, func.count()).where(OPEN, is_overdue(today)).group_by(UserTask.unit_id)
    )
    return dict(rows.all())


def _orders(session: Session, since: date, until: date) -> dict[str, int]:
    issued = (OrderColour.issued_on.between(since, until), OrderColour.is_void.is_(False))
    rows = session.execute(select(OrderColour.unit_id, func.count()).where(*issued).group_by(OrderColour.unit_id))
    return dict(rows.all())


def overdue_tasks(session: Session, today: date, calendar: Calendar) -> list[OverdueTask]:
    """Of units that report, the latest first."""
    rows = session.execute(
        select(UserTask, Unit)
        .join(Unit, Unit.id == UserTask.unit_id)
        .where(OPEN, is_overdue(today), Unit.kind != "body")
        .order_by(UserTask.due_on, UserTask.id)
        .limit(MOST_OVERDUE)
    ).all()
    running = _running_orders(session, [task.id for task, _ in rows])
    return [
        OverdueTask(task, unit, max(calendar.count(task.due_on, today), 0), running.get(task.id, ""))
        for task, unit in rows
    ]


def _running_orders(session: Session, task_ids: Sequence[str]) -> dict[str, str]:
    rows = session.execute(
        select(SupervisionOrder.task_id, SupervisionOrder.number)
        .where(SupervisionOrder.task_id.in_(task_ids))
        .order_by(SupervisionOrder.number)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for task_id, number in rows:
        found[task_id or ""].append(number)
    return {task_id: numbers[-1] for task_id, numbers in found.items()}


def as_row(found: OverdueTask) -> dict[str, Any]:
    """As a bulletin keeps it."""
    return {
        "task": found.task.id,
        "unit": found.unit.short_name,
        "title": f"{found.task.title}（{found.task.name}）",
        "due_on": found.task.due_on.isoformat(),
        "late_days": found.late_days,
        "order": found.order,
    }
