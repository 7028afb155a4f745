"""What a unit was to reach in a year and how far it came: figures, measures, matters, lines of a locality's plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from app.duties.progress_monitoring import Period
from app.duties.quantity import digits
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.december_report import MeasureNote
from app.models.locality_plan import PlanLine
from app.models.progress_monitoring import ProgressFigure, ProgressNote
from app.queries.settled_indicators import SettledIndicator
from app.services.assessment.matters import MatterState, matter_states
from app.services.assessment.year import Item, Year, place, sequence_numbers
from app.terms import Nature

LAST_MONTH = 12
REPORTED = "done"  # a co-responsible unit that told of its contribution


def completion_items(year: Year) -> dict[str, list[Item]]:
    """By unit: what a department leads and helps with, a locality's share of the targets and its own plan."""
    found = year.collected()
    localities = {unit.id for unit in year.units if unit.is_locality}
    for unit_id, item in (*_led(year), *_measures(year), *_matters(year)):
        if unit_id in found and unit_id not in localities:
            found[unit_id].append(item)
    for unit_id, item in (*_shares(year), *_lines(year)):
        if unit_id in localities:
            found[unit_id].append(item)
    return found


def _led(year: Year) -> Iterable[tuple[str, Item]]:
    """Without a target in force nothing can be judged."""
    targets, actuals = _targets(year), _actuals(year)
    moments = [(row.instance_id, row.recorded_at) for row in actuals.values() if row.instance_id]
    events = sequence_numbers(year.session, moments)
    for indicator in year.plan.indicators:
        target, row = targets.get(indicator.id), actuals.get(indicator.id)
        if target is None:
            continue
        seq = events.get((row.instance_id, row.recorded_at)) if row and row.instance_id else None
        at = place(row.instance_id if row else None, seq, indicator=indicator.number)
        yield indicator.lead_id, _figure("indicator", indicator, row, target, at)


def _targets(year: Year) -> dict[int, Decimal]:
    """Of the year, the last revision; in the plan's first year its own value where none was set."""
    wanted = select(AnnualTarget).where(AnnualTarget.year == year.year).order_by(AnnualTarget.revision)
    is_first = year.year == year.plan.plan.first_year
    known = {row.id: row.first_year_value for row in year.plan.indicators} if is_first else {}
    return known | {row.indicator_id: row.value for row in year.session.scalars(wanted)}


def _actuals(year: Year) -> dict[int, IndicatorActual]:
    """The last accepted figure of each indicator; a later one of the year wins."""
    wanted = select(IndicatorActual).where(
        IndicatorActual.year == year.year, IndicatorActual.nature == Nature.ACTUAL.value
    )
    rows = year.session.scalars(wanted.order_by(IndicatorActual.as_of, IndicatorActual.id))
    return {row.indicator_id: row for row in rows}


def _figure(
    kind: str,
    indicator: SettledIndicator,
    row: IndicatorActual | ProgressFigure | None,
    target: Decimal,
    at: Mapping[str, Any],
) -> Item:
    return {
        "key": f"{kind}:{indicator.number}",
        "kind": kind,
        "title": f"指标{indicator.number} {indicator.short_name}",
        "value": None if row is None else digits(row.value),
        "target": digits(target),
        "as_of": None if row is None else row.as_of.isoformat(),
        "is_missing": row is None,
        "is_stale": row is not None and row.as_of.month < LAST_MONTH,
        "at": at,
    }


def _measures(year: Year) -> Iterable[tuple[str, Item]]:
    """Of the one that leads, and of those that help."""
    notes, reports = _progress_notes(year, "measure"), _measure_notes(year)
    for measure in year.plan.measures:
        title = f"任务{measure.number} {measure.title}"
        for unit in dict.fromkeys((measure.lead_id, *measure.responsible)):
            is_lead = unit == measure.lead_id
            note = notes.get((unit, measure.number)) if is_lead else None
            report = reports.get((unit, measure.number))
            row = note if note is not None and (_is_final(note, year) or report is None) else report
            state = "" if row is None else row.state or REPORTED
            kind = "measure" if is_lead else "contribution"
            is_stale = row is note and row is not None
            yield unit, _state(kind, measure.number, title, state, row, year.year, is_stale=is_stale)


def _is_final(note: ProgressNote, year: Year) -> bool:
    return note.period == f"{year.year}-12"


