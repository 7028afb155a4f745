"""Brings a plan document into the tables: units, actions, measures, indicators, promises, matters, contradictions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.documents import plan as document
from app.documents.plan import ALL_DEPARTMENTS, ALL_LOCALITIES, PlanDocument
from app.errors import BadRequest
from app.models.organization import Unit, UnitFunction
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
from app.queries.actor import Actor
from app.services import history
from app.terms import EventType


def load_plan(session: Session, plan: PlanDocument, actor: Actor) -> Plan:
    """Store the plan, and its units where they are new; one that is loaded already is left as it is.

    Raises BadRequest when the same key was loaded from another text: a plan in force is not changed under its targets.
    """
    known = session.scalar(select(Plan).where(Plan.key == plan.key))
    if known is not None:
        if known.source_sha256 != plan.issue.source_sha256:
            raise BadRequest(f"计划“{plan.key}”已从另一文本载入，请使用新的编号。")
        _load_functions(session, plan.units)
        return known
    _load_units(session, plan.units)
    _load_functions(session, plan.units)
    stored = _plan_row(plan)
    session.add(stored)
    session.flush()
    session.add_all(_rows(plan, stored.id))
    session.flush()
    told = {"key": plan.key, "number": plan.issue.number, "source_sha256": plan.issue.source_sha256}
    happening = history.Happening(EventType.PLAN_LOADED, actor.login, clock.now(), f"plan:{plan.key}", told)
    history.append_administration(session.connection(), happening)
    return stored


def pinyin_of(name: str) -> str:
    """What a search may type for a Chinese name: full pinyin, then the initials."""
    return f"{''.join(lazy_pinyin(name))} {''.join(lazy_pinyin(name, style=Style.FIRST_LETTER))}"


def _load_units(session: Session, units: Iterable[document.Unit]) -> None:
    known = set(session.scalars(select(Unit.id)))
    new = [unit for unit in units if unit.id not in known]
    session.add_all(_unit_row(position, unit) for position, unit in enumerate(new, start=len(known)))
    session.flush()
    for unit in new:
        if unit.sits_in:
            session.get_one(Unit, unit.id).sits_in_id = unit.sits_in


def _load_functions(session: Session, units: Iterable[document.Unit]) -> None:
    """What the units do for the others, once: an office that has said it otherwise is left alone."""
    if session.scalar(select(UnitFunction).limit(1)) is None:
        known = set(session.scalars(select(Unit.id)))
        session.add_all(
            UnitFunction(function=function, unit_id=unit.id)
            for unit in units
            if unit.id in known
            for function in unit.functions
        )
        session.flush()


def _unit_row(position: int, unit: document.Unit) -> Unit:
    return Unit(
        id=unit.id,
        position=position,
        kind=unit.kind,
        short_name=unit.short_name,
        name=unit.name,
        name_en=unit.name_en,
        code=unit.code,
        pinyin=pinyin_of(unit.short_name),
        weight=1 if unit.is_locality else 0,
    )


def _plan_row(plan: PlanDocument) -> Plan:
    issue = plan.issue
    return Plan(
        key=plan.key,
        title=issue.title,
        short_title=issue.short_title,
        title_en=issue.title_en,
        number=issue.number,
        issued_on=issue.issued_on,
        agency_code=issue.agency_code,
        first_year=plan.first_year,
        last_year=plan.last_year,
        source_sha256=issue.source_sha256,
        loaded_at=clock.now(),
    )


def _rows(plan: PlanDocument, plan_id: int) -> list[Any]:
    expand = Responsible(plan)
    rows: list[Any] = [
        Action(plan_id=plan_id, number=action.number, name=action.name, name_en=action.name_en)
        for action in plan.actions
    ]
    rows += [_measure_row(row, plan_id, expand) for row in plan.measures]
    rows += [_indicator_row(row, plan_id, expand) for row in plan.indicators]
    rows += [_matter_row(row, plan_id, expand) for row in plan.matters]
    rows += [_commitment_row(row, plan_id) for row in plan.goals]
    rows += [_commitment_row(row, plan_id, measure=m.number) for m in plan.measures for row in m.commitments]
    rows += [_commitment_row(row, plan_id, matter=m.number) for m in plan.matters for row in m.commitments]
    rows += [_recurring_row(row, plan_id) for row in plan.recurring_duties]
    rows += [_discrepancy_row(row, plan_id) for row in plan.discrepancies]
    rows += [_calendar_row(row, plan_id) for row in plan.calendar]
    return rows


class Responsible:
    """Writes out «all departments» and «all localities» as the units they are."""

    def __init__(self, plan: PlanDocument) -> None:
        self._all = {
            ALL_DEPARTMENTS: [unit.id for unit in plan.units if unit.kind == "department"],
            ALL_LOCALITIES: [unit.id for unit in plan.units if unit.is_locality],
        }

    def __call__(self, units: Iterable[str]) -> list[str]:
        written = [unit for name in units for unit in self._all.get(name, [name])]
        return list(dict.fromkeys(written))


def _measure_row(row: document.Measure, plan_id: int, expand: Responsible) -> Measure:
    return Measure(
        plan_id=plan_id,
        number=row.number,
        section=row.section,
        action_number=row.action,
        title=row.title,
        title_en=row.title_en,
        lead_id=row.lead,
        responsible=expand(row.responsible),
        responsible_as_written=row.responsible_as_written,
        contents=list(row.contents),
    )


def _indicator_row(row: document.Indicator, plan_id: int, expand: Responsible) -> Indicator:
    return Indicator(
        plan_id=plan_id,
        number=row.number,
        action_number=row.action,
        measure_number=row.measure,
        name=row.name,
        name_as_written=row.name_as_written,
        short_name=row.short_name,
        kind=row.kind,
        comparator=row.comparator,
        unit=row.unit,
        precision=row.precision,
        total=row.total,
        first_year_value=row.first_year_value,
        floor=row.floor,
        is_divided=row.is_divided,
        lead_id=row.lead,
        responsible=expand(row.responsible),
        responsible_as_written=row.responsible_as_written,
    )


def _matter_row(row: document.Matter, plan_id: int, expand: Responsible) -> Matter:
    return Matter(
        plan_id=plan_id,
        number=row.number,
        year=row.year,
        title=row.title,
        lead_id=row.lead,
        responsible=expand(row.responsible),
        responsible_as_written=row.responsible_as_written,
        measures=list(row.measures),
        contents=list(row.contents),
    )


def _commitment_row(
    row: document.Commitment, plan_id: int, measure: int | None = None, matter: int | None = None
) -> Commitment:
    return Commitment(
        plan_id=plan_id,
        key=row.id,
        measure_number=measure,
        matter_number=matter,
        indicator_number=row.indicator,
        subject=row.subject,
        quote=row.quote,
        value=row.value,
        value_to=row.value_to,
        unit=row.unit,
        comparator=row.comparator,
        kind=row.kind,
        applies=row.applies,
    )


def _recurring_row(row: document.RecurringDuty, plan_id: int) -> RecurringDuty:
    return RecurringDuty(
        plan_id=plan_id,
        key=row.id,
        title=row.title,
        duty=row.duty,
        measure_number=row.measure,
        frequency=row.frequency,
        due_as_written=row.due_as_written,
    )


def _discrepancy_row(row: document.Discrepancy, plan_id: int) -> Discrepancy:
    return Discrepancy(
        plan_id=plan_id,
        key=row.id,
        kind=row.kind,
        subject=row.subject,
        must_settle=row.must_settle,
        measures=list(row.measures),
        indicators=list(row.indicators),
        matters=list(row.matters),
        text_side=_side(row.text),
        annex_side=_side(row.annex),
        note=row.note,
        note_en=row.note_en,
    )


def _side(side: document.Side) -> dict[str, str | None]:
    return {
        "clause": side.clause,
        "says": side.says,
        "value": _text(side.value),
        "first_year_value": _text(side.first_year_value),
        "lead": side.lead,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _calendar_row(row: document.CalendarDate, plan_id: int) -> CalendarDate:
    return CalendarDate(
        plan_id=plan_id,
        key=row.key,
        title=row.title,
        duty=row.duty,
        month=row.day[0],
        day=row.day[1],
        rolls=row.rolls,
        basis=row.basis,
    )
