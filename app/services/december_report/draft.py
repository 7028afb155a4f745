"""What the form `draft_report` begins with: figures and priorities that are known, and what was typed before."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.december_report import DecemberReport
from app.queries.settled_indicators import SettledIndicator
from app.services import form_rules
from app.services.cases import Case, Prefill
from app.services.december_report.facts import UnitFacts
from app.services.december_report.known import Known, as_number, with_unit
from app.services.december_report.objections import figure_of
from app.services.december_report.rows import short_names
from app.terms import Nature

FORM = "december_report.draft_report"
GIVEN_BY_LEAD = ("signed", "returned", "accepted")
SHOWN = frozenset({"name", "unit", "title", "lead", "lead_name", "target", "ratio", "light", "prefill_note"})
NAMED_BY_NUMBER = ("figures", "shared_figures", "measures", "priority_review", "matters")

Marks = dict[str, dict[str, Any]]
Row = dict[str, Any]


def prefill_draft(case: Case) -> Prefill:
    """The form with all rows the unit is asked for; over them what it typed, or what was handed over to it."""
    facts = UnitFacts(case)
    form, inherited = form_rules.read_form(FORM), case.rows("inherited")
    known = {name: value for name, value in _known(case, facts).items() if value}
    for row in inherited.values():
        known |= _filled_in(known, row["answers"])
    typed = case.row("draft") or {}
    whole = form_rules.overlay(form, known, typed) if typed else known
    return whole, _marks(facts) | _marks_of_inherited(whole, inherited)


def _known(case: Case, facts: UnitFacts) -> Row:
    correction = case.row("correction")
    return {
        "return_points": correction["points"] if correction else None,
        "figures": [_figure(row, facts.known[row.number], facts) for row in facts.scope.led],
        "shared_figures": _shared_figures(case, facts),
        "measures": [{"no": row.no, "title": row.title, "lead": row.lead} for row in facts.scope.items],
        "priority_review": facts.priority_review,
        "matters": facts.matters,
        "problem_hints": _hints(facts),
    }


def _figure(indicator: SettledIndicator, known: Known, facts: UnitFacts) -> Row:
    latest, attainment, last = known.latest, known.attainment, date(facts.year, 12, 31)
    row = {
        "no": indicator.number,
        "name": indicator.name,
        "unit": indicator.unit,
        "target": None if known.target is None else as_number(known.target),
        "value": None if latest is None else as_number(latest.value),
        "ratio": percent(attainment.ratio) if attainment else None,
        "light": known.light or None,
        "prefill_note": f"{with_unit(latest.value, indicator.unit)}，{known.mark}" if latest else None,
        "nature": (Nature.ACTUAL if facts.today >= last else Nature.EXPECTED).value,
        "as_of": last.isoformat(),
        "source": latest.source if latest else None,
    }
    return stated(row)


def percent(ratio: Any) -> str:
    """109.1%"""
    return f"{(ratio * 100).normalize():f}%"


def stated(row: Row) -> Row:
    """Without what is not known: a form has no empty values."""
    return {name: value for name, value in row.items() if value is not None}


def _shared_figures(case: Case, facts: UnitFacts) -> list[Row]:
    """What the leads have submitted, else what was accepted last."""
    leads = {row.lead_id for row in facts.scope.shared}
    if not leads:
        return []
    names = short_names(case.session, leads)
    wanted = (DecemberReport.year == facts.year, DecemberReport.unit_id.in_(leads))
    given = DecemberReport.status.in_(GIVEN_BY_LEAD)
    reports = {row.unit_id: row for row in case.session.scalars(select(DecemberReport).where(*wanted, given))}
    return [
        stated(
            {
                "no": row.number,
                "name": row.name,
                "unit": row.unit,
                "lead_name": names[row.lead_id],
                "value": _given(reports.get(row.lead_id), row, facts.known[row.number]),
            }
        )
        for row in facts.scope.shared
    ]


def _given(report: DecemberReport | None, indicator: SettledIndicator, known: Known) -> int | float | None:
    row = figure_of(report, indicator.number) if report else None
    if row is not None:
        value: int | float = row["value"]
        return value
    return as_number(known.latest.value) if known.latest else None


def _hints(facts: UnitFacts) -> str:
    """The led indicators that do not reach their target by what is known now."""
    behind = [row.name for row in facts.scope.led if (at := facts.known[row.number].attainment) and not at.is_met]
    return f"按已核实数据，尚未达到年度目标的指标{len(behind)}项：{'、'.join(behind)}。" if behind else ""


def _filled_in(known: Row, answers: Row) -> Row:
    """What another unit had typed for rows that it handed over; free rows and texts are added."""
    filled: Row = {}
    for table in NAMED_BY_NUMBER:
        typed = {row["no"]: row for row in answers.get(table, ())}
        if table in known:
            filled[table] = [{**row, **_written(typed.get(row["no"], {}))} for row in known[table]]
    for table in ("priorities", "cases"):
        if answers.get(table):
            filled[table] = [*known.get(table, ()), *answers[table]]
    if answers.get("problems"):
        filled["problems"] = "\n".join(filter(None, [known.get("problems"), answers["problems"]]))
    return filled


def _written(typed: Row) -> Row:
    """Without the columns that only show something, which are the successor's."""
    return {name: value for name, value in typed.items() if name not in SHOWN}


def _marks(facts: UnitFacts) -> Marks:
    """Beside each figure, where the value that came by itself is from."""
    marks = {}
    for index, row in enumerate(facts.scope.led):
        latest = facts.known[row.number].latest
        if latest is not None:
            marks[f"figures.{index}.value"] = {
                "text": facts.known[row.number].mark,
                "value": as_number(latest.value),
            }
    return marks


def _marks_of_inherited(whole: Row, inherited: dict[str, Row]) -> Marks:
    marks: Marks = {}
    for handed in inherited.values():
        numbers = {row["no"] for row in handed["answers"].get("measures", ()) if row.get("result")}
        for index, row in enumerate(whole.get("measures", ())):
            if row["no"] in numbers:
                marks[f"measures.{index}.result"] = {"text": f"{handed['name']}移交", "value": row.get("result", "")}
    return marks
