"""How 年度反馈 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.duties.december_report import DUTY
from app.duties.december_report_correction import FIELDS
from app.errors import RuleViolation
from app.queries.settled_indicators import plan_of_year
from app.services.cases import Case, Casework, NewDay, Start
from app.services.december_report.campaign import ACTIONS as CAMPAIGN_ACTIONS
from app.services.december_report.counted import counted_fields
from app.services.december_report.facts import facts
from app.services.december_report.prefill import prefill
from app.services.december_report.receive import receive
from app.services.december_report.rows import report_of
from app.services.december_report.submission import ACTIONS as UNIT_ACTIONS
from app.services.house import House

CAMPAIGN, UNIT = DUTY.processes
OVERDUE = {"report_overdue": "escalate_at"}
STAGES: Mapping[str, str] = {
    "confirm_notice": "checking",
    "edit_annual_report": "editing",
    "sign_annual_report": "signing",
    "approve_annual_report": "approving",
}


def opening(session: Session, house: House, variables: Mapping[str, Any]) -> Start:
    """variables: {year}. Raises RuleViolation for a year of no plan."""
    year = variables.get("year")
    if not isinstance(year, int):
        raise RuleViolation("year", "请填写年度")
    plan_of_year(session, year)
    key = f"{CAMPAIGN}:{year}"
    return Start(CAMPAIGN, key, f"{year}年度反馈", year, data={"campaign_key": key})


def locked(case: Case, element_id: str, item: str | None) -> list[str]:
    """A figure that the libraries count; in a correction, all that the reviewer did not list."""
    if element_id != "draft_report":
        return []
    correction = case.row("correction")
    kept = [name for name in FIELDS if name not in correction["unlocked"]] if correction else []
    return [*kept, *counted_fields(case)]


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """A unit's: sent | read | drafted | signed | returned | accepted | exempted | transferred (and missing, which the
    campaign sets). The campaign's: checking | collecting | editing | signing | approving | issued."""
    if case.instance.definition_key == UNIT:
        return report_of(case).status
    if case.row("issued"):
        return "issued"
    return next((STAGES[element] for element in open_elements if element in STAGES), "collecting")


def message_key(case: Case, message: str) -> str:
    """A unit's end concerns all that runs for it; every other message is for one instance."""
    return str(case.instance.data["unit_key"]) if message == "unit_ended" else case.instance.business_key


def day_moved(case: Case, element_id: str, old: date, new_day: NewDay) -> None:
    """Drafting and signing share the limit of the report, which moves by as many working days.

    One that was asked for too late calms the light, but the report is judged by the old day.
    """
    if new_day.due_on is None or not new_day.is_in_time:
        return
    report = report_of(case)
    report.due_on = case.calendar.add(report.due_on, case.calendar.count(old, new_day.due_on))
    case.session.flush()


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    facts=facts,
    prefill=prefill,
    locked=locked,
    receive=receive,
    actions={**CAMPAIGN_ACTIONS, **UNIT_ACTIONS},
    stage=stage,
    message_key=message_key,
    timers_with={"draft_report": OVERDUE, "sign_report": OVERDUE},
    day_moved=day_moved,
    done_message={UNIT: "december_reports_done"},
)
