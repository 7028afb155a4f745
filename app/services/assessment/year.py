"""One year as it is assessed: which units, which plan, until when; and where in the ledger each thing stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ledger.chain import instant
from app.models.event import EventRow
from app.models.organization import Unit
from app.services.december_report.scope import PlanYear, read_plan_year
from app.workdays import Calendar

Item = dict[str, Any]
Moment = tuple[str, datetime]  # instance and instant of one of its events

DEPARTMENT, LOCALITY = "department", "locality"
KINDS = ("department", "county", "functional_zone")
AT_ONCE = 500  # values in one statement


@dataclass
class Year:
    """as_of: the day of the reckoning; what is due later counts for nobody."""

    session: Session
    year: int
    as_of: date
    calendar: Calendar
    units: Sequence[Unit] = field(default_factory=tuple)

    @cached_property
    def plan(self) -> PlanYear:
        return read_plan_year(self.session, self.year)

    @cached_property
    def ids(self) -> list[str]:
        return [unit.id for unit in self.units]

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, 12, 31)

    def collected(self) -> dict[str, list[Item]]:
        return {id_: [] for id_ in self.ids}


def assessed_units(session: Session, year: int) -> list[Unit]:
    """Departments and localities that existed in the year, those that were merged meanwhile among them."""
    existed = or_(Unit.ended_on.is_(None), Unit.ended_on >= date(year, 1, 1))
    return list(session.scalars(select(Unit).where(Unit.kind.in_(KINDS), existed).order_by(Unit.position)))


def ranking_of(unit: Unit) -> str:
    return LOCALITY if unit.is_locality else DEPARTMENT


def sequence_numbers(session: Session, moments: Iterable[Moment]) -> dict[Moment, int]:
    """The event of each instance at that instant, the last one where a step wrote several."""
    wanted = {(id_, instant(at)): (id_, at) for id_, at in moments}
    found: dict[Moment, int] = {}
    for some in in_batches({at for _, at in wanted}):
        rows = select(EventRow.stream, EventRow.at, EventRow.seq).where(EventRow.at.in_(some)).order_by(EventRow.seq)
        for row in session.execute(rows):
            if (row.stream, row.at) in wanted:
                found[wanted[row.stream, row.at]] = row.seq
    return found


def in_batches(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def place(instance_id: str | None, seq: int | None = None, **elsewhere: Any) -> Mapping[str, Any]:
    """Where an item is proved: its instance and event, or the page of an order or an indicator."""
    told = {"instance": instance_id, "seq": seq, **elsewhere}
    return {name: value for name, value in told.items() if value is not None}
