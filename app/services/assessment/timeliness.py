"""Which user tasks a unit had in a year, by which day each is judged, and when it was done.

Those of its contact and head that are not optional. A task that was cancelled counts for nobody; one that is open
counts once its day is over. The day is that of extension_request's `assessed_due`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable, and_, func, or_, select

from app import clock
from app.models.process import ProcessInstance
from app.models.supervision_order import ExtensionRequest, OrderColour, SupervisionOrder
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.order_points import assessed_due_days
from app.services.assessment.year import Item, Year, in_batches, place, sequence_numbers
from app.terms import TaskStatus

WAITING = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)


@dataclass(frozen=True)
class Judged:
    """A task with the day it is judged by and the day on which it was done."""

    row: Any
    due_on: date
    done_on: date | None
    late_days: int
    after_order: bool


def timely_items(year: Year) -> dict[str, list[Item]]:
    """By unit, in the order of the days."""
    rows = year.session.execute(_wanted(year)).all()
    moved = _moved_days(year, [row.id for row in rows])
    orders = _first_orders(year)
    judged = [one for row in rows if (one := _judge(year, row, moved, orders)) is not None]
    events = sequence_numbers(year.session, _moments(judged))
    found = year.collected()
    for one in judged:
        unit = one.row.principal.partition(":")[2]
        found[unit].append(_item(one, moved, events))
    return found


def _wanted(year: Year) -> Executable:
    principals = [f"{inbox}:{id_}" for id_ in year.ids for inbox in ("contact", "head")]
    of_year = or_(
        ProcessInstance.year == year.year,
        and_(ProcessInstance.year.is_(None), UserTask.due_on.between(year.first, year.last)),
    )
    is_over = or_(
        UserTask.status == TaskStatus.COMPLETED.value,
        and_(UserTask.status.in_(WAITING), UserTask.due_on < year.as_of, UserTask.is_held.is_(False)),
    )
    return (
        select(
            UserTask.id,
            UserTask.instance_id,
            UserTask.principal,
            UserTask.title,
            UserTask.name,
            UserTask.due_on,
            UserTask.completed_at,
            ProcessInstance.business_key,
        )
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .where(UserTask.principal.in_(principals), UserTask.is_optional.is_(False), UserTask.due_on != NO_DUE_DATE)
        .where(UserTask.duty != "assessment", of_year, is_over)
        .order_by(UserTask.due_on, UserTask.id)
    )


def _moved_days(year: Year, task_ids: list[str]) -> Mapping[str, date]:
    decided = select(ExtensionRequest.task_id).where(ExtensionRequest.state.in_(("granted", "refused"))).distinct()
    asked = set(year.session.scalars(decided)).intersection(task_ids)
    days: dict[str, date] = {}
    for some in in_batches(sorted(asked)):
        days |= assessed_due_days(year.session, some)
    return days


def _first_orders(year: Year) -> Mapping[str, date]:
    """By user task, or business key of the instance that wanted the order: the day the first colour was issued."""
    rows = year.session.execute(
        select(SupervisionOrder.task_id, SupervisionOrder.caller_key, func.min(OrderColour.issued_on).label("on"))
        .join(OrderColour, OrderColour.order_number == SupervisionOrder.number)
        .where(OrderColour.is_void.is_(False), OrderColour.issued_on >= year.first)
        .group_by(SupervisionOrder.number, SupervisionOrder.task_id, SupervisionOrder.caller_key)
    )
    first: dict[str, date] = {}
    for row in rows:
        for key in filter(None, (row.task_id, row.caller_key)):
            first[key] = min(first.get(key, row.on), row.on)
    return first


def _judge(year: Year, row: Any, moved: Mapping[str, date], orders: Mapping[str, date]) -> Judged | None:
    due_on = moved.get(row.id, row.due_on)
    done_on = None if row.completed_at is None else clock.local(row.completed_at).date()
    if done_on is None and due_on >= year.as_of:
        return None
    end = done_on or year.as_of
    late = max(year.calendar.count(due_on, year.calendar.first_on_or_after(end)), 0) if end > due_on else 0
    ordered_on = min(filter(None, (orders.get(row.id), orders.get(row.business_key))), default=None)
    after_order = late > 0 and ordered_on is not None and due_on < ordered_on <= end
    return Judged(row, due_on, done_on, late, after_order)


def _moments(judged: Iterable[Judged]) -> Iterable[tuple[str, datetime]]:
    return [(one.row.instance_id, one.row.completed_at) for one in judged if one.row.completed_at is not None]


def _item(one: Judged, moved: Mapping[str, date], events: Mapping[tuple[str, datetime], int]) -> Item:
    row = one.row
    seq = None if row.completed_at is None else events.get((row.instance_id, row.completed_at))
    return {
        "key": f"task:{row.id}",
        "title": f"{row.title}（{row.name}）",
        "due_on": one.due_on.isoformat(),
        "is_extended": row.id in moved and one.due_on == row.due_on,
        "done_on": None if one.done_on is None else one.done_on.isoformat(),
        "late_days": one.late_days,
        "after_order": one.after_order,
        "at": place(row.instance_id, seq, task=row.id),
    }