def _progress_notes(year: Year, kind: str) -> dict[tuple[str, int], ProgressNote]:
    """What each unit told last in the year."""
    wanted = select(ProgressNote).where(ProgressNote.year == year.year, ProgressNote.kind == kind)
    rows = sorted(year.session.scalars(wanted), key=lambda row: (Period.read(row.period), row.id))
    return {(row.unit_id, row.ref): row for row in rows}


def _measure_notes(year: Year) -> dict[tuple[str, int], MeasureNote]:
    wanted = select(MeasureNote).where(MeasureNote.year == year.year, MeasureNote.kind == "measure")
    return {(row.unit_id, row.number): row for row in year.session.scalars(wanted)}


def _state(
    kind: str,
    number: int,
    title: str,
    state: str,
    row: ProgressNote | MeasureNote | None,
    year: int,
    *,
    is_stale: bool = False,
) -> Item:
    late = is_stale and isinstance(row, ProgressNote) and not row.period.endswith("-12") and state != "done"
    return {
        "key": f"{kind}:{number}",
        "kind": kind,
        "title": title,
        "state": state,
        "is_missing": row is None,
        "is_stale": late,
        "at": place(None if row is None else row.instance_id, **_page(kind, number, year)),
    }


def _page(kind: str, number: int, year: int) -> dict[str, int]:
    """Where the plan says what was to be done: all there is to open where nobody has told anything."""
    if kind in ("measure", "contribution"):
        return {"measure": number}
    return {"matter": number, "year": year} if kind == "matter" else {}


def _matters(year: Year) -> Iterable[tuple[str, Item]]:
    """As they were accepted; before that, or where the year has no list of its own, as their lead told last."""
    notes, listed = _progress_notes(year, "matter"), matter_states(year)
    for state in listed:
        note = notes.get((state.lead_id, state.number))
        title = f"实事{state.number} {state.title}"
        if state.outcome:
            yield state.lead_id, _accepted(state, title)
        else:
            told = "" if note is None else note.state
            yield state.lead_id, _state("matter", state.number, title, told, note, year.year, is_stale=True)
    for matter in () if listed else year.plan.matters:
        if matter.lead_id is not None:
            note = notes.get((matter.lead_id, matter.number))
            title, told = f"实事{matter.number} {matter.title}", "" if note is None else note.state
            yield matter.lead_id, _state("matter", matter.number, title, told, note, year.year, is_stale=True)


def _accepted(state: MatterState, title: str) -> Item:
    at = place(state.instance_id)
    return {"key": f"matter:{state.number}", "kind": "matter", "title": title, "state": state.outcome, "at": at}


def _shares(year: Year) -> Iterable[tuple[str, Item]]:
    indicators = {row.number: row for row in year.plan.indicators}
    numbers = {row.id: row.number for row in year.plan.indicators}
    wanted = select(ProgressFigure).where(ProgressFigure.year == year.year, ProgressFigure.unit_id.in_(year.ids))
    rows = sorted(year.session.scalars(wanted), key=lambda row: (Period.read(row.period), row.id))
    last = {(row.unit_id, numbers[row.indicator_id]): row for row in rows if row.indicator_id in numbers}
    events = sequence_numbers(year.session, [(row.instance_id, row.recorded_at) for row in last.values()])
    for unit_id, shares in year.plan.shares.items():
        for number, target in sorted(shares.items()):
            row = last.get((unit_id, number))
            seq = None if row is None else events.get((row.instance_id, row.recorded_at))
            at = place(None if row is None else row.instance_id, seq, indicator=number)
            if number in indicators:
                yield unit_id, _figure("figure", indicators[number], row, target, at)


def _lines(year: Year) -> Iterable[tuple[str, Item]]:
    """What was to be done in the year and was in force at its end; done before counts as done."""
    wanted = select(PlanLine).where(
        PlanLine.unit_id.in_(year.ids),
        PlanLine.is_concerned,
        PlanLine.by_on.between(year.first, year.last),
        or_(PlanLine.ended_on.is_(None), PlanLine.ended_on > year.last),
    )
    notes = _progress_notes(year, "plan_line")
    for line in year.session.scalars(wanted.order_by(PlanLine.plan_id, PlanLine.position)):
        note = notes.get((line.unit_id, line.id))
        title = f"方案措施{line.position} {line.content[:40]}"
        state = "" if note is None else note.state
        yield line.unit_id, _state("plan_line", line.id, title, state, note, year.year, is_stale=True)
