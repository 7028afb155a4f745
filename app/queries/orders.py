"""督办单: the register, for those who may see it, and one order with its colours and its steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from app.duties.lights import yellow_from
from app.duties.supervision_order import LEVELS, OPEN_STATES
from app.duties.supervision_order_levels import LIMIT_DAYS
from app.errors import NotFound
from app.models.organization import Unit
from app.models.supervision_order import OrderColour, SupervisionOrder
from app.queries.actor import Actor
from app.queries.paging import Descending, Page, page
from app.terms import Light
from app.workdays import Calendar

PAGE = 50
OPEN, LATE, ENDED = "open", "late", "ended"
SPANS = (OPEN, LATE, ENDED)
RUNNING = ("issued", "working", "lapsed", "verifying")


@dataclass(frozen=True)
class Filters:
    """span: open | late | ended; empty for all."""

    span: str = ""
    level: str = ""
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Filters()


@dataclass(frozen=True)
class OrderLine:
    order: SupervisionOrder
    unit: str
    document_no: str
    light: Light


@dataclass(frozen=True)
class OrderPage:
    """co_units: names. names: of units by id."""

    order: SupervisionOrder
    unit: str
    co_units: Sequence[str]
    colours: Sequence[OrderColour]
    group: Sequence[SupervisionOrder]
    light: Light
    names: Mapping[str, str]


def listed(
    session: Session, actor: Actor, filters: Filters, today: date, calendar: Calendar, cursor: str | None = None
) -> Page[OrderLine]:
    """The newest first."""
    order = (Descending(SupervisionOrder.opened_on), Descending(SupervisionOrder.number))
    found = page(session, _filtered(actor, filters, today), order, cursor, PAGE, counts=True)
    numbers = [row.number for row in found.items]
    names, documents = _names(session, {row.unit_id for row in found.items}), _documents(session, numbers)
    lines = [
        OrderLine(row, names.get(row.unit_id, ""), documents.get(row.number, ""), light_of(row, today, calendar))
        for row in found.items
    ]
    return Page(lines, found.next_cursor, found.left)


def running(session: Session, today: date, calendar: Calendar, most: int) -> list[OrderLine]:
    """Orders that were issued and are not closed: red before orange before blue, then by limit."""
    rank = case({level: place for place, level in enumerate(reversed(LEVELS))}, value=SupervisionOrder.level)
    rows = select(SupervisionOrder).where(SupervisionOrder.state.in_(RUNNING), SupervisionOrder.limit_on.is_not(None))
    found = session.scalars(rows.order_by(rank, SupervisionOrder.limit_on, SupervisionOrder.number).limit(most)).all()
    names = _names(session, {row.unit_id for row in found}) if found else {}
    return [OrderLine(row, names[row.unit_id], "", light_of(row, today, calendar)) for row in found]


def all_listed(session: Session, actor: Actor, filters: Filters, today: date, calendar: Calendar) -> list[OrderLine]:
    """Without pages, for the spreadsheet."""
    found: list[OrderLine] = []
    cursor: str | None = None
    while True:
        part = listed(session, actor, filters, today, calendar, cursor)
        found += part.items
        cursor = part.next_cursor
        if cursor is None:
            return found


def colours_of_orders(session: Session, numbers: Collection[str]) -> dict[str, list[OrderColour]]:
    """The colours of each of these orders, in their order."""
    found: dict[str, list[OrderColour]] = {}
    rows = session.scalars(
        select(OrderColour).where(OrderColour.order_number.in_(numbers)).order_by(OrderColour.position)
    )
    for row in rows:
        found.setdefault(row.order_number, []).append(row)
    return found


def counts(session: Session, actor: Actor, today: date) -> dict[str, int]:
    """How many there are of each span, and of each colour that runs."""
    counted = {
        span: session.scalar(_filtered(actor, Filters(span=span), today).with_only_columns(func.count())) or 0
        for span in SPANS
    }
    running = _filtered(actor, Filters(span=OPEN), today).with_only_columns(SupervisionOrder.level, func.count())
    by_level = dict(session.execute(running.group_by(SupervisionOrder.level)).all())
    return counted | {level: by_level.get(level, 0) for level in LEVELS}


def order_page(session: Session, actor: Actor, number: str, today: date, calendar: Calendar) -> OrderPage:
    """Raises NotFound, also for one that is not the actor's to see."""
    order = session.scalars(select(SupervisionOrder).where(SupervisionOrder.number == number, _seen(actor))).first()
    if order is None:
        raise NotFound("没有找到这份督办单。")
    colours = session.scalars(
        select(OrderColour).where(OrderColour.order_number == number).order_by(OrderColour.position)
    ).all()
    names = _names(session, {order.unit_id, *order.co_units, *(row.unit_id for row in colours)})
    return OrderPage(
        order=order,
        unit=names[order.unit_id],
        co_units=[names.get(unit, unit) for unit in order.co_units],
        colours=colours,
        group=_group(session, actor, order),
        light=light_of(order, today, calendar),
        names=names,
    )


def light_of(order: SupervisionOrder, today: date, calendar: Calendar) -> Light:
    """By its own limit; while the office verifies, the unit's clock stands still."""
    if order.state not in OPEN_STATES:
        return Light.BLUE
    if order.state in ("drafting", "signing", "verifying"):
        return Light.GREY
    if order.state == "lapsed" or order.limit_on is None or today > order.limit_on:
        return Light.RED
    is_near = today >= yellow_from(order.limit_on, LIMIT_DAYS[order.level], calendar)
    return Light.YELLOW if is_near else Light.GREEN


def _filtered(actor: Actor, filters: Filters, today: date) -> Select[SupervisionOrder]:
    where = [_seen(actor)]
    if filters.span == OPEN:
        where.append(SupervisionOrder.state.in_(OPEN_STATES))
    elif filters.span == ENDED:
        where.append(SupervisionOrder.state.not_in(OPEN_STATES))
    elif filters.span == LATE:
        is_late = SupervisionOrder.limit_on < today
        where.append(SupervisionOrder.state.in_(("issued", "working", "lapsed")) & is_late)
    if filters.level:
        where.append(SupervisionOrder.level == filters.level)
    if filters.unit:
        where.append(SupervisionOrder.unit_id == filters.unit)
    return select(SupervisionOrder).where(*where)


def _seen(actor: Actor) -> ColumnElement[bool]:
    """A unit sees what it was sent, and not what is still drafted about it."""
    if actor.reads_all:
        return SupervisionOrder.number.is_not(None)
    is_issued = select(OrderColour.id).where(OrderColour.order_number == SupervisionOrder.number).exists()
    return SupervisionOrder.unit_id.in_(actor.unit_ids) & is_issued


def _group(session: Session, actor: Actor, order: SupervisionOrder) -> list[SupervisionOrder]:
    """Other orders of the same matter, to other units."""
    if not order.group_no:
        return []
    where = (SupervisionOrder.group_no == order.group_no, SupervisionOrder.number != order.number, _seen(actor))
    return list(session.scalars(select(SupervisionOrder).where(*where).order_by(SupervisionOrder.number)))


def _names(session: Session, ids: Collection[str]) -> dict[str, str]:
    rows = session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(ids)))
    return {row.id: row.short_name for row in rows}


def _documents(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """The number of the last colour of each."""
    rows = session.execute(
        select(OrderColour.order_number, OrderColour.document_no)
        .where(OrderColour.order_number.in_(numbers))
        .order_by(OrderColour.position)
    )
    return {row.order_number: row.document_no for row in rows}
