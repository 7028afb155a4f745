"""What each form of 年度反馈 begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.documents.notice import CONTENTS
from app.duties.december_report import DUTY, december_due
from app.duties.lights import chinese_date, distance_text
from app.models.organization import Unit
from app.models.process import ProcessInstance, WorkingRow
from app.services.case_notes import year_of
from app.services.cases import Case, Prefill
from app.services.december_report.annual import prefill_annual, prefill_opinion
from app.services.december_report.draft import prefill_draft, stated
from app.services.december_report.facts import UnitFacts
from app.services.december_report.late import urgings_of
from app.services.december_report.review import prefill_review
from app.services.december_report.rows import subject_of

KINDS = {"department": "市级部门", "county": "县（市、区）", "functional_zone": "功能区"}


def prefill(case: Case, element_id: str, item: str | None) -> Prefill:
    known = PREFILLS.get(element_id)
    return known(case) if known else ({}, {})


def _notice(case: Case) -> Prefill:
    year = year_of(case)
    due = DUTY.due_on("sign_report", {"year": year, "calendar": case.calendar, "opened_on": case.today})
    listed = sorted(case.rows("unit").items(), key=lambda entry: entry[1]["position"])
    return {
        "due_on": december_due(year, case.calendar).isoformat(),
        **({"due_rule": due.rule} if due else {}),
        "units": [
            {"unit": id_, "name": row["name"], "kind": KINDS[row["kind"]], "sections": row["sections"]}
            for id_, row in listed
        ],
        "notice_text": "\n".join(CONTENTS),
        **_last_phone(case, year),
    }, {}


def _last_phone(case: Case, year: int) -> dict[str, str]:
    """The telephone of last year's notice."""
    last = (ProcessInstance.definition_key == "december_report", ProcessInstance.year == year - 1)
    found = case.session.scalars(
        select(WorkingRow.value)
        .join(ProcessInstance, ProcessInstance.id == WorkingRow.instance_id)
        .where(*last, WorkingRow.kind == "notice")
    ).first()
    return {"phone": found["phone"]} if found else {}


def _escalation(case: Case) -> Prefill:
    due_on = UnitFacts(case).report_due_on
    times, last = urgings_of(case.session, case.instance.id)
    reminded = f"，最近一次提醒在{chinese_date(last)}" if last else ""
    return {
        "unit_name": _unit(case).name,
        "due_on": due_on.isoformat(),
        "late_note": distance_text(case.today, due_on, case.calendar),
        "reminder_note": f"已催办{times}次{reminded}" if times else f"尚未催办{reminded}",
    }, {}


def _successor(case: Case) -> Prefill:
    """The successor that the register of units names already."""
    unit = _unit(case)
    successor = case.session.get(Unit, unit.successor_id) if unit.successor_id else None
    known: dict[str, Any] = {
        "unit_name": unit.name,
        "effective_on": unit.ended_on.isoformat() if unit.ended_on else None,
        "has_successor": True if successor else None,
        "successor": successor.name if successor else None,
    }
    return stated(known), {}


def _unit(case: Case) -> Unit:
    return case.session.get_one(Unit, subject_of(case))


PREFILLS: Mapping[str, Callable[[Case], Prefill]] = {
    "confirm_notice": _notice,
    "draft_report": prefill_draft,
    "decide_escalation": _escalation,
    "name_successor": _successor,
    "review_report": prefill_review,
    "edit_annual_report": prefill_annual,
    "sign_annual_report": prefill_opinion,
    "approve_annual_report": prefill_opinion,
}
