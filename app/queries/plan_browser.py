"""The plan to be read: measures, indicators, promises, matters, contradictions, calendar; and a search in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.plan import (
    Action,
    CalendarDate,
    Commitment,
    Discrepancy,
    Indicator,
    Matter,
    Measure,
    Plan,
    RecurringDuty,
)


@dataclass(frozen=True)
class Counted:
    """How many of each there are, for the tabs."""

    measures: int
    indicators: int
    matters: int
    discrepancies: int
    unsettled: int
    dates: int


@dataclass(frozen=True)
class MeasurePage:
    """A measure with what hangs on it."""

    measure: Measure
    action: Action | None
    commitments: Sequence[Commitment]
    indicators: Sequence[Indicator]
    matters: Sequence[Matter]
    recurring: Sequence[RecurringDuty]
    discrepancies: Sequence[Discrepancy]


@dataclass(frozen=True)
class Found:
    """What a search found, by kind."""

    measures: Sequence[Measure]
    indicators: Sequence[Indicator]
    matters: Sequence[Matter]
    discrepancies: Sequence[Discrepancy]

    @property
    def total(self) -> int:
        return len(self.measures) + len(self.indicators) + len(self.matters) + len(self.discrepancies)


def counted(session: Session, plan: Plan) -> Counted:
    settled = select(func.count(Discrepancy.settled_at)).where(Discrepancy.plan_id == plan.id)
    numbers = [
        select(func.count()).where(model.plan_id == plan.id).scalar_subquery()
        for model in (Measure, Indicator, Matter, Discrepancy, CalendarDate)
    ]
    row = session.execute(select(*numbers, settled.scalar_subquery())).one()
    measures, indicators, matters, found, dates, done = (int(number) for number in row)
    return Counted(measures, indicators, matters, found, found - done, dates)


def actions(session: Session, plan: Plan) -> Sequence[Action]:
    return session.scalars(select(Action).where(Action.plan_id == plan.id).order_by(Action.number)).all()


def measures(session: Session, plan: Plan) -> Sequence[Measure]:
    return session.scalars(select(Measure).where(Measure.plan_id == plan.id).order_by(Measure.number)).all()


def indicators(session: Session, plan: Plan) -> Sequence[Indicator]:
    return session.scalars(select(Indicator).where(Indicator.plan_id == plan.id).order_by(Indicator.number)).all()


def matters(session: Session, plan: Plan) -> Sequence[Matter]:
    rows = select(Matter).where(Matter.plan_id == plan.id)
    return session.scalars(rows.order_by(Matter.year.desc(), Matter.number)).all()


def discrepancies(session: Session, plan: Plan) -> Sequence[Discrepancy]:
    return session.scalars(select(Discrepancy).where(Discrepancy.plan_id == plan.id).order_by(Discrepancy.key)).all()


def dates(session: Session, plan: Plan) -> Sequence[CalendarDate]:
    rows = select(CalendarDate).where(CalendarDate.plan_id == plan.id)
    return session.scalars(rows.order_by(CalendarDate.month, CalendarDate.day, CalendarDate.id)).all()


def goals(session: Session, plan: Plan) -> Sequence[Commitment]:
    """Promises of the plan as a whole."""
    of_none = (Commitment.measure_number.is_(None), Commitment.matter_number.is_(None))
    rows = select(Commitment).where(Commitment.plan_id == plan.id, *of_none)
    return session.scalars(rows.order_by(Commitment.id)).all()


def measure(session: Session, plan: Plan, number: int) -> MeasurePage:
    """Raises NotFound."""
    found = session.scalars(select(Measure).filter_by(plan_id=plan.id, number=number)).one_or_none()
    if found is None:
        raise NotFound("计划中没有这项重点任务。")
    of_action = {"plan_id": plan.id, "number": found.action_number}
    of_measure = {"plan_id": plan.id, "measure_number": number}
    return MeasurePage(
        measure=found,
        action=session.scalars(select(Action).filter_by(**of_action)).one_or_none(),
        commitments=session.scalars(select(Commitment).filter_by(**of_measure).order_by(Commitment.id)).all(),
        indicators=session.scalars(select(Indicator).filter_by(**of_measure).order_by(Indicator.number)).all(),
        matters=[row for row in matters(session, plan) if number in row.measures],
        recurring=session.scalars(select(RecurringDuty).filter_by(**of_measure).order_by(RecurringDuty.id)).all(),
        discrepancies=discrepancies_of(session, plan, measures=number),
    )


def indicator(session: Session, plan: Plan, number: int) -> Indicator:
    """Raises NotFound."""
    found = session.scalars(select(Indicator).filter_by(plan_id=plan.id, number=number)).one_or_none()
    if found is None:
        raise NotFound("计划中没有这项指标。")
    return found


def matter(session: Session, plan: Plan, year: int, number: int) -> tuple[Matter, Sequence[Commitment]]:
    """A matter with what it promises. Raises NotFound."""
    found = session.scalars(select(Matter).filter_by(plan_id=plan.id, year=year, number=number)).one_or_none()
    if found is None:
        raise NotFound("计划中没有这项实事。")
    promises = select(Commitment).filter_by(plan_id=plan.id, matter_number=number).order_by(Commitment.id)
    return found, session.scalars(promises).all()


def promises_of(session: Session, plan: Plan, indicator_number: int) -> Sequence[Commitment]:
    """What the text promises of an indicator."""
    rows = select(Commitment).filter_by(plan_id=plan.id, indicator_number=indicator_number)
    return session.scalars(rows.order_by(Commitment.id)).all()


def discrepancies_of(
    session: Session, plan: Plan, *, measures: int | None = None, indicators: int | None = None
) -> Sequence[Discrepancy]:
    """The contradictions that touch a measure or an indicator."""
    return [
        row
        for row in discrepancies(session, plan)
        if (measures is not None and measures in row.measures)
        or (indicators is not None and indicators in row.indicators)
    ]


def search(session: Session, plan: Plan, text: str) -> Found:
    """Where the words stand, in titles, contents and quotations; nothing for no words.

    The plan is small and its lists are stored as escaped JSON, so the rows are looked through here.
    """
    if not text:
        return Found((), (), (), ())
    quotes: dict[int | None, list[str]] = defaultdict(list)
    for row in session.scalars(select(Commitment).where(Commitment.plan_id == plan.id)):
        quotes[row.measure_number].append(row.quote)
    return Found(
        measures=[
            row
            for row in measures(session, plan)
            if _says(text, row.title, row.responsible_as_written, *row.contents, *quotes.get(row.number, ()))
        ],
        indicators=[
            row
            for row in indicators(session, plan)
            if _says(text, row.name, row.short_name, row.name_as_written, row.responsible_as_written)
        ],
        matters=[
            row for row in matters(session, plan) if _says(text, row.title, row.responsible_as_written, *row.contents)
        ],
        discrepancies=[
            row
            for row in discrepancies(session, plan)
            if _says(text, row.key, row.subject, row.note, row.text_side["says"], row.annex_side["says"])
        ],
    )


def _says(text: str, *where: str | None) -> bool:
    return any(text.casefold() in words.casefold() for words in where if words)
