"""What the instances of 年度考核 note about themselves (key "" unless said).

A campaign's:

    unit            key: unit; {position, name, ranking, exempt, reason}: who is assessed
    rules           {login, name, on, changed, change_reason}: what the office confirmed
    rules_opinion   {login, name, on, outcome, opinion_text}
    collection      {reason}: why the office began to reckon before all was closed
    computed        {on, is_data_late, scores}
    ranked          {on, open: [unit]}: open: whose appeals were not decided
    returned        {login, name, on, opinion_text, units: [{unit, reason}]}: by signer or leader
    adjustment      key: 01, 02, …; {login, name, on, unit, ground, points, text, file}
    opinion         {login, name, on, outcome, opinion_text, mode}: of the leading group
    bulletin        {login, name, on, number, title, overall, good, bad, demands}
    revision        key: 01, 02, …; {on, unit, before, after, places: {unit: [before, after]}}: after the ranking
    proposals       {praise: [unit], talk: [unit]}
    published       {on, number}

A unit's:

    confirmed       {login, name, on}
    appeal          {login, name, on, unit_insists, rows: [{no, what, text, file, wanted}]}
    appeal_opinion  {login, name, on, outcome, opinion_text}
    finding         {login, name, on, rows: [{no, verdict, ground, corrected, due_on, credit}]}
    answer          {login, name, on, number}
    ruling          {login, name, on, rows, mode}
    moved           {on}: until when the unit may appeal, as an extension moved it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.models.assessment import Assessment, AssessmentScore
from app.models.organization import Unit
from app.services.case_notes import unit_of, year_of
from app.services.cases import Case

CAMPAIGN, UNIT = "assessment", "assessment_unit"

Row = dict[str, Any]


def assessment_of(case: Case) -> Assessment:
    return case.session.get_one(Assessment, year_of(case))


def score_of(case: Case, unit_id: str | None = None) -> AssessmentScore:
    """The score that counts now, of the instance's unit unless another is named."""
    wanted = select(AssessmentScore).where(
        AssessmentScore.year == year_of(case),
        AssessmentScore.unit_id == (unit_id or unit_of(case)),
        AssessmentScore.is_current.is_(True),
    )
    return case.session.scalars(wanted).one()


def current_scores(case: Case) -> list[AssessmentScore]:
    """Of all units, in the order of the rankings."""
    order = (AssessmentScore.ranking, AssessmentScore.place, AssessmentScore.id)
    wanted = select(AssessmentScore).where(AssessmentScore.year == year_of(case), AssessmentScore.is_current.is_(True))
    return list(case.session.scalars(wanted.order_by(*order)))


def listed_units(case: Case) -> dict[str, Row]:
    """Those that are assessed, by id, in the order of the plan; read in the campaign's own instance."""
    rows = case.rows("unit")
    return {id_: row for id_, row in sorted(rows.items(), key=lambda pair: pair[1]["position"]) if not row["exempt"]}


def unit_named(case: Case, text: str) -> str | None:
    """The assessed unit that a person names by its id, full name or short name."""
    wanted, listed = text.strip(), listed_units(case)
    units = case.session.scalars(select(Unit).where(Unit.id.in_(listed)))
    return next((unit.id for unit in units if wanted in (unit.id, unit.name, unit.short_name)), None)


def names_of(case: Case) -> Mapping[str, str]:
    return {row.id: row.short_name for row in case.session.scalars(select(Unit))}
