"""服务专员 on screens: whether every little giant has one, who serves how many, the pairings, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.duties.specialist_pairing import Coverage, coverage, is_order_due, satisfaction
from app.errors import NotFound
from app.models.enterprise import Enterprise, Title
from app.models.organization import Unit
from app.models.pairing import Pairing, PairingRefusal, Specialist, Visit
from app.models.person import Person, PersonRole
from app.models.process import ProcessInstance
from app.queries import paging
from app.queries.actor import Actor
from app.queries.paging import Descending, Page
from app.terms import EnterpriseState, InstanceStatus, Role, TitleLevel, TitleStatus
from app.workdays import Calendar

SERVICE = "service"
DEFAULT_LIMIT = 5
MISSING_SHOWN = 10
NOT_FOUND = "没有找到这项结对。"


@dataclass(frozen=True)
class Uncovered:
    """A little giant without a specialist. is_order_due: so long that a blue order is proposed."""

    code: str
    name: str
    locality: str
    granted_on: date
    is_preparing: bool
    is_order_due: bool


@dataclass(frozen=True)
class Covered:
    """The invariant 每家小巨人均有服务专员, with its exceptions."""

    figures: Coverage
    exceptions: Sequence[Uncovered]


@dataclass(frozen=True)
class Load:
    """One specialist: how many firms she serves, of how many she may; her satisfaction, None below three ratings."""

    person_id: int
    name: str
    unit: str
    kinds: Sequence[str]
    load: int
    limit: int
    satisfaction: int | None
    leave_until: date | None

    @property
    def is_full(self) -> bool:
        return self.load >= self.limit


@dataclass(frozen=True)
class Filters:
    """locality, kind: "" for all. state: lasting | ended | "". q: name or code of the firm, name of the person."""

    q: str = ""
    locality: str = ""
    kind: str = ""
    state: str = "lasting"


@dataclass(frozen=True)
class Making:
    """A pairing that is being made, so that nobody thinks it forgotten."""

    instance_id: str
    title: str
    stage: str


def covered(session: Session, today: date, calendar: Calendar, localities: Sequence[str] = ()) -> Covered:
    """Reckoned from rows, so that the figure is the count. localities: none for the whole city."""
    giants = _giants(session, localities)
    granted = {row.id: row.granted_on for row in giants}
    paired = set(session.scalars(select(Pairing.enterprise_id).where(Pairing.kind == SERVICE, Pairing.to_on.is_(None))))
    figures = coverage(granted, paired, today, calendar)
    wanted = {*figures.preparing, *figures.missing}
    exceptions = [
        Uncovered(
            row.id,
            row.name,
            row.short_name,
            row.granted_on,
            is_preparing=row.id in figures.preparing,
            is_order_due=is_order_due(row.granted_on, today, calendar),
        )
        for row in giants
        if row.id in wanted
    ]
    return Covered(figures, sorted(exceptions, key=lambda row: (row.is_preparing, row.granted_on, row.code)))


def _giants(session: Session, localities: Sequence[str]) -> Sequence[Any]:
    """Each firm with the first day of the little-giant titles that it holds."""
    held = (Title.level == TitleLevel.LITTLE_GIANT.value, Title.status == TitleStatus.VALID.value)
    query = (
        select(Enterprise.id, Enterprise.name, Unit.short_name, func.min(Title.announced_on).label("granted_on"))
        .join(Title, Title.enterprise_id == Enterprise.id)
        .join(Unit, Unit.id == Enterprise.locality_id)
        .where(*held, Enterprise.state == EnterpriseState.ACTIVE.value)
        .group_by(Enterprise.id, Enterprise.name, Unit.short_name)
    )
    return session.execute(query.where(Enterprise.locality_id.in_(localities)) if localities else query).all()


def loads(session: Session, unit_ids: Sequence[str] = ()) -> list[Load]:
    """Every active specialist, the fullest first. unit_ids: of these units alone."""
    counts = (
        select(Pairing.person_id, func.count().label("load"))
        .where(Pairing.to_on.is_(None))
        .group_by(Pairing.person_id)
        .subquery()
    )
    rows = (
        select(Person, Unit.short_name, Specialist, counts.c.load)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Specialist, Specialist.person_id == Person.id)
        .outerjoin(counts, counts.c.person_id == Person.id)
        .where(PersonRole.role == Role.SPECIALIST.value, Person.is_active)
        .order_by(func.coalesce(counts.c.load, 0).desc(), Person.pinyin, Person.id)
    )
    found = session.execute(rows.where(Person.unit_id.in_(unit_ids)) if unit_ids else rows).all()
    scores = _scores(session)
    return [_load(person, unit, profile, load or 0, scores.get(person.id, [])) for person, unit, profile, load in found]


def _load(person: Person, unit: str, profile: Specialist | None, load: int, scores: Sequence[int]) -> Load:
    return Load(
        person.id,
        person.name,
        unit,
        profile.kinds if profile else [SERVICE],
        load,
        profile.load_limit if profile else DEFAULT_LIMIT,
        satisfaction(scores),
        profile.leave_until if profile else None,
    )


def _scores(session: Session) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for person_id, score in session.execute(select(Visit.person_id, Visit.score).where(Visit.score.is_not(None))):
        found.setdefault(person_id, []).append(score or 0)
    return found


def listed(session: Session, actor: Actor, wanted: Filters, cursor: str | None) -> Page[Pairing]:
    """The latest first. A locality sees those of its enterprises, a department those of its people."""
    rows = (
        select(Pairing)
        .join(Enterprise, Enterprise.id == Pairing.enterprise_id)
        .join(Person, Person.id == Pairing.person_id)
        .options(joinedload(Pairing.enterprise).joinedload(Enterprise.locality), joinedload(Pairing.person))
    )
    rows = _narrowed(_visible(rows, actor), wanted)
    return paging.page(session, rows, [Descending(Pairing.from_on), Descending(Pairing.id)], cursor, counts=True)


def _visible(rows: Select[Any], actor: Actor) -> Select[Any]:
    if actor.reads_all:
        return rows
    is_hers = Pairing.person_id == actor.person_id
    return rows.where(or_(Enterprise.locality_id.in_(actor.unit_ids), Pairing.unit_id.in_(actor.unit_ids), is_hers))


def _narrowed(rows: Select[Any], wanted: Filters) -> Select[Any]:
    if wanted.locality:
        rows = rows.where(Enterprise.locality_id == wanted.locality)
    if wanted.kind:
        rows = rows.where(Pairing.kind == wanted.kind)
    if wanted.state == "lasting":
        rows = rows.where(Pairing.to_on.is_(None))
    elif wanted.state == "ended":
        rows = rows.where(Pairing.to_on.is_not(None))
    if wanted.q:
        text = wanted.q.casefold()
        named = (Enterprise.name, Enterprise.pinyin, Person.name, Person.pinyin)
        rows = rows.where(or_(Enterprise.id == wanted.q.upper(), *(column.contains(text) for column in named)))
    return rows


def seen_pairing(session: Session, actor: Actor, pairing_id: int) -> Pairing:
    """Raises NotFound, also for one that is not the actor's to see. An enterprise sees its own."""
    rows = (
        select(Pairing)
        .join(Enterprise, Enterprise.id == Pairing.enterprise_id)
        .where(Pairing.id == pairing_id)
        .options(joinedload(Pairing.enterprise), joinedload(Pairing.person))
    )
    own = rows.where(Pairing.enterprise_id == actor.enterprise_id)
    found = session.scalars(own if actor.enterprise_id else _visible(rows, actor)).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def visits_of(session: Session, pairing: Pairing) -> Sequence[Visit]:
    """The latest first."""
    wanted = select(Visit).where(Visit.pairing_id == pairing.id)
    return session.scalars(wanted.order_by(Visit.visited_on.desc(), Visit.id.desc())).all()


def refusals_of(session: Session, pairing: Pairing) -> Sequence[tuple[PairingRefusal, str]]:
    """Who was not to be had before, with the name."""
    rows = (
        select(PairingRefusal, Person.name)
        .join(Person, Person.id == PairingRefusal.person_id)
        .where(PairingRefusal.instance_id == pairing.instance_id)
        .order_by(PairingRefusal.id)
    )
    return [(row, name) for row, name in session.execute(rows)]


def being_made(session: Session, actor: Actor) -> Sequence[Making]:
    """Instances under way, the oldest first."""
    rows = select(ProcessInstance).where(
        ProcessInstance.definition_key == "specialist_pairing",
        ProcessInstance.status == InstanceStatus.ACTIVE.value,
    )
    if not actor.reads_all:
        rows = rows.where(ProcessInstance.unit_id.in_(actor.unit_ids))
    found = session.scalars(rows.order_by(ProcessInstance.started_at).limit(50))
    return [Making(row.id, row.title, row.stage) for row in found]
