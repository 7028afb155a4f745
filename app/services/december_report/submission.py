"""The service tasks of one unit's report: prepared, submitted, taken back, returned for correction, accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.duties.december_report import timeliness, unlocked_fields
from app.models.december_report import DecemberReport
from app.services import form_rules
from app.services.case_notes import numbered, year_of
from app.services.cases import Action, Case, Data
from app.services.december_report.handover import hand_over_report
from app.services.december_report.record import record_report
from app.services.december_report.rows import campaign_due_on, report_of, standing, subject_of, versions_of

REVIEW_FORM = "december_report.review_report"


def prepare_report(case: Case, data: Data) -> None:
    """The report's row; in a supplement the merged unit's, which goes on here."""
    if case.row("subject"):
        report = report_of(case)
        report.instance_id, report.status = case.instance.id, "sent"
    else:
        case.session.add(
            DecemberReport(
                year=year_of(case),
                unit_id=subject_of(case),
                instance_id=case.instance.id,
                status="sent",
                due_on=campaign_due_on(case),
                round=1,
                answers={},
            )
        )
    case.session.flush()


def submit_report(case: Case, data: Data) -> Mapping[str, Any]:
    """Freezes what the head signed. The first signature decides timeliness, whatever is corrected later."""
    report, signature, versions = report_of(case), case.row("signature") or {}, versions_of(case)
    drafter = (case.row("drafter") or {}).get("name", "")
    version = {**signature, "drafter": drafter, "answers": case.row("draft"), "is_taken_back": False}
    versions[numbered(len(versions) + 1)] = version
    case.put("version", numbered(len(versions)), version)
    report.answers, report.status = version["answers"], "signed"
    report.round = standing(versions)
    if report.first_submitted_on is None:
        signed_on = date.fromisoformat(signature["on"])
        report.first_submitted_on = signed_on
        report.late_days = timeliness(signed_on, report.due_on, None, case.calendar).late_days
    case.session.flush()
    return {"round": report.round}


def withdraw_submission(case: Case, data: Data) -> Mapping[str, Any]:
    """The version is marked, the draft kept; the day of the first submission stays."""
    versions = versions_of(case)
    last = numbered(len(versions))
    versions[last]["is_taken_back"] = True
    case.put("version", last, versions[last])
    report = report_of(case)
    report.status, report.round = "read", max(standing(versions), 1)
    case.session.flush()
    return {"round": report.round}


def set_correction(case: Case, data: Data) -> None:
    """Opens what the reviewer listed, and nothing else."""
    points = list(case.rows("review").values())[-1]["return_points"]
    names = _names_of_fields()
    told = [
        {"no": number, "field_name": names[row["field"]], "point": row["point"]} for number, row in enumerate(points, 1)
    ]
    case.put("correction", "", {"points": told, "unlocked": unlocked_fields(points)})
    report_of(case).status = "returned"
    case.session.flush()


def _names_of_fields() -> dict[str, str]:
    points = form_rules.read_form(REVIEW_FORM)["properties"]["return_points"]
    return {word["const"]: word["title"] for word in points["items"]["properties"]["field"]["oneOf"]}


ACTIONS: Mapping[str, Action] = {
    "december_report_unit.prepare_report": prepare_report,
    "december_report_unit.submit_report": submit_report,
    "december_report_unit.withdraw_submission": withdraw_submission,
    "december_report_unit.set_correction": set_correction,
    "december_report_unit.record_report": record_report,
    "december_report_unit.hand_over_report": hand_over_report,
}
