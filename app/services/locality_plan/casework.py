"""How 属地工作方案 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.duties.locality_plan import DUTY
from app.duties.locality_plan_dates import round_due_on
from app.services.case_notes import unit_of
from app.services.cases import Case, Casework, NewDay
from app.services.locality_plan.actions import ACTIONS
from app.services.locality_plan.facts import facts
from app.services.locality_plan.forms import locked, prefill
from app.services.locality_plan.opening import may_open, opening, targets_issued
from app.services.locality_plan.receive import receive
from app.services.locality_plan.rows import plan_row, unit_name

ORDER = "supervision_wanted"
DRAWN = {"plan_overdue": "escalate_at"}
STAGES: Mapping[str, str] = {
    "write_plan": "writing",
    "sign_plan": "signing",
    "review_plan": "reviewing",
    "ask_departments_opinion": "asking",
}


def told(case: Case, message: str) -> Mapping[str, Any]:
    if message != ORDER:
        return {}
    note = (case.row("delay") or {}).get("note", "")
    return {"subject": f"属地工作方案逾期未报：{unit_name(case)}", "unit": unit_of(case), "reason": note}


def stage(case: Case, open_elements: frozenset[str]) -> str:
    if case.instance.status == "completed":
        return plan_row(case).status
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), "")


def day_moved(case: Case, element_id: str, old: date, new_day: NewDay) -> None:
    """An extension moves this round; the signature's day lies behind the contact's as it did."""
    plan, new = plan_row(case), new_day.due_on
    if new is None or element_id not in ("write_plan", "sign_plan"):
        return
    is_contact = element_id == "write_plan"
    last = round_due_on(facts(case, "write_plan", None))
    plan.moved_on = new if is_contact else case.calendar.add(last, case.calendar.count(old, new))
    case.session.flush()


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    may_open=may_open,
    started_by={"targets_issued": targets_issued},
    unheard=frozenset({ORDER}),
    told=told,
    facts=facts,
    prefill=prefill,
    locked=locked,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    optional=frozenset({"ask_departments_opinion"}),
    timers_with={"write_plan": DRAWN, "sign_plan": DRAWN},
    day_moved=day_moved,
)
