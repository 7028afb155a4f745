"""一企一档: what the file page of one enterprise shows beside the enterprise itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.demand import Demand
from app.models.enterprise import EnterpriseName, EnterpriseYear, FileAccess, Title
from app.models.organization import Unit
from app.models.pairing import Pairing, Visit
from app.models.person import Person
from app.models.policy import PolicyPackage
from app.models.process import ProcessInstance
from app.queries.actor import Actor
from app.queries.paging import Descending, Page, page
from app.queries.sight import visible_instances
from app.terms import InstanceStatus, Role

SHOWN_YEARS = 4
MOST = 6
APART = ("demand_response", "policy_push_enterprise")  # they have sections of their own


@dataclass(frozen=True)
class Access:
    """One look at the file."""

    person: str
    unit: str
    screen: str
    at: datetime


@dataclass(frozen=True)
class Matter:
    """A process about the enterprise. is_open_to: the reader may open its history."""

    instance_id: str
    title: str
    status: InstanceStatus
    started_at: datetime
    is_open_to: bool


@dataclass(frozen=True)
class Specialist:
    name: str
    unit: str
    since: date
    kind: str


def years(session: Session, enterprise_id: str) -> Sequence[EnterpriseYear]:
    """The last closed years with figures, the earliest first."""
    rows = select(EnterpriseYear).where(EnterpriseYear.enterprise_id == enterprise_id)
    found = session.scalars(rows.order_by(EnterpriseYear.year.desc()).limit(SHOWN_YEARS)).all()
    return list(reversed(found))


def titles(session: Session, enterprise_id: str) -> Sequence[Title]:
    """All it has ever had, the latest first."""
    rows = select(Title).where(Title.enterprise_id == enterprise_id)
    return session.scalars(rows.order_by(Title.announced_on.desc(), Title.id.desc())).all()


def old_names(session: Session, enterprise_id: str) -> Sequence[EnterpriseName]:
    rows = select(EnterpriseName).where(EnterpriseName.enterprise_id == enterprise_id)
    return session.scalars(rows.order_by(EnterpriseName.until_on.desc())).all()


def matters(session: Session, actor: Actor, enterprise_id: str) -> Sequence[Matter]:
    """The latest first; those that a section of its own shows are left out."""
    rows = (
        select(
            ProcessInstance.id,
            ProcessInstance.title,
            ProcessInstance.status,
            ProcessInstance.started_at,
            visible_instances(actor).label("is_open_to"),
        )
        .where(ProcessInstance.enterprise_id == enterprise_id, ProcessInstance.duty.not_in(APART))
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id)
        .limit(MOST)
    )
    return [
        Matter(row.id, row.title, InstanceStatus(row.status), row.started_at, row.is_open_to)
        for row in session.execute(rows)
    ]


def demands(session: Session, actor: Actor, enterprise_id: str) -> Sequence[Demand]:
    """The latest first. A private one is for the specialist, the enterprise, and who answers."""
    rows = select(Demand).where(Demand.enterprise_id == enterprise_id)
    if not actor.has(Role.SPECIALIST) and actor.enterprise_id is None:
        rows = rows.where(or_(Demand.is_private.is_(False), Demand.unit_id.in_(actor.unit_ids)))
    return session.scalars(rows.order_by(Demand.raised_on.desc(), Demand.id.desc()).limit(MOST)).all()


def visits(session: Session, enterprise_id: str) -> Sequence[tuple[Visit, str]]:
    """With the specialist's name, the latest first."""
    rows = (
        select(Visit, Person.name)
        .join(Person, Person.id == Visit.person_id)
        .where(Visit.enterprise_id == enterprise_id)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(MOST)
    )
    return [(visit, name) for visit, name in session.execute(rows)]


def packages(session: Session, enterprise_id: str) -> Sequence[PolicyPackage]:
    """Those that were sent, the latest first."""
    where = (PolicyPackage.enterprise_id == enterprise_id, PolicyPackage.sent_at.is_not(None))
    return session.scalars(select(PolicyPackage).where(*where).order_by(PolicyPackage.id.desc()).limit(MOST)).all()


def specialists(session: Session, enterprise_id: str) -> Sequence[Specialist]:
    rows = (
        select(Person.name, Unit.short_name, Pairing.from_on, Pairing.kind)
        .join(Person, Person.id == Pairing.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Pairing.enterprise_id == enterprise_id, Pairing.to_on.is_(None))
        .order_by(Pairing.from_on)
    )
    return [Specialist(*row) for row in session.execute(rows)]


def last_accesses(session: Session, enterprise_id: str, most: int) -> Sequence[Access]:
    """The latest looks at one file."""
    ids = select(FileAccess.id).where(FileAccess.enterprise_id == enterprise_id)
    return _named(session, session.scalars(ids.order_by(FileAccess.at.desc(), FileAccess.id.desc()).limit(most)).all())


def accesses(session: Session, enterprise_id: str | None = None, cursor: str | None = None) -> Page[Access]:
    """查阅记录, the latest first; of the whole library without an enterprise."""
    rows = select(FileAccess.id)
    if enterprise_id is not None:
        rows = rows.where(FileAccess.enterprise_id == enterprise_id)
    found = page(session, rows, [Descending(FileAccess.at), Descending(FileAccess.id)], cursor, counts=True)
    return Page(_named(session, found.items), found.next_cursor, found.left)


def _named(session: Session, ids: Sequence[int]) -> Sequence[Access]:
    rows = (
        select(FileAccess.id, Person.name, Unit.short_name, FileAccess.screen, FileAccess.at)
        .join(Person, Person.id == FileAccess.person_id)
        .join(Unit, Unit.id == FileAccess.unit_id)
        .where(FileAccess.id.in_(ids))
    )
    by_id = {row.id: Access(row.name, row.short_name, row.screen, row.at) for row in session.execute(rows)}
    return [by_id[id_] for id_ in ids]
