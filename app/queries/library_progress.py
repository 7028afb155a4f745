"""The upgrading library against the plan's numbers: entries of a year and the stock, for the city and each locality."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session

from app.duties.library_counts import Count, PlanCounts
from app.duties.library_entry import Pace, entries, entries_light, pace, stock
from app.duties.lights import Explanation
from app.models.annual_target import TargetBreakdown
from app.models.library import NominationRow
from app.models.organization import Unit, UnitFunction
from app.models.plan import Commitment, Indicator, Plan
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import Actor
from app.queries.library_counts import stays_until
from app.queries.rule_tables import in_force
from app.queries.standings import targets_in_force
from app.terms import Role

ENTRIES, STOCK = Count("library", ("entries",)), Count("library", ("stock",))
LIST, CHECK = "library_entry", "library_entry_check"
OWED = "check_library"
RECOGNITION = "recognition"


@dataclass(frozen=True)
class Locality:
    """share: its part of the year's target, None where none was divided to it; light: None without a share."""

    unit: Unit
    entered: int
    stock: int
    share: Decimal | None
    light: Explanation | None


@dataclass(frozen=True)
class ListLine:
    """A list or a check of the year. rows: enterprises on the list by state.

    silent_task: the locality's own step of a check that is still open; due_on: when that is due.
    """

    instance: ProcessInstance
    rows: Mapping[str, int]
    silent_task: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Progress:
    """target: of the year, None while none is in force; stock_target: the plan's. indicator: that of the entries."""

    year: int
    on: date
    entered: int
    stock: int
    target: Decimal | None
    yearly: Commitment | None
    stock_target: Commitment | None
    pace: Pace
    indicator: Indicator | None
    localities: Sequence[Locality]
    lists: Sequence[ListLine]


def progress(session: Session, plan: Plan, counts: PlanCounts, year: int, on: date) -> Progress:
    """on: the day up to which is counted, within the year."""
    stays, promised = stays_until(session, on), _promised(session, plan, counts)
    new, here = entries(stays, year, on), stock(stays, on)
    indicator = _indicator(session, plan, counts)
    target = _target(session, indicator, year)
    yearly, stock_target = promised.get(ENTRIES), promised.get(STOCK)
    shares, policy = _shares(session, indicator, year), in_force(session).pace(on)
    entered_in, stock_in = [s.locality for s in new], [s.locality for s in here]

    def light_of(entered: int, share: Decimal) -> Explanation:
        return entries_light(year, on, entered, share, policy)

    return Progress(
        year=year,
        on=on,
        entered=len(new),
        stock=len(here),
        target=target,
        yearly=yearly,
        stock_target=stock_target,
        pace=pace(
            year,
            on,
            entered=len(new),
            target=target if target is not None else (yearly.value if yearly else None),
            in_stock=len(here),
            stock_target=stock_target.value if stock_target else Decimal(0),
            stock_before=len(stock(stays, date(plan.first_year, 1, 1))),
            period=(plan.first_year, plan.last_year),
            policy=policy,
        ),
        indicator=indicator,
        localities=[
            _locality(unit, entered_in.count(unit.id), stock_in.count(unit.id), shares.get(unit.id), light_of)
            for unit in session.scalars(select(Unit).order_by(Unit.position))
            if unit.is_locality
        ],
        lists=_lists(session, year),
    )


def _locality(
    unit: Unit, entered: int, in_stock: int, share: Decimal | None, light_of: Callable[[int, Decimal], Explanation]
) -> Locality:
    return Locality(unit, entered, in_stock, share, light_of(entered, share) if share else None)


def _promised(session: Session, plan: Plan, counts: PlanCounts) -> dict[Count, Commitment]:
    rows = {row.key: row for row in session.scalars(select(Commitment).where(Commitment.plan_id == plan.id))}
    return {count: rows[key] for key, count in counts.commitments.items() if key in rows}


def _indicator(session: Session, plan: Plan, counts: PlanCounts) -> Indicator | None:
    numbers = [number for number, count in counts.indicators.items() if count == ENTRIES]
    return session.scalars(select(Indicator).where(Indicator.plan_id == plan.id, Indicator.number.in_(numbers))).first()


def _target(session: Session, indicator: Indicator | None, year: int) -> Decimal | None:
    row = targets_in_force(session, year, year).get((indicator.id, year)) if indicator else None
    return row.value if row else None


def _shares(session: Session, indicator: Indicator | None, year: int) -> dict[str, Decimal]:
    """The last revision of each locality wins."""
    if indicator is None:
        return {}
    wanted = (TargetBreakdown.indicator_id == indicator.id, TargetBreakdown.year == year)
    rows = session.scalars(select(TargetBreakdown).where(*wanted).order_by(TargetBreakdown.revision))
    return {row.unit_id: row.value for row in rows}


def _lists(session: Session, year: int) -> list[ListLine]:
    wanted = (ProcessInstance.definition_key.in_((LIST, CHECK)), ProcessInstance.year == year)
    found = session.scalars(select(ProcessInstance).where(*wanted).order_by(ProcessInstance.started_at.desc())).all()
    counted = session.execute(
        select(NominationRow.instance_id, NominationRow.state, func.count())
        .where(NominationRow.instance_id.in_([row.id for row in found]))
        .group_by(NominationRow.instance_id, NominationRow.state)
    )
    states: dict[str, dict[str, int]] = {}
    for instance_id, state, count in counted:
        states.setdefault(instance_id or "", {})[state] = count
    silent = _silent(session, [row.id for row in found])
    return [ListLine(row, states.get(row.id, {}), *silent.get(row.id, ("", None))) for row in found]


def _silent(session: Session, instance_ids: Sequence[str]) -> dict[str, tuple[str, date]]:
    """Instance -> the step that its locality owes, and its due day."""
    wanted = (UserTask.instance_id.in_(instance_ids), UserTask.element_id == OWED, IS_OPEN)
    rows = session.execute(
        select(UserTask.instance_id, UserTask.id, UserTask.due_on).where(
            *wanted, UserTask.principal == literal("contact:").concat(UserTask.unit_id)
        )
    )
    return {row.instance_id: (row.id, row.due_on) for row in rows}


def may_act_for(session: Session, actor: Actor) -> bool:
    """Whether she is a contact of the bureau, which may do what a locality is silent about."""
    bureau = exists().where(UnitFunction.function == RECOGNITION, UnitFunction.unit_id.in_(actor.unit_ids))
    return actor.has(Role.CONTACT) and bool(session.scalar(select(bureau)))
