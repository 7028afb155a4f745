"""What the forms of one proposal, and of one locality's answer, begin with, and where each value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.duties.annual_target import even_quarters, remaining
from app.duties.lights import chinese_date
from app.duties.quantity import as_number, in_words, to_decimal
from app.models.plan import Discrepancy
from app.models.process import ProcessInstance, WorkingRow
from app.queries.settled_indicators import KIND_WORDS
from app.services.annual_target.facts import quotation
from app.services.annual_target.forms import Filler, known
from app.services.annual_target.item_actions import is_objection
from app.services.annual_target.item_answers import OBJECT
from app.services.annual_target.package import (
    Package,
    Row,
    Standing,
    item_key,
    load_package,
    number_of,
    package_row,
    standing_of,
    units_by_id,
    year_of,
)
from app.services.cases import Case, Prefill

INSTANCE, ROWS = table_of(ProcessInstance), table_of(WorkingRow)
BINDING_WORDS = {"text": "以正文为准", "annex": "以附件1为准", "other": "另定"}
NOT_SETTLED = "尚未确认"


def _propose_target(case: Case, item: str | None) -> Prefill:
    package = load_package(case.session, year_of(case), [number_of(case)])
    standing = package.standings[number_of(case)]
    proposal = case.row("proposal") or {}
    value = proposal.get("value", standing.suggested)
    earlier = _approach_of_last_year(case, standing)
    approach = proposal.get("approach") or earlier
    fields = known(
        **_plan_fields(standing),
        note=_note(case, standing),
        value=as_number(value),
        reason=proposal.get("reason"),
        approach=approach,
        attachments=proposal.get("attachments"),
    )
    tables = {
        "discrepancies": _discrepancies(case, package),
        "quarter_plan": _quarter_rows(standing, proposal),
        "baseline": _baseline_rows(standing, proposal, package),
    }
    marks = _marks(case, standing, is_new=not proposal)
    if approach and approach == earlier:
        marks["approach"] = {"text": f"{package.year - 1}年度目标申报", "value": approach}
    return {**fields, **tables}, marks


def _plan_fields(standing: Standing) -> Row:
    indicator = standing.indicator
    is_added = indicator.kind == "newly_added"
    words = in_words(indicator.total, indicator.unit, indicator.comparator)
    return {
        "plan_words": f"{KIND_WORDS[indicator.kind]}，{words}",
        "plan_total": as_number(indicator.total),
        "done": as_number(standing.done) if is_added else None,
        "remaining": as_number(remaining(indicator.total, standing.done)) if is_added else None,
        "suggested": as_number(standing.suggested),
    }


def _note(case: Case, standing: Standing) -> str:
    """What the lead should know before it writes: why it is asked again, why within the year, how far it is."""
    returned = case.row("returned")
    package = package_row(case)
    parts = (
        standing.note,
        f"{returned['by']}退回：{returned['text']}" if returned else "",
        f"调整理由：{package['reason']}" if package["kind"] == "adjustment" else "",
    )
    return "；".join(filter(None, parts))


def _discrepancies(case: Case, package: Package) -> list[Row]:
    number = number_of(case)
    rows = case.session.scalars(
        select(Discrepancy).where(Discrepancy.plan_id == package.plan.id).order_by(Discrepancy.id)
    )
    return [
        {
            "id": row.key,
            "name": row.subject,
            "text": quotation(row.text_side),
            "annex": quotation(row.annex_side),
            "binding": BINDING_WORDS[row.binding] if row.binding else NOT_SETTLED,
        }
        for row in rows
        if number in row.indicators
    ]


def _quarter_rows(standing: Standing, proposal: Row) -> list[Row]:
    indicator = standing.indicator
    if indicator.kind != "newly_added":
        return []
    quarters = proposal.get("quarters") or even_quarters(standing.suggested, indicator.precision)
    return [{"quarter": number, "value": as_number(value)} for number, value in enumerate(quarters, 1)]


def _baseline_rows(standing: Standing, proposal: Row, package: Package) -> list[Row]:
    """Last year's figure; in the plan's first year there is none to ask for."""
    if proposal.get("baseline"):
        return list(proposal["baseline"])
    if package.year == package.plan.first_year:
        return []
    last = standing.last
    row = known(
        year=package.year - 1,
        unit=standing.indicator.unit,
        value=as_number(last.value) if last else None,
        as_of=last.as_of.isoformat() if last else None,
        nature="actual" if last else None,
        source=last.source if last else None,
    )
    return [row]


def _marks(case: Case, standing: Standing, is_new: bool) -> dict[str, dict[str, Any]]:
    reckoned = f"系统测算，{chinese_date(case.today)}"
    marks: dict[str, dict[str, Any]] = {"suggested": {"text": reckoned}}
    if is_new:
        marks["value"] = {"text": f"建议值，{reckoned}", "value": as_number(standing.suggested)}
    if standing.last:
        marks["baseline.0.value"] = {"text": standing.last.mark, "value": as_number(standing.last.value)}
    if standing.last and standing.indicator.kind == "newly_added":
        marks["done"] = {"text": standing.last.mark}
    return marks


def _approach_of_last_year(case: Case, standing: Standing) -> str:
    row = case.connection.execute(
        select(ROWS.c.value)
        .join(INSTANCE, INSTANCE.c.id == ROWS.c.instance_id)
        .where(INSTANCE.c.definition_key == "annual_target")
        .where(INSTANCE.c.business_key == f"annual_target:{year_of(case) - 1}")
        .where(ROWS.c.kind == "item", ROWS.c.key == item_key(standing.indicator.number))
    ).scalar_one_or_none()
    return str((row or {}).get("approach", ""))


def _countersign_target(case: Case, item: str | None) -> Prefill:
    proposal = case.row("proposal") or {}
    return known(
        value=as_number(proposal["value"]),
        suggested=as_number(standing_of(case).suggested),
        reason=proposal.get("reason"),
        approach=proposal.get("approach"),
    ), {}


def _answer_objection(case: Case, item: str | None) -> Prefill:
    return {"answers": _objection_rows(case)}, {}


def _decide_alone(case: Case, item: str | None) -> Prefill:
    proposal = case.row("proposal") or {}
    fields = {
        "proposed": as_number(proposal["value"]),
        "suggested": as_number(standing_of(case).suggested),
        "objections": _objection_rows(case),
    }
    return fields, {}


def _objection_rows(case: Case) -> list[Row]:
    """Each unit that disagrees, with what it wants, and what the lead answered once it has."""
    opinions, units = case.rows("opinion"), units_by_id(case.session)
    texts = (case.row("answer") or {}).get("texts", {})
    return [
        known(
            unit=unit,
            unit_name=units[unit].short_name,
            counter_value=as_number(opinions[unit]["counter_value"]),
            counter_reason=opinions[unit]["counter_reason"],
            answer_text=texts.get(unit),
        )
        for unit in units
        if unit in opinions and is_objection(opinions[unit])
    ]


def _answer_breakdown(case: Case, item: str | None) -> Prefill:
    rows = [
        known(
            no=figure["no"],
            name=figure["name"],
            unit=figure["unit"],
            target=as_number(figure["target"]),
            value=as_number(figure["value"]),
            answer=figure["answer"],
            proposed=_number(figure.get("proposed")),
            reason=figure.get("reason"),
        )
        for figure in case.rows("figure").values()
    ]
    return {"figures": rows}, {}


def _decide_breakdown_objection(case: Case, item: str | None) -> Prefill:
    """The office begins with the figure as it was divided."""
    rows = [
        known(
            no=figure["no"],
            name=figure["name"],
            unit=figure["unit"],
            value=as_number(figure["value"]),
            proposed=_number(figure["proposed"]),
            objection=figure["reason"],
            final=as_number(figure["value"]),
        )
        for figure in case.rows("figure").values()
        if figure["answer"] == OBJECT
    ]
    return {"figures": rows}, {}


def _number(text: str | None) -> int | float | None:
    return None if text is None else as_number(to_decimal(text))


CHILD_FORMS: Mapping[str, Filler] = {
    "propose_target": _propose_target,
    "countersign_target": _countersign_target,
    "answer_objection": _answer_objection,
    "decide_alone": _decide_alone,
    "answer_breakdown": _answer_breakdown,
    "decide_breakdown_objection": _decide_breakdown_objection,
}
