"""What the reviewer of a report sees first: figures that differ, parts that are missing, objections to settle."""

from __future__ import annotations

from typing import Any

from app.duties.december_report import completeness, difference
from app.duties.quantity import to_decimal
from app.services.cases import Case, Prefill
from app.services.december_report.draft import stated
from app.services.december_report.facts import UnitFacts
from app.services.december_report.known import Known, as_number
from app.services.december_report.rows import short_names

Row = dict[str, Any]


def prefill_review(case: Case) -> Prefill:
    facts = UnitFacts(case)
    known = {"differences": _differences(facts), "missing": _missing(facts), "objections": _objections(case, facts)}
    return {name: rows for name, rows in known.items() if rows}, {}


def _differences(facts: UnitFacts) -> list[Row]:
    """Figures that are not what was counted or, without a count, accepted last; the widest first."""
    reported = {row["no"]: row for row in facts.report.answers.get("figures", ())}
    rows = []
    for indicator in facts.scope.led:
        answer, known = reported.get(indicator.number), facts.known[indicator.number]
        reference = known.counted or known.audited
        if answer is None or reference is None:
            continue
        found = difference(to_decimal(answer["value"]), reference.value, indicator.precision)
        if found.absolute:
            rows.append(
                stated(
                    {
                        "no": indicator.number,
                        "name": indicator.name,
                        "unit": indicator.unit,
                        "reported": answer["value"],
                        **_references(known),
                        "absolute": as_number(found.absolute),
                        "percent": None if found.percent is None else f"{found.percent}%",
                        "reason": answer.get("change_reason"),
                    }
                )
            )
    return sorted(rows, key=lambda row: -float(row.get("percent", "0%").rstrip("%")))


def _references(known: Known) -> Row:
    return {
        "counted": as_number(known.counted.value) if known.counted else None,
        "last_accepted": as_number(known.audited.value) if known.audited else None,
    }


def _missing(facts: UnitFacts) -> list[Row]:
    answers = facts.report.answers
    rows = {
        "figures": _answered(facts.figures, answers.get("figures", ())),
        "measures": _answered(facts.measures, answers.get("measures", ())),
        "priorities": answers.get("priorities"),
        "statement": answers.get("statement"),
    }
    missing = completeness(facts.scope.kind, rows)
    return [{"no": number, "text": row.text} for number, row in enumerate(missing, 1)]


def _answered(asked: list[Row], answers: list[Row]) -> list[Row]:
    given = {row["no"]: row for row in answers}
    return [{**given.get(row["no"], {}), "no": row["no"], "lead": row.get("lead")} for row in asked]


def _objections(case: Case, facts: UnitFacts) -> list[Row]:
    names = short_names(case.session, {row.unit_id for row in facts.open_objections})
    return [
        stated(
            {
                "id": row.id,
                "name": row.indicator.name,
                "unit_name": names[row.unit_id],
                "value": as_number(row.value),
                "objected_value": as_number(row.objected),
                "objected_source": row.source,
                "objection_reason": row.reason,
            }
        )
        for row in facts.open_objections
    ]
