"""What an accepted report leaves behind: figures, notes, priorities, case leads, and the register of differences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.duties.december_report import difference
from app.duties.december_report_content import text_column
from app.duties.quantity import plain, to_decimal
from app.models.actual import IndicatorActual
from app.models.december_report import CaseLead, DecemberReport, FigureDifference, MeasureNote, Priority
from app.queries.settled_indicators import SettledIndicator
from app.services.case_notes import unit_of
from app.services.cases import Case, Data
from app.services.december_report.facts import UnitFacts
from app.services.december_report.known import is_superseded
from app.services.december_report.objections import Objection, figure_of
from app.services.december_report.rows import campaign_of
from app.terms import Nature, Source

Row = dict[str, Any]


def record_report(case: Case, data: Data) -> None:
    """Writes down the version that was signed last. A report accepted after the consolidation is a supplement."""
    facts = UnitFacts(case)
    report, review = facts.report, _last_review(case)
    settlements = {row["id"]: row for row in review["objections"] if row.get("settled_value") is not None}
    settled = {
        objection: settlements[objection.id] for objection in facts.open_objections if objection.id in settlements
    }
    if facts.scope.kind == "department":
        _record_figures(case, facts, settled)
    for objection, row in settled.items():
        case.session.add(_settled_difference(case, facts, objection, row))
    _record_texts(case, facts)
    report.status, report.accepted_at = "accepted", case.at
    report.quality = review["quality_level"]
    report.is_supplement = case.row("consolidated", instance_id=campaign_of(case)) is not None
    case.session.flush()


def _last_review(case: Case) -> Row:
    return list(case.rows("review").values())[-1]


def _record_figures(case: Case, facts: UnitFacts, settled: dict[Objection, Row]) -> None:
    """The lead's figures, as its reviewer settled them; where another unit's report settles one, that is corrected."""
    values = {row.indicator.number: to_decimal(answer["settled_value"]) for row, answer in settled.items()}
    for indicator in facts.scope.led:
        figure = figure_of(facts.report, indicator.number)
        if figure is not None:
            value = values.get(indicator.number, to_decimal(figure["value"]))
            _record_figure(case, facts, indicator, figure, value)
            _record_count_difference(case, facts, indicator, figure)
    for objection in settled:
        value = values[objection.indicator.number]
        if objection.indicator in facts.scope.shared and value != objection.value:
            lead = _report_of_lead(case, facts, objection.indicator)
            figure = figure_of(lead, objection.indicator.number) or {}
            _record_figure(case, facts, objection.indicator, figure, value, lead.unit_id)


def _record_figure(
    case: Case, facts: UnitFacts, indicator: SettledIndicator, figure: Row, value: Decimal, unit_id: str | None = None
) -> None:
    """Never over an accepted figure of a later day, nor an expected one over a final one of the same day."""
    as_of = date.fromisoformat(figure.get("as_of") or f"{facts.year}-12-31")
    nature = figure.get("nature") or Nature.EXPECTED.value
    known = facts.known[indicator.number]
    if is_superseded(known.latest, as_of, nature):
        return
    case.session.add(
        IndicatorActual(
            indicator_id=indicator.id,
            year=facts.year,
            as_of=as_of,
            value=value,
            nature=nature,
            source=figure.get("source") or Source.DEPARTMENT.value,
            unit_id=unit_id or unit_of(case),
            note=figure.get("change_reason", ""),
            instance_id=case.instance.id,
            recorded_at=case.at,
            recorded_by=case.actor.login,
        )
    )


def _record_count_difference(case: Case, facts: UnitFacts, indicator: SettledIndicator, figure: Row) -> None:
    counted = facts.known[indicator.number].counted
    reported = to_decimal(figure["value"])
    if counted is None or not difference(reported, counted.value, indicator.precision).needs_reason:
        return
    case.session.add(
        FigureDifference(
            year=facts.year,
            indicator_id=indicator.id,
            unit_id=facts.unit,
            reported=reported,
            counted=counted.value,
            reason=figure.get("change_reason", ""),
            instance_id=case.instance.id,
        )
    )


def _settled_difference(case: Case, facts: UnitFacts, objection: Objection, answer: Row) -> FigureDifference:
    taken = f"采用{plain(to_decimal(answer['settled_value']))}{objection.indicator.unit}"
    return FigureDifference(
        year=facts.year,
        indicator_id=objection.indicator.id,
        unit_id=objection.unit_id,
        reported=objection.value,
        counted=objection.objected,
        reason=f"{objection.reason}（来源：{objection.source}）",
        settled="。".join(filter(None, [taken, answer.get("settlement")])),
        instance_id=case.instance.id,
    )


def _report_of_lead(case: Case, facts: UnitFacts, indicator: SettledIndicator) -> DecemberReport:
    of_lead = (DecemberReport.year == facts.year, DecemberReport.unit_id == indicator.lead_id)
    return case.session.scalars(select(DecemberReport).where(*of_lead)).one()


def _record_texts(case: Case, facts: UnitFacts) -> None:
    common = {"unit_id": facts.unit, "instance_id": case.instance.id}
    leads = {row.no: row.lead for row in facts.scope.items}
    answers = facts.report.answers
    for row in answers.get("measures", ()):
        case.session.add(
            MeasureNote(
                year=facts.year,
                kind="action" if facts.scope.kind == "locality" else "measure",
                number=row["no"],
                state=row.get("state", ""),
                text=row.get(text_column({"lead": leads.get(row["no"], False)}), ""),
                highlight=row.get("highlight", ""),
                **common,
            )
        )
    for position, row in enumerate(answers.get("priorities", ()), 1):
        case.session.add(
            Priority(
                year=facts.year + 1,
                position=position,
                title=row["title"],
                content=row["content"],
                measure_number=row.get("measure_no"),
                indicator_number=row.get("indicator_no"),
                expected=row.get("expected", ""),
                **common,
            )
        )
    for position, row in enumerate(answers.get("cases", ()), 1):
        case.session.add(CaseLead(year=facts.year, title=row["title"], text=row["text"], **common))
        _offer_case(case, facts, position, row)


def _offer_case(case: Case, facts: UnitFacts, position: int, row: Row) -> None:
    """A lead becomes a case of the unit, which writes it."""
    key = f"{case.instance.business_key}:case:{position}"
    told = {"unit": facts.unit, "title": row["title"], "text": row["text"], "origin": "report"}
    case.effect(f"{case.instance.id}:case_offered:{position}", "message", name="case_offered", key=key, **told)
