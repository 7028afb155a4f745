"""The service and rule tasks of a selection: quotas, scores, what objections leave, the published list, the plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from app.db import table_of
from app.duties.growth_selection import next_in_rank, quota, shown
from app.duties.growth_selection_dates import REPLACEMENT_DAYS
from app.duties.public_notice import NOTICE_DAYS
from app.duties.quantity import digits, plain
from app.models.enterprise import Enterprise
from app.models.library import GrowthMark
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.queries.actor import enterprise_inbox
from app.services.cases import Action, Case, Data, Start
from app.services.document_numbers import FORMAL, next_numbers
from app.services.growth_selection.rows import (
    NOMINATION,
    PLAN,
    Row,
    ranking,
    selection_of,
    weights_of,
    year_of,
)
from app.services.growth_selection.scoring import scored
from app.services.library_entry.opening import place_of
from app.services.library_entry.rows import present_units
from app.services.plan_codes import agency_code
from app.services.public_notice.rows import current_notice, next_notice_key, results_of
from app.services.telling import tell

INSTANCE = table_of(ProcessInstance)
Answer = Mapping[str, Any]
TOO_LATE = "推荐期已满"


def start_nominations(case: Case, data: Data) -> None:
    """A quota for each locality by its enterprises in the library; one without any is not asked."""
    selection = selection_of(case)
    units = _localities(case)
    quotas = quota(_in_library(case, units), selection["number"]) if units else {}
    case.put("quota", "", {"localities": quotas})
    asked = [unit for unit in units if quotas.get(unit.id)]
    for unit in asked:
        case.start(_nomination(case, unit, quotas[unit.id], selection["notice_text"]))
    if not asked:
        _nobody(case, NOMINATION, "growth_nominations_done")


def score_growth(case: Case, data: Data) -> None:
    """What is not nominated by now is too late; everybody else gets a score by the selection's weights."""
    for instance_id in _open_children(case, NOMINATION):
        case.cancel_child(instance_id, TOO_LATE)
    candidates = case.rows("candidate")
    enterprises = case.session.scalars(select(Enterprise).where(Enterprise.id.in_(candidates))).all()
    weights = weights_of(selection_of(case))
    for one in scored(case.session, enterprises, year_of(case), case.house.chains.names, weights):
        parts = {scored_part.part.key: digits(scored_part.points) for scored_part in one.score.parts}
        told = {"score": digits(one.score.total), "parts": parts, "note": shown(one.score)}
        case.put("candidate", one.enterprise.id, {**candidates[one.enterprise.id], **told})


def apply_growth_objections(case: Case, data: Data) -> Answer:
    """Takes upheld rows out; once, and soon after the notice, the next in rank move up with a notice of their own."""
    notice, noticed = current_notice(case), case.row("noticed") or {}
    out = [key for key, result in results_of(case, notice).items() if result.is_out]
    for code in out:
        case.put("removed", code, {"on": case.today.isoformat(), "reason": "公示期内异议成立"})
    last_day = case.calendar.add(notice.ends_on, REPLACEMENT_DAYS)
    if not out or noticed["is_replacement"] or case.today > last_day:
        return {"replacements": 0}
    chosen = case.row("chosen") or {}
    order = [place.code for place in ranking(case) if place.code not in set(chosen["passed_over"])]
    following = next_in_rank(order, chosen["codes"], out)
    if not following:
        return {"replacements": 0}
    case.put("chosen", "", {**chosen, "codes": [*chosen["codes"], *following]})
    case.put("noticed", "", {"codes": following, "is_replacement": True})
    return {"replacements": len(following), "notice_key": next_notice_key(case), "notice_days": NOTICE_DAYS}


