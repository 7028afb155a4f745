"""The service tasks of the campaign: who reports, its children, who is late or missing, the annual report's issue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.models.december_report import DecemberReport
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.services.case_notes import year_of
from app.services.cases import Action, Case, Data, Start
from app.services.december_report.late import EXCUSED, open_steps, unsent_reports
from app.services.december_report.material import gather
from app.services.december_report.rows import campaign_due_on, unit_row
from app.services.december_report.scope import read_plan_year
from app.services.document_numbers import FORMAL, next_numbers

INSTANCE = table_of(ProcessInstance)

Row = dict[str, Any]


def open_campaign(case: Case, data: Data) -> None:
    """Lists all units that report, with what each is asked for."""
    plan = read_plan_year(case.session, year_of(case))
    reporting = [unit for unit in case.session.scalars(select(Unit).order_by(Unit.position)) if unit.reports]
    listed = {unit.id: {**unit_row(unit), "sections": plan.scope_of([unit]).summary} for unit in reporting}
    case.put_all("unit", listed)


def start_unit_children(case: Case, data: Data) -> None:
    """One report a unit that is not exempt and still exists; a merged one is its successor's to report."""
    year, listed = year_of(case), _listed(case)
    units = case.session.scalars(select(Unit).where(Unit.id.in_(listed)).order_by(Unit.position))
    for unit in units:
        if unit.reports:
            case.start(_unit_report(year, unit, case.instance.business_key))


def list_late_units(case: Case, data: Data) -> None:
    """Beside the collection, which goes on: for the office's board and the leader's digest."""
    unsent = unsent_reports(case.session, year_of(case))
    steps = open_steps(case.session, [report.instance_id for report, _ in unsent])
    rows = [
        {"unit": unit.id, "name": unit.short_name, "step": steps[report.instance_id].name}
        for report, unit in unsent
        if report.instance_id in steps
    ]
    told = {"as_of": case.today.isoformat(), "due_on": campaign_due_on(case).isoformat()}
    case.put("late_list", "", {**told, "expected": len(_listed(case)), "units": rows})


def mark_missing(case: Case, data: Data) -> None:
    """Units without an accepted report: their instances stay open, and the annual report names them."""
    found = case.session.execute(
        select(DecemberReport.instance_id, DecemberReport.first_submitted_on, Unit)
        .join(Unit, Unit.id == DecemberReport.unit_id)
        .where(DecemberReport.year == year_of(case), DecemberReport.status.not_in(("accepted", *EXCUSED)))
    ).all()
    missing = {
        unit.id: {
            "position": unit.position,
            "name": unit.short_name,
            "state": "unreviewed" if submitted_on else "unsent",
        }
        for _, submitted_on, unit in found
    }
    case.put_all("missing", missing)
    unsent = [instance_id for instance_id, submitted_on, _ in found if submitted_on is None]
    case.connection.execute(INSTANCE.update().where(INSTANCE.c.id.in_(unsent)).values(stage="missing"))


def consolidate(case: Case, data: Data) -> None:
    of_year = (DecemberReport.year == year_of(case), DecemberReport.status == "accepted")
    accepted = case.session.scalars(select(DecemberReport.id).where(*of_year)).all()
    gather(case)
    told = {"on": case.today.isoformat(), "expected": len(_listed(case)), "accepted": len(accepted)}
    case.put("consolidated", "", told)


def issue_annual_report(case: Case, data: Data) -> None:
    """Gives the number. Next year's priorities lie in their table already, where the duties of that year find them."""
    plan = read_plan_year(case.session, year_of(case)).plan
    number = next_numbers(case.connection, plan.agency_code, FORMAL, case.today.year)[0]
    case.put("issued", "", {"number": number, "on": case.today.isoformat()})


def _listed(case: Case) -> list[str]:
    return [unit for unit, row in case.rows("unit").items() if not row["exempt"]]


def _unit_report(year: int, unit: Unit, campaign_key: str) -> Start:
    key = f"december_report_unit:{year}:{unit.id}"
    data = {"campaign_key": campaign_key, "unit_key": f"{year}:{unit.id}", "submission_key": key, "round": 1}
    return Start("december_report_unit", key, f"{year}年度反馈：{unit.short_name}", year, unit.id, data)


ACTIONS: Mapping[str, Action] = {
    "december_report.open_campaign": open_campaign,
    "december_report.start_unit_children": start_unit_children,
    "december_report.list_late_units": list_late_units,
    "december_report.mark_missing": mark_missing,
    "december_report.consolidate": consolidate,
    "december_report.issue_annual_report": issue_annual_report,
}
