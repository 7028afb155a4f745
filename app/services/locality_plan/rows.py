"""What an instance of 属地工作方案 notes about itself (key "" unless said).

inherited       key: merged locality; {unit, name}: whose figures were taken over
draft           the answers typed last
drafter, signature      {login, name, on}
opinion         {login, name, on, outcome, opinion_text}: the head's last word on a draft
version         key: 01, 02, …; {answers, login, name, on, drafter}
review          key: 01, 02, …; {login, name, on, outcome, opinion_text, quality_level, return_points}
correction      {on, points: [{no, item, point}], unlocked: [part]}
delay           {login, name, on, outcome, note}
suggestion      key: department; {login, name, on, rows: [{line_no, text}]}
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.models.annual_target import TargetBreakdown
from app.models.locality_plan import LocalityPlan, PlanLine
from app.models.organization import Unit
from app.models.plan import Measure, Plan
from app.queries.settled_indicators import SettledIndicator, plan_of_year, settled_indicators
from app.services.case_notes import unit_of, year_of
from app.services.cases import Case

PROCESS = "locality_plan"

Row = dict[str, Any]


def plan_row(case: Case) -> LocalityPlan:
    """The row that `prefill_plan` wrote."""
    return case.session.scalars(select(LocalityPlan).where(LocalityPlan.instance_id == case.instance.id)).one()


def unit_name(case: Case) -> str:
    return case.session.get_one(Unit, unit_of(case)).short_name


def city_plan(case: Case) -> Plan:
    return plan_of_year(case.session, year_of(case))


def city_measures(case: Case) -> list[Measure]:
    """Those that carry an action; safeguards are the city's own."""
    wanted = select(Measure).where(Measure.plan_id == city_plan(case).id, Measure.action_number.is_not(None))
    return list(case.session.scalars(wanted.order_by(Measure.number)))


def given_figures(case: Case) -> list[tuple[SettledIndicator, Decimal]]:
    """What the city gave the locality, and those merged into it, for the year; the last revision counts."""
    indicators = {row.id: row for row in settled_indicators(case.session, city_plan(case)).values()}
    units = [unit_of(case), *case.rows("inherited")]
    wanted = (TargetBreakdown.year == year_of(case), TargetBreakdown.unit_id.in_(units))
    newest: dict[tuple[int, str], Decimal] = {}
    for row in case.session.scalars(select(TargetBreakdown).where(*wanted).order_by(TargetBreakdown.revision)):
        if row.indicator_id in indicators:
            newest[row.indicator_id, row.unit_id] = row.value
    sums: dict[int, Decimal] = {}
    for (indicator_id, _unit), value in newest.items():
        sums[indicator_id] = sums.get(indicator_id, Decimal(0)) + value
    return sorted(((indicators[id_], value) for id_, value in sums.items()), key=lambda one: one[0].number)


def current_lines(case: Case) -> list[PlanLine]:
    """The lines in force, of the edition that was filed last."""
    wanted = (PlanLine.unit_id == unit_of(case), PlanLine.ended_on.is_(None))
    return list(case.session.scalars(select(PlanLine).where(*wanted).order_by(PlanLine.plan_id, PlanLine.position)))


def last_filed(case: Case) -> LocalityPlan | None:
    wanted = (LocalityPlan.unit_id == unit_of(case), LocalityPlan.status == "filed")
    return case.session.scalars(select(LocalityPlan).where(*wanted).order_by(LocalityPlan.id.desc())).first()


def line_answers(line: PlanLine) -> Row:
    """A line as the form has it."""
    told = {
        "measure_no": line.measure_number,
        "is_not_concerned": not line.is_concerned,
        "content": line.content,
        "unit": line.unit,
        "by": line.by_on.isoformat() if line.by_on else None,
        "success": line.success,
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def day(text: str) -> date:
    return date.fromisoformat(text)
