"""What orders and requests for more time count in the assessment: points by colour reached, each with its cause."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.extension_request import assessed_due
from app.duties.supervision_order import Colour, points
from app.models.supervision_order import ExtensionRequest, OrderColour


@dataclass(frozen=True)
class OrderPoint:
    """A colour that came to its end. order: its number, by which the cause is opened; value: 0 in time, else below."""

    unit_id: str
    order: str
    document_no: str
    level: str
    on: date
    value: int
    reason: str


def order_points(session: Session, since: date, until: date) -> list[OrderPoint]:
    """Of the colours issued in these days, both included; an annulled order counts nothing."""
    rows = session.scalars(
        select(OrderColour)
        .where(OrderColour.issued_on.between(since, until), ~OrderColour.is_void)
        .order_by(OrderColour.issued_on, OrderColour.id)
    )
    found = []
    for row in rows:
        colour = Colour(
            row.level, row.issued_on, row.limit_on, row.lapsed_on is not None, row.is_urgent, row.reported_on
        )
        for point in points([colour]):
            on = row.lapsed_on or row.reported_on or row.issued_on
            found.append(
                OrderPoint(row.unit_id, row.order_number, row.document_no, row.level, on, point.value, point.reason)
            )
    return found


def assessed_due_days(session: Session, task_ids: list[str]) -> dict[str, date]:
    """The day by which each of these tasks is judged, where an extension was decided; the others keep their own."""
    decided = select(ExtensionRequest).where(
        ExtensionRequest.task_id.in_(task_ids), ExtensionRequest.state.in_(("granted", "refused"))
    )
    requests: dict[str, list[ExtensionRequest]] = defaultdict(list)
    for row in session.scalars(decided.order_by(ExtensionRequest.position)):
        requests[row.task_id].append(row)
    return {task_id: _judged(rows) for task_id, rows in requests.items()}


def _judged(rows: list[ExtensionRequest]) -> date:
    day = rows[0].old_due_on
    for row in rows:
        day = assessed_due(day, row.granted_on, is_in_time=bool(row.is_in_time), is_granted=row.state == "granted")
    return day
