"""企业诉求 on screens: the list with its filters, one demand with its way, and what became of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from app.duties.demand_response import Answered, response_rate, satisfaction
from app.duties.demand_response_states import ENDED
from app.duties.lights import light_of
from app.errors import NotFound
from app.models.demand import Demand, DemandReroute, DemandStep
from app.models.enterprise import Enterprise
from app.models.organization import Unit
from app.models.pairing import Pairing
from app.models.user_task import UserTask
from app.queries import paging
from app.queries.actor import Actor
from app.queries.paging import Descending, Page
from app.terms import Light, Role, TaskStatus
from app.workdays import Calendar

SHORT = ("consult", "urgent")  # kinds with a limit of five working days or less
SHORT_DAYS, LONG_DAYS = 1, 5  # before the due day from which a demand is yellow
WAITING = ("answered", "consulting")
RATED_DAYS = 365
NOT_FOUND = "没有找到这件诉求。"


@dataclass(frozen=True)
class Filters:
    """category, state, unit, locality: "" for all. light: of the demand's own limit. q: number, title or enterprise."""

    q: str = ""
    category: str = ""
    state: str = ""
    unit: str = ""
    locality: str = ""
    light: str = ""


@dataclass(frozen=True)
class Rates:
    """Of a year back: demands, share answered in time, share satisfied, and how many were not rated."""

    count: int
    response: Decimal | None
    satisfaction: Decimal | None
    unrated: int


def listed(
    session: Session,
    actor: Actor,
    wanted: Filters,
    today: date,
    calendar: Calendar,
    cursor: str | None,
    limit: int = 50,
) -> Page[Demand]:
    """The latest first."""
    rows = (
        select(Demand)
        .join(Enterprise, Enterprise.id == Demand.enterprise_id)
        .where(visible(actor), *_narrowed(wanted, today, calendar))
        .options(joinedload(Demand.enterprise).joinedload(Enterprise.locality), joinedload(Demand.unit))
    )
    return paging.page(session, rows, [Descending(Demand.id)], cursor, limit, counts=True)


def visible(actor: Actor) -> ColumnElement[bool]:
    """A condition on Demand joined with Enterprise. An enterprise sees its own, a specialist those of her enterprises.

    A unit sees what it answers or was asked, a locality those of its enterprises; of a private one only who answers.
    """
    if actor.reads_all:
        return Demand.id.is_not(None)
    if actor.enterprise_id is not None:
        return Demand.enterprise_id == actor.enterprise_id
    conditions = [Demand.unit_id.in_(actor.unit_ids), _was_asked(actor)]
    conditions.append(and_(Enterprise.locality_id.in_(actor.unit_ids), Demand.is_private.is_(False)))
    if actor.has(Role.SPECIALIST):
        serves = (Pairing.person_id == actor.person_id, Pairing.to_on.is_(None))
        conditions.append(Demand.enterprise_id.in_(select(Pairing.enterprise_id).where(*serves)))
    return or_(*conditions)


def _was_asked(actor: Actor) -> ColumnElement[bool]:
    """For its part of a joint answer, or before another unit took it over."""
    hers = UserTask.unit_id.in_(actor.unit_ids)
    asked = exists().where(UserTask.instance_id == Demand.instance_id, hers, UserTask.group != "enterprise")
    return and_(asked, Demand.is_private.is_(False))


def _narrowed(wanted: Filters, today: date, calendar: Calendar) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.category:
        found.append(Demand.category == wanted.category)
    if wanted.state:
        found.append(Demand.state.not_in(ENDED) if wanted.state == "open" else Demand.state == wanted.state)
    if wanted.unit:
        found.append(Demand.unit_id == wanted.unit)
    if wanted.locality:
        found.append(Enterprise.locality_id == wanted.locality)
    if wanted.light:
        found.append(_has_light(Light(wanted.light), today, calendar))
    if wanted.q:
        text = wanted.q.casefold()
        named = (Demand.number, Demand.title, Enterprise.name, Enterprise.pinyin)
        found.append(or_(*(column.contains(text) for column in named)))
    return found


