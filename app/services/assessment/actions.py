"""The service and rule tasks of 年度考核: scores computed and given out, places, the year closed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from app.duties.assessment import read_rules
from app.models.process import ProcessInstance
from app.services.assessment.appeals import apply_appeal, recompute_score
from app.services.assessment.inputs import gather
from app.services.assessment.readiness import open_reports
from app.services.assessment.rows import UNIT, assessment_of, current_scores, listed_units, names_of
from app.services.assessment.scores import place_all, stored
from app.services.assessment.year import Year, assessed_units
from app.services.assignment import present_unit
from app.services.case_notes import year_of
from app.services.cases import Action, Case, Data, Start
from app.services.telling import tell

TOLD = ("contact", "head")


def compute_scores(case: Case, data: Data) -> Mapping[str, Any]:
    """Everything that is open by now is not done; figures that are not accepted count by the last accepted one."""
    assessment, listed = assessment_of(case), listed_units(case)
    rules, year = read_rules(assessment.rules), year_of(case)
    units = [unit for unit in assessed_units(case.session, year) if unit.id in listed]
    as_of = case.today
    gathered = gather(Year(case.session, year, as_of, case.calendar, units))
    rows = []
    for unit in units:
        row = stored(year, unit.id, gathered[unit.id], rules, "computed", 1, case.instance.id, case.at)
        row.successor_id = present_unit(case.connection, unit.id) if unit.ended_on is not None else None
        rows.append(row)
    case.session.add_all(rows)
    assessment.computed_on, assessment.is_data_late = as_of, bool(open_reports(case.session, year))
    case.session.flush()
    told = {"on": as_of.isoformat(), "is_data_late": assessment.is_data_late, "scores": len(rows)}
    case.put("computed", "", told)
    return {"scores_seal": sha256("".join(row.seal for row in rows).encode()).hexdigest()}


def start_unit_children(case: Case, data: Data) -> None:
    """One for each unit that still exists and of which something could be judged."""
    year, names = year_of(case), names_of(case)
    for row in current_scores(case):
        if row.successor_id is None and row.total is not None:
            key = f"{UNIT}:{year}:{row.unit_id}"
            start = {"assessment_key": case.instance.business_key, "unit_insists": False, "outcome": ""}
            case.start(Start(UNIT, key, f"{year}年度考核得分：{names[row.unit_id]}", year, row.unit_id, data=start))


def rank_units(case: Case, data: Data) -> None:
    """Places by what the scores are now; a unit whose appeal is open may still move."""
    assessment = assessment_of(case)
    place_all(case.session, year_of(case), read_rules(assessment.rules))
    open_units = open_children(case)
    assessment.is_provisional = bool(open_units)
    case.session.flush()
    case.put("ranked", "", {"on": case.today.isoformat(), "open": open_units})


def open_children(case: Case) -> list[str]:
    """Units whose score is not settled, of the campaign."""
    wanted = select(ProcessInstance.unit_id).where(
        ProcessInstance.parent_id == case.instance.id, ProcessInstance.status == "active"
    )
    return sorted(filter(None, case.session.scalars(wanted)))


def publish_scores(case: Case, data: Data) -> None:
    """The bulletin is fixed with its number; who shall be praised, and who shall be talked to, is proposed."""
    assessment, told = assessment_of(case), case.row("bulletin") or {}
    assessment.number, assessment.published_at = told["number"], case.at
    assessment.text = {name: told[name] for name in ("title", "overall", "good", "bad", "demands")}
    scores = current_scores(case)
    praise = [row.unit_id for row in scores if row.grade == "excellent"]
    talk = [row.unit_id for row in scores if row.grade == "fail" or row.is_falsified]
    case.put("proposals", "", {"praise": praise, "talk": talk})
    case.put("published", "", {"on": case.today.isoformat(), "number": told["number"]})
    case.session.flush()
    units = [row.unit_id for row in scores if row.successor_id is None]
    inboxes = [f"{inbox}:{unit}" for unit in units for inbox in TOLD]
    tell(case, inboxes, told["title"], f"{told['number']}已印发，请查看考核名次和得分明细。", "published")
    names = names_of(case)
    proposed = [f"建议表扬：{'、'.join(names[unit] for unit in praise) or '无'}"]
    proposed += [f"建议约谈：{'、'.join(names[unit] for unit in talk) or '无'}"]
    tell(case, ["office"], f"{year_of(case)}年度考核表扬和约谈建议", "；".join(proposed) + "。", "proposals")


ACTIONS: Mapping[str, Action] = {
    "assessment.compute_scores": compute_scores,
    "assessment.start_unit_children": start_unit_children,
    "assessment.rank_units": rank_units,
    "assessment.publish_scores": publish_scores,
    "assessment_unit.recompute_score": recompute_score,
    "assessment_unit.apply_appeal": apply_appeal,
}
