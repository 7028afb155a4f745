"""The service tasks before figures are recorded: prepared, submitted, looked at, taken back, returned, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.duties.progress_monitoring import exceptions, figure_of, value_or_none
from app.models.organization import Unit
from app.models.progress_monitoring import ProgressReport
from app.services.case_notes import numbered, unit_of
from app.services.cases import Action, Case, Data
from app.services.progress_monitoring.facts import UnitFacts
from app.services.progress_monitoring.opening import report_start
from app.services.progress_monitoring.recording import record_rows
from app.services.progress_monitoring.rows import (
    Row,
    day,
    last_review,
    period_of,
    report_of,
    standing_versions,
    versions_of,
)

WITH_CONTACT = ("sent",)
NOTED = ("measures", "matters", "plan_lines", "actions")


def prepare_figures(case: Case, data: Data) -> Mapping[str, Any]:
    """The report's row; who has nothing to tell gets no form."""
    period, facts = period_of(case), UnitFacts(case)
    count = facts.asked.row_count
    number = select(func.max(ProgressReport.correction)).where(
        ProgressReport.period == period.text, ProgressReport.unit_id == unit_of(case)
    )
    last = case.session.scalar(number)
    is_correction = case.row("correcting") is not None
    case.session.add(
        ProgressReport(
            period=period.text,
            year=period.year,
            unit_id=unit_of(case),
            correction=0 if last is None else last + 1,
            instance_id=case.instance.id,
            status="sent" if count else "needless",
            due_on=case.calendar.add(case.today, 3) if is_correction else period.due_on(case.calendar),
            round=1,
            answers={},
        )
    )
    case.session.flush()
    return {"row_count": count}


def submit_progress(case: Case, data: Data) -> Mapping[str, Any]:
    """Freezes what the head signed. The first signature decides timeliness, whatever is corrected later."""
    report, signature, versions = report_of(case), case.row("signature") or {}, versions_of(case)
    drafter = (case.row("drafter") or {}).get("name", "")
    version = {**signature, "drafter": drafter, "answers": case.row("draft"), "is_taken_back": False}
    versions[numbered(len(versions) + 1)] = version
    case.put("version", numbered(len(versions)), version)
    report.answers, report.status = version["answers"], "signed"
    report.round = standing_versions(versions)
    if report.first_submitted_on is None:
        signed_on = day(signature["on"])
        report.first_submitted_on = signed_on
        counted = case.calendar.first_on_or_after(signed_on)
        report.late_days = max(case.calendar.count(report.due_on, counted), 0) if signed_on > report.due_on else 0
    case.session.flush()
    return {"round": report.round}


def check_figures(case: Case, data: Data) -> Mapping[str, Any]:
    """What the machine finds. A correction and a second version are looked at by a person in any case."""
    facts, report = UnitFacts(case), report_of(case)
    known = {row["no"]: row for row in facts.figures if not row["is_closed"]}
    figures = [
        figure_of(known[row["no"]], row)
        for row in report.answers.get("figures", ())
        if row["no"] in known and value_or_none(row) is not None
    ]
    noted = [
        {"key": f"{table}.{row['no']}", "state": row.get("state")}
        for table in NOTED
        for row in report.answers.get(table, ())
        if f"{table}.{row['no']}" not in facts.closed
    ]
    found = exceptions(figures, noted, is_first=_is_first(case), key=case.instance.business_key)
    for key in case.rows("exception"):
        case.drop("exception", key)
    case.put_all("exception", {key or "report": {"why": why} for key, why in found.items()})
    return {"needs_check": bool(found) or report.round > 1 or facts.is_correction}


def _is_first(case: Case) -> bool:
    """No report of the unit was accepted yet."""
    accepted = select(func.count()).where(ProgressReport.unit_id == unit_of(case), ProgressReport.status == "accepted")
    return case.session.scalar(accepted.select_from(ProgressReport)) == 0


def withdraw_progress(case: Case, data: Data) -> Mapping[str, Any]:
    """The version is marked, the draft kept; the day of the first submission stays."""
    versions, report = versions_of(case), report_of(case)
    last = numbered(len(versions))
    versions[last]["is_taken_back"] = True
    case.put("version", last, versions[last])
    report.status, report.round = "sent", max(standing_versions(versions), 1)
    case.session.flush()
    return {"round": report.round}


def set_correction(case: Case, data: Data) -> None:
    """Opens the rows that were returned; all others are recorded now. Without a row, the whole was returned."""
    review = last_review(case) or {"rows": [], "opinion_text": ""}
    returned = {row["key"]: row for row in review["rows"] if row["verdict"] == "returned"}
    if returned:
        record_rows(case, besides=returned.keys())
        points = [{"no": at, "item": row["item"], "point": row["point"]} for at, row in enumerate(returned.values(), 1)]
    else:
        points = [{"no": 1, "item": "全部内容", "point": review["opinion_text"]}]
    case.put("correction", "", {"on": case.today.isoformat(), "points": points})
    report_of(case).status = "returned"
    case.session.flush()


def move_rows(case: Case, data: Data) -> None:
    """To the successor's form while that is with its contact; else it gets a second one, with these rows alone."""
    report = report_of(case)
    report.status = "transferred"
    unit = case.session.get_one(Unit, unit_of(case))
    assert unit.successor_id is not None
    handed = {unit.id: _handed(case, unit), **case.rows("inherited")}
    wanted = (ProgressReport.period == report.period, ProgressReport.unit_id == unit.successor_id)
    own = case.session.scalars(select(ProgressReport).where(*wanted).order_by(ProgressReport.id.desc())).first()
    if own is not None and own.status in WITH_CONTACT:
        for key, row in handed.items():
            case.put("inherited", key, row, instance_id=own.instance_id)
    else:
        successor = case.session.get_one(Unit, unit.successor_id)
        rows = {("inherited", key): row for key, row in handed.items()}
        case.start(report_start(period_of(case), successor, f":{unit.id}" if own else "", rows))
    case.session.flush()


def _handed(case: Case, unit: Unit) -> Row:
    return {"unit": unit.id, "name": unit.short_name, "answers": case.row("draft") or {}}


SUBMISSION: Mapping[str, Action] = {
    "progress_monitoring.prepare_figures": prepare_figures,
    "progress_monitoring.submit_progress": submit_progress,
    "progress_monitoring.check_figures": check_figures,
    "progress_monitoring.withdraw_progress": withdraw_progress,
    "progress_monitoring.set_correction": set_correction,
    "progress_monitoring.move_rows": move_rows,
}
