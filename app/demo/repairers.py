"""Every morning the administrator tries once more what a fault has stopped; what faults again stays an incident."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.demo.staff import Staff
from app.errors import AppError
from app.models.process import Incident
from app.services import repairs
from app.services.house import House
from app.terms import IncidentKind, IncidentStatus

ADMINISTRATOR = "system_admin"


@dataclass
class Repairers:
    """mended: how many went on; tried: those that were tried and faulted again."""

    house: House
    staff: Staff
    mended: int = 0
    tried: set[int] = field(default_factory=set)

    def look(self, day: date) -> None:
        wanted = select(Incident.id).where(
            Incident.status == IncidentStatus.OPEN.value, Incident.kind == IncidentKind.FAULT.value
        )
        with self.house.database.reading() as session:
            ids = [id_ for id_ in session.scalars(wanted.order_by(Incident.id)) if id_ not in self.tried]
        for id_ in ids:
            self._retry(id_, day)

    def _retry(self, incident_id: int, day: date) -> None:
        self.tried.add(incident_id)
        administrator = self.staff.by_login[ADMINISTRATOR]
        try:
            repairs.retry(self.house, administrator, incident_id, key=f"demo:retry:{incident_id}:{day}")
        except AppError:
            return
        self.mended += 1
