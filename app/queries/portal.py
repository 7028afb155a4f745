"""What an enterprise finds on its own home: titles, matters under way, open batches, notices, demands, packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.demand import Demand
from app.models.enterprise import Enterprise, Title
from app.models.organization import Unit
from app.models.pairing import Pairing
from app.models.person import Person
from app.models.policy import PolicyPackage
from app.models.process import ProcessInstance
from app.models.recognition import Application, RecognitionBatch
from app.models.user_task import UserTask
from app.queries.policies import SENT
from app.queries.task_lights import OPEN
from app.terms import InstanceStatus

SHOWN_PROCESSES = (
    "enterprise_recognition",
    "title_maintenance_update",
    "title_maintenance_change",
    "title_maintenance_renewal",
    "demand_response",
    "growth_selection_plan",
    "typical_case",
)
MOST = 5


@dataclass(frozen=True)
class Matter:
    """A process about the enterprise. steps: what is open in it, each with the unit that has it; no names of people."""

    instance_id: str
    title: str
    started_at: datetime
    steps: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Contact:
    """The service specialist: the one name an enterprise is given."""

    name: str
    unit: str
    phone: str
    since: date


def own_enterprise(session: Session, enterprise_id: str) -> Enterprise:
    return session.get_one(Enterprise, enterprise_id)


def titles_of(session: Session, enterprise_id: str) -> list[Title]:
    """All it has ever had, the latest first."""
    wanted = select(Title).where(Title.enterprise_id == enterprise_id)
    return list(session.scalars(wanted.order_by(Title.announced_on.desc(), Title.id.desc())))


def matters(session: Session, enterprise_id: str) -> list[Matter]:
    """What is under way, the latest first."""
    found = session.scalars(
        select(ProcessInstance)
        .where(
            ProcessInstance.enterprise_id == enterprise_id,
            ProcessInstance.status == InstanceStatus.ACTIVE,
            ProcessInstance.definition_key.in_(SHOWN_PROCESSES),
        )
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id)
        .limit(20)
    ).all()
    steps: dict[str, list[tuple[str, str]]] = {instance.id: [] for instance in found}
    rows = session.execute(
        select(UserTask.instance_id, UserTask.name, Unit.short_name)
        .join(Unit, Unit.id == UserTask.unit_id)
        .where(UserTask.instance_id.in_(steps), OPEN, UserTask.group != "enterprise")
        .order_by(UserTask.created_at)
    )
    for instance_id, name, unit in rows:
        steps[instance_id].append((name, unit))
    return [Matter(one.id, one.title, one.started_at, steps[one.id]) for one in found]


def open_batches(session: Session, today: date) -> list[RecognitionBatch]:
    """Batches that take applications today."""
    wanted = select(RecognitionBatch).where(
        RecognitionBatch.status == "open",
        RecognitionBatch.kind == "recognition",
        RecognitionBatch.window_from <= today,
        RecognitionBatch.window_to >= today,
    )
    return list(session.scalars(wanted.order_by(RecognitionBatch.window_to, RecognitionBatch.id)))


def applications_of(session: Session, enterprise_id: str) -> list[Application]:
    wanted = select(Application).where(Application.enterprise_id == enterprise_id)
    return list(session.scalars(wanted.order_by(Application.id.desc()).limit(MOST)))


def demands_of(session: Session, enterprise_id: str) -> list[Demand]:
    wanted = select(Demand).where(Demand.enterprise_id == enterprise_id)
    return list(session.scalars(wanted.order_by(Demand.id.desc()).limit(MOST)))


def packages_of(session: Session, enterprise_id: str) -> list[PolicyPackage]:
    """Those that were sent, the latest first."""
    wanted = select(PolicyPackage).where(
        PolicyPackage.enterprise_id == enterprise_id, PolicyPackage.sent_at.is_not(None), PolicyPackage.state.in_(SENT)
    )
    return list(session.scalars(wanted.order_by(PolicyPackage.id.desc()).limit(MOST)))


def specialists_of(session: Session, enterprise_id: str) -> list[Contact]:
    rows = session.execute(
        select(Person.name, Unit.short_name, Person.phone, Pairing.from_on)
        .join(Person, Person.id == Pairing.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Pairing.enterprise_id == enterprise_id, Pairing.to_on.is_(None))
        .order_by(Pairing.from_on)
    )
    return [Contact(*row) for row in rows]
