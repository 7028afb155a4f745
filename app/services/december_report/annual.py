"""What the annual report's forms begin with: the units' texts with their sources, and live figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from app.models.december_report import DecemberReport, FigureDifference
from app.queries.settled_indicators import SettledIndicator
from app.services import form_rules
from app.services.case_notes import numbered, year_of
from app.services.cases import Case, Prefill
from app.services.december_report.draft import percent, stated
from app.services.december_report.facts import CampaignFacts
from app.services.december_report.known import Known, as_number
from app.services.december_report.objections import figure_of
from app.services.december_report.rows import short_names
from app.terms import Nature

FORM = "december_report.edit_annual_report"
LONGEST = 5000  # of each chapter, as the form has it
STATES = {"unsent": "未报送", "unreviewed": "已报送，尚未通过审核"}

Row = dict[str, Any]


def prefill_annual(case: Case) -> Prefill:
    """The chapters as the units' texts make them; over them what the office wrote before."""
    facts, opinion = CampaignFacts(case), case.row("annual_opinion") or {}
    known = {
        "returned_opinion": opinion.get("opinion_text") if opinion.get("outcome") == "no" else None,
        "missing_units": missing_units(case),
        "overall": _overall(case, facts),
        "actions": [_chapter(case, action) for action in facts.actions],
        "indicators": indicator_rows(case),
        "problems": _joined(case, "problems"),
        "priorities": _joined(case, "priorities"),
    }
    known = {name: value for name, value in known.items() if value}
    written = case.row("annual")
    return (form_rules.overlay(form_rules.read_form(FORM), known, written) if written else known), {}


def prefill_opinion(case: Case) -> Prefill:
    """What the signer and the leader have before them."""
    written = case.row("annual") or {}
    return {name: written[name] for name in ("overall", "missing_units") if written.get(name)}, {}


def missing_units(case: Case) -> str:
    rows = sorted(case.rows("missing").values(), key=lambda row: row["position"])
    return "、".join(f"{row['name']}（{STATES[row['state']]}）" for row in rows)


def indicator_rows(case: Case) -> list[Row]:
    """The table of indicators as it stands now, each with what has to be said about it."""
    facts = CampaignFacts(case)
    notes = _Notes(case, facts.plan.indicators)
    return [_indicator(row, facts.figures[row.number], notes) for row in facts.plan.indicators]


class _Notes:
    """Reasons and differences that the units and reviewers gave, read once for all indicators."""

    def __init__(self, case: Case, indicators: Sequence[SettledIndicator]) -> None:
        of_year = DecemberReport.year == year_of(case)
        leads = DecemberReport.unit_id.in_({row.lead_id for row in indicators})
        self._reports = {row.unit_id: row for row in case.session.scalars(select(DecemberReport).where(of_year, leads))}
        differences = select(FigureDifference).where(FigureDifference.year == year_of(case))
        self._differences: dict[int, list[FigureDifference]] = {}
        for row in case.session.scalars(differences.order_by(FigureDifference.id)):
            self._differences.setdefault(row.indicator_id, []).append(row)
        self._names = short_names(case.session, {row.lead_id for row in indicators})

    def of(self, indicator: SettledIndicator, known: Known) -> str:
        report = self._reports.get(indicator.lead_id)
        figure = (figure_of(report, indicator.number) if report else None) or {}
        settled = [row.settled for row in self._differences.get(indicator.id, ()) if row.settled]
        reason = "" if known.is_met or known.target is None else figure.get("gap_reason", "")
        if known.target is not None and known.latest is None:
            reason = reason or f"{self._names[indicator.lead_id]}未报送完成值。"
        return fitted(filter(None, [reason, *settled]), 500)


def _indicator(indicator: SettledIndicator, known: Known, notes: _Notes) -> Row:
    latest, attainment = known.latest, known.attainment
    return stated(
        {
            "no": indicator.number,
            "name": indicator.name,
            "unit": indicator.unit,
            "target": None if known.target is None else as_number(known.target),
            "done": None if latest is None else as_number(latest.value),
            "ratio": percent(attainment.ratio) if attainment else None,
            "nature": Nature(latest.nature).label if latest else None,
            "note": notes.of(indicator, known) or None,
        }
    )


def _overall(case: Case, facts: CampaignFacts) -> str:
    expected = sum(not row["exempt"] for row in case.rows("unit").values())
    of_year = (DecemberReport.year == facts.year, DecemberReport.status == "accepted")
    accepted = case.session.scalar(select(func.count()).where(*of_year))
    met = sum(item["is_met"] for item in facts.items)
    return (
        f"{facts.year}年度，各地、各有关部门按照《{facts.plan.plan.title}》推进各项工作。"
        f"应报送年度反馈的单位{expected}个，已通过审核{accepted}个。"
        f"全年设定年度目标的指标{len(facts.items)}项，按目前数据达到目标{met}项、未达到{len(facts.items) - met}项。"
    )


def _chapter(case: Case, action: Row) -> Row:
    material = case.row("material", f"action:{numbered(action['no'])}") or {"passages": []}
    told = [row for row in material["passages"] if not row["is_missing"]]
    silent = list(dict.fromkeys(row["name"] for row in material["passages"] if row["is_missing"]))
    texts = [f"{row['head']}【{row['name']}】{row['text']}" for row in told]
    if silent:
        texts.append(f"未反馈：{'、'.join(silent)}。")
    sources = "、".join(dict.fromkeys(row["name"] for row in told))
    return stated({**action, "sources": sources or None, "text": fitted(texts, LONGEST) or None})


def _joined(case: Case, chapter: str) -> str:
    material = case.row("material", chapter) or {"passages": []}
    return fitted((f"【{row['name']}】{row['text']}" for row in material["passages"]), LONGEST)


def fitted(texts: Iterable[str], most: int) -> str:
    """The texts, a line each, in so many characters: where they are too long, the longest are cut first."""
    lines = [text.replace("\n", " ") for text in texts]
    room = most - len(lines)  # for the line breaks
    longest = max(map(len, lines), default=0)
    while sum(min(len(line), longest) for line in lines) > room:
        longest -= 1
    return "\n".join(line if len(line) <= longest else f"{line[: longest - 1]}…" for line in lines)
