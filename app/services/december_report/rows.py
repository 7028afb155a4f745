"""What the instances of 年度反馈 note about themselves: the report's row, its versions, and who it is about.

Working rows of a campaign (key "" unless said; see material.py for the gathered texts):

    unit            key: unit; {position, name, kind, sections, exempt, reason}: who reports
    notice          {login, name, on, number, due_on, override_reason, text, phone}
    late_list       {as_of, due_on, expected, units: [{unit, name, step}]}
    handed          key: merged unit; {unit}: in whose report its sections stand
    missing         key: unit; {position, name, state: unsent | unreviewed}
    consolidated    {on, expected, accepted}; from here on a report is a supplement
    annual          the annual report as it was written last
    annual_opinion  {login, name, on, outcome, opinion_text}, of the signer or, with mode and minutes, of the leader
    annual_figures  {login, name, on, rows: [{no, name, unit, target, done, ratio, nature, note}]}, fixed when signed
    issued          {number, on}

Working rows of a unit's instance:

    subject         {unit}; only in a supplement: the merged unit whose report its successor gives
    inherited       key: merged unit; {unit, name, document_no, effective_on, note, answers}: sections taken over
    draft           the answers typed last
    drafter         {login, name, on}
    signature       {login, name, on}
    opinion         {login, name, on, outcome, opinion_text}: the head's last word on a draft
    version         key: 01, 02, …; {answers, login, name, on, drafter, is_taken_back}
    review          key: 01, 02, …; {login, name, on, outcome, opinion_text, quality_level, return_points, objections}
    correction      {points: [{no, field, field_name, point}], unlocked: [field]}
    escalation      {login, name, on, outcome, reason}
    successor       {login, name, on, has_successor, unit, name_of_unit, document_no, effective_on, note}
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.december_report import december_due
from app.models.december_report import DecemberReport
from app.models.organization import Unit
from app.queries.units import short_names as short_names
from app.services.case_notes import unit_of, year_of
from app.services.cases import Case


def subject_of(case: Case) -> str:
    """Whose report it is: the unit's own, or in a supplement that of a unit merged into it."""
    row = case.row("subject")
    return row["unit"] if row else unit_of(case)


def units_reported_on(case: Case) -> list[Unit]:
    """The unit itself and those whose sections it took over while its own report was still with its contact."""
    ids = dict.fromkeys([subject_of(case), *case.rows("inherited")])
    found = {unit.id: unit for unit in case.session.scalars(select(Unit).where(Unit.id.in_(ids)))}
    return [found[id_] for id_ in ids]


def report_of(case: Case) -> DecemberReport:
    """The row of the instance's report, which `prepare_report` wrote."""
    of_unit = (DecemberReport.year == year_of(case), DecemberReport.unit_id == subject_of(case))
    return case.session.scalars(select(DecemberReport).where(*of_unit)).one()


def versions_of(case: Case) -> dict[str, dict[str, Any]]:
    """All that was signed, in order, what was taken back included."""
    return case.rows("version")


def standing(versions: dict[str, dict[str, Any]]) -> int:
    """How many versions were not taken back: the round."""
    return sum(not row["is_taken_back"] for row in versions.values())


def campaign_of(case: Case) -> str:
    """The id of the campaign's instance, of which a unit's is a child."""
    return case.instance.parent_id or case.instance.id


def campaign_due_on(case: Case) -> date:
    """The campaign's due day: the office's, once the notice is confirmed, else the rule's."""
    notice = case.row("notice", instance_id=campaign_of(case))
    return date.fromisoformat(notice["due_on"]) if notice else december_due(year_of(case), case.calendar)


def unit_row(unit: Unit) -> dict[str, Any]:
    """A unit in the list of those that report."""
    told = {"position": unit.position, "name": unit.short_name, "kind": unit.kind}
    return {**told, "sections": "", "exempt": False, "reason": ""}