def _has_light(light: Light, today: date, calendar: Calendar) -> ColumnElement[bool]:
    """As light_of_demand says it, for the database."""
    is_open = Demand.state.not_in([*ENDED, *WAITING])
    if light is Light.BLUE:
        return Demand.state.in_(ENDED)
    if light is Light.GREY:
        return Demand.state.in_(WAITING)
    if light is Light.RED:
        return and_(is_open, Demand.due_on < today)
    near = or_(
        and_(Demand.kind.in_(SHORT), Demand.due_on <= calendar.add(today, SHORT_DAYS)),
        and_(Demand.kind.not_in(SHORT), Demand.due_on <= calendar.add(today, LONG_DAYS)),
    )
    if light is Light.YELLOW:
        return and_(is_open, Demand.due_on >= today, near)
    return and_(is_open, or_(Demand.due_on.is_(None), and_(Demand.due_on >= today, ~near)))


def light_of_demand(demand: Demand, today: date, calendar: Calendar) -> Light:
    """Of the answer's limit; grey while the firm or a consultation has the word."""
    if demand.state in ENDED:
        return Light.BLUE
    limit = SHORT_DAYS if demand.kind in SHORT else LONG_DAYS + 1
    is_waiting = demand.state in WAITING
    found = light_of(TaskStatus.OPEN, demand.due_on, limit, today, calendar, waiting=is_waiting)
    return found or Light.GREEN


def seen_demand(session: Session, actor: Actor, number: str) -> Demand:
    """Raises NotFound, also for one that is not the actor's to see."""
    rows = select(Demand).join(Enterprise, Enterprise.id == Demand.enterprise_id)
    found = session.scalars(
        rows.where(Demand.number == number, visible(actor)).options(joinedload(Demand.enterprise))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def own_demands(session: Session, enterprise_id: str, cursor: str | None) -> Page[Demand]:
    rows = select(Demand).where(Demand.enterprise_id == enterprise_id).options(joinedload(Demand.unit))
    return paging.page(session, rows, [Descending(Demand.id)], cursor, counts=True)


def steps_of(session: Session, demand: Demand) -> Sequence[tuple[DemandStep, str]]:
    """State and unit at every step, in order, the unit by its name."""
    rows = (
        select(DemandStep, Unit.short_name)
        .outerjoin(Unit, Unit.id == DemandStep.unit_id)
        .where(DemandStep.demand_id == demand.id)
        .order_by(DemandStep.id)
    )
    return [(step, name or "") for step, name in session.execute(rows)]


def reroutes_of(session: Session, demand: Demand) -> Sequence[DemandReroute]:
    return session.scalars(select(DemandReroute).where(DemandReroute.demand_id == demand.id)).all()


def rates(session: Session, actor: Actor, today: date) -> Rates:
    """Of what the actor sees, raised within a year."""
    since = today - timedelta(days=RATED_DAYS)
    rows = (
        select(Demand.due_on, Demand.answered_on, Demand.rating, Demand.state)
        .join(Enterprise, Enterprise.id == Demand.enterprise_id)
        .where(visible(actor), Demand.raised_on >= since, Demand.state != "withdrawn")
    )
    found = session.execute(rows).all()
    answered = [Answered(row.due_on, row.answered_on, row.rating) for row in found if row.due_on is not None]
    closed = [row for row in found if row.state == "closed"]
    unrated = sum(row.rating is None for row in closed)
    return Rates(len(found), response_rate(answered, today), satisfaction(row.rating for row in closed), unrated)


def joined_to(session: Session, demand: Demand) -> Sequence[Demand]:
    """Others that are answered with it."""
    return session.scalars(select(Demand).where(Demand.joined_to == demand.number).order_by(Demand.id)).all()
