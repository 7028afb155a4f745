"""What adds or takes points beside the parts: orders that lapsed, meetings missed, cases that were published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select

from app.duties.quantity import digits
from app.duties.typical_case_score import MOST_BONUS
from app.models.consultation import Consultation, MeetingAttendance
from app.models.process import ProcessInstance
from app.models.supervision_order import SupervisionOrder
from app.models.typical_case import QualityBonus
from app.queries.order_points import order_points
from app.services.assessment.year import Item, Year, place


def event_items(year: Year) -> dict[str, list[Item]]:
    """Colours that were met in time cost nothing and are not listed."""
    found, instances = year.collected(), _instances(year)
    for point in order_points(year.session, year.first, year.last):
        if point.value and point.unit_id in found:
            found[point.unit_id].append(
                {
                    "key": f"order:{point.order}:{point.level}",
                    "kind": point.level,
                    "title": f"{point.document_no}号督办单".replace("号号", "号"),
                    "cause": point.reason,
                    "on": point.on.isoformat(),
                    "at": place(instances.get(point.order), order=point.order),
                }
            )
    for unit_id, item in _bonuses(year):
        if unit_id in found:
            found[unit_id].append(item)
    for attendance, subject, instance_id in _absences(year):
        if attendance.unit_id in found:
            found[attendance.unit_id].append(
                {
                    "key": f"absent:{attendance.id}",
                    "kind": "absent",
                    "title": f"会商会议：{subject}",
                    "on": attendance.met_on.isoformat(),
                    "at": place(instance_id),
                }
            )
    return found


def _bonuses(year: Year) -> Iterator[tuple[str, Item]]:
    """Published cases, until a unit has the most that they give; one that was taken down gives nothing."""
    wanted = select(QualityBonus).where(QualityBonus.year == year.year, QualityBonus.removed_on.is_(None))
    given: dict[str, Decimal] = defaultdict(Decimal)
    for row in year.session.scalars(wanted.order_by(QualityBonus.given_on, QualityBonus.source_key)):
        points = min(row.points, MOST_BONUS - given[row.unit_id])
        given[row.unit_id] += points
        if points > 0:
            item = {"key": f"bonus:{row.source_key}", "kind": "bonus", "title": row.reason, "points": digits(points)}
            yield (
                row.unit_id,
                {**item, "on": row.given_on.isoformat(), "cause": "典型案例加分", "at": place(row.instance_id)},
            )


def _instances(year: Year) -> dict[str, str | None]:
    since = SupervisionOrder.year >= year.year - 1
    rows = year.session.execute(select(SupervisionOrder.number, SupervisionOrder.instance_id).where(since))
    return {row.number: row.instance_id for row in rows}


def _absences(year: Year) -> list[tuple[MeetingAttendance, str, str | None]]:
    rows = year.session.execute(
        select(MeetingAttendance, Consultation.subject, ProcessInstance.id)
        .join(Consultation, Consultation.key == MeetingAttendance.consultation_key)
        .outerjoin(
            ProcessInstance,
            (ProcessInstance.business_key == Consultation.key) & (ProcessInstance.definition_key == "consultation"),
        )
        .where(MeetingAttendance.state == "absent", MeetingAttendance.met_on.between(year.first, year.last))
        .order_by(MeetingAttendance.met_on, MeetingAttendance.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]