def publish_growth_list(case: Case, data: Data) -> None:
    """The number of the paper, a mark on each selected enterprise, and a word to all that were nominated."""
    removed, chosen = set(case.rows("removed")), set((case.row("chosen") or {})["codes"])
    known = case.rows("candidate")
    final = [(number, place) for number, place in enumerate(ranking(case), 1) if place.code in chosen - removed]
    code = agency_code(case.session)
    number = next_numbers(case.connection, code, FORMAL, case.today.year)[0]
    case.put(
        "published", "", {"number": number, "on": case.today.isoformat(), "codes": [place.code for _, place in final]}
    )
    for place_number, place in final:
        row = known[place.code]
        case.session.add(
            GrowthMark(
                year=year_of(case),
                enterprise_id=place.code,
                locality_id=row["locality"],
                place=place_number,
                points=place.points,
                score=row["parts"],
                selected_on=case.today,
                instance_id=case.instance.id,
            )
        )
    case.session.flush()
    _tell_results(case, known, {place.code: plain(place.points.normalize()) for _, place in final})


def start_plans(case: Case, data: Data) -> None:
    """One plan an enterprise; more than two hundred go by pages."""
    known = case.rows("candidate")
    codes: Sequence[str] = (case.row("published") or {})["codes"]
    for code in codes:
        case.start(_plan(case, code, known[code]))
    if not codes:
        _nobody(case, PLAN, "growth_plans_done")


def _localities(case: Case) -> list[Unit]:
    rows = case.session.scalars(select(Unit).order_by(Unit.position))
    return [unit for unit in rows if unit.is_locality and unit.ended_on is None]


def _in_library(case: Case, units: Sequence[Unit]) -> dict[str, int]:
    """How many each locality has, those of a merged one with its successor."""
    counted = case.session.execute(
        select(Enterprise.locality_id, func.count())
        .where(Enterprise.library_since.is_not(None))
        .group_by(Enterprise.locality_id)
    )
    present, found = present_units(case.session), {unit.id: 0 for unit in units}
    for locality, count in counted:
        if present[locality] in found:
            found[present[locality]] += count
    return found


def _nomination(case: Case, unit: Unit, most: int, notice: str) -> Start:
    year = year_of(case)
    return Start(
        NOMINATION,
        f"{NOMINATION}:{year}:{place_of(unit)}",
        f"{year}年高成长企业推荐：{unit.short_name}",
        year,
        unit.id,
        data={"selection_key": case.instance.business_key, "outcome": ""},
        rows={("quota", ""): {"quota": most, "notice_text": notice}},
    )


def _plan(case: Case, code: str, row: Row) -> Start:
    year = year_of(case)
    key = f"{PLAN}:{year}:{code}"
    enterprise = case.session.get_one(Enterprise, code)
    return Start(
        PLAN,
        key,
        f"{year}年“一企一策”培育方案：{row['name']}"[:200],
        year,
        enterprise.locality_id,
        data={"plan_key": key, "outcome": ""},
        rows={("subject", ""): {"name": row["name"], "note": row["note"], "wants": row.get("wants", "")}},
        enterprise_id=code,
    )


def _nobody(case: Case, definition_key: str, message: str) -> None:
    children = {"parent_id": case.instance.id, "definition_key": definition_key}
    case.effect(
        f"{message}:{case.instance.id}", "message", name=message, key=case.instance.business_key, unless_open=children
    )


def _open_children(case: Case, definition_key: str) -> list[str]:
    where = (
        INSTANCE.c.parent_id == case.instance.id,
        INSTANCE.c.definition_key == definition_key,
        INSTANCE.c.status == "active",
    )
    return list(case.connection.execute(select(INSTANCE.c.id).where(*where).order_by(INSTANCE.c.id)).scalars())


def _tell_results(case: Case, known: Mapping[str, Row], points: Mapping[str, str]) -> None:
    year = year_of(case)
    for code, row in known.items():
        if code in points:
            text = f"贵企业入选{year}年高成长企业，综合得分{points[code]}分。属地将与贵企业商定“一企一策”培育方案。"
        else:
            text = f"贵企业未入选{year}年高成长企业。评分情况：{row['note']}。"
        tell(case, [enterprise_inbox(code)], f"{year}年高成长企业遴选结果", text, f"result:{code}")


SELECTION_ACTIONS: Mapping[str, Action] = {
    f"growth_selection.{action.__name__}": action
    for action in (start_nominations, score_growth, apply_growth_objections, publish_growth_list, start_plans)
}
