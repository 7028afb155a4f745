"""Hands the report of a unit that ended to its successor.

While the successor's own report is still with its contact, the sections are added to it. Once it was drafted, signed
or returned, nobody could add rows to it unseen: the successor then gets a second report, a supplement for the merged
unit, beside its own in the same campaign.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models.december_report import DecemberReport
from app.models.organization import Unit
from app.services.case_notes import year_of
from app.services.cases import Case, Data, Start
from app.services.december_report.rows import campaign_of, report_of, short_names, subject_of, units_reported_on

WITH_CONTACT = ("sent", "read")


def hand_over_report(case: Case, data: Data) -> None:
    successor = case.row("successor") or {}
    report_of(case).status = "transferred"
    own = _report_of(case, successor["unit"])
    if own is not None and own.status in WITH_CONTACT:
        for unit in units_reported_on(case):
            case.put("inherited", unit.id, _sections(case, unit, successor), instance_id=own.instance_id)
            case.put("handed", unit.id, {"unit": own.unit_id}, instance_id=campaign_of(case))
    else:
        case.start(_supplement(case, successor))


def _report_of(case: Case, unit_id: str) -> DecemberReport | None:
    of_unit = (DecemberReport.year == year_of(case), DecemberReport.unit_id == unit_id)
    return case.session.scalars(select(DecemberReport).where(*of_unit)).one_or_none()


def _sections(case: Case, unit: Unit, successor: dict[str, Any]) -> dict[str, Any]:
    told = {name: successor[name] for name in ("document_no", "effective_on", "note")}
    answers = case.row("draft") if unit.id == subject_of(case) else None
    return {"unit": unit.id, "name": unit.short_name, **told, "answers": answers or {}}


def _supplement(case: Case, successor: dict[str, Any]) -> Start:
    """A sibling, so that the campaign waits for it like for any other; the merged unit's row goes on in it."""
    year, merged = year_of(case), units_reported_on(case)
    name = short_names(case.session, [successor["unit"]])[successor["unit"]]
    key = f"december_report_unit:{year}:{successor['unit']}:{subject_of(case)}"
    rows: dict[tuple[str, str], dict[str, Any]] = {("subject", ""): {"unit": subject_of(case)}}
    rows |= {("inherited", unit.id): _sections(case, unit, successor) for unit in merged[1:]}
    if draft := case.row("draft"):
        rows["draft", ""] = draft
    return Start(
        "december_report_unit",
        key,
        f"{year}年度反馈：{name}（承接{merged[0].short_name}）",
        year,
        successor["unit"],
        {
            "campaign_key": case.instance.data["campaign_key"],
            "unit_key": f"{year}:{successor['unit']}",
            "submission_key": key,
            "round": 1,
        },
        rows,
        is_sibling=True,
    )
