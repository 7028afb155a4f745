"""How 运行监测 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.duties.progress_monitoring import DUTY
from app.services.case_notes import unit_of
from app.services.cases import Case, Casework, NewDay
from app.services.progress_monitoring.facts import UnitFacts, facts
from app.services.progress_monitoring.forms import locked, prefill
from app.services.progress_monitoring.opening import may_open, opening
from app.services.progress_monitoring.receive import receive
from app.services.progress_monitoring.recording import RECORDING
from app.services.progress_monitoring.rows import period_of, report_of, unit_name
from app.services.progress_monitoring.submission import SUBMISSION

CONSULTATION, ORDER = "consultation_wanted", "supervision_wanted"
DROPPED = "caller_dropped"
DRAWN = {"progress_overdue": "escalate_at"}
STAGES: Mapping[str, str] = {"verify_progress": "verifying", "handle_lag": "lagging"}


def told(case: Case, message: str) -> Mapping[str, Any]:
    if message == CONSULTATION:
        return _question(case)
    if message != ORDER:
        return {}
    note = (case.row("missing") or {}).get("note", "")
    subject = f"{period_of(case).name}运行监测逾期未报：{unit_name(case)}"
    return {"subject": subject, "unit": unit_of(case), "reason": note}


def _question(case: Case) -> Mapping[str, Any]:
    """How the figure is to be counted, and what it then is."""
    row, source = case.row("consulted") or {}, UnitFacts(case)
    known = source.known[int(row["key"].partition(".")[2])]
    number, name = known.indicator.number, known.indicator.short_name
    text = {"text": f"指标{number}的统计口径：{row['question']}", "kind": "text", "concerns": "basis"}
    value = {
        "text": f"按此口径，截至{source.period.ends_on.isoformat()}的数值",
        "kind": "number",
        "concerns": "other",
        "precision": known.indicator.precision,
    }
    return {
        "subject": f"指标{number}“{name}”统计口径",
        "question": [text, value],
        "units": list(dict.fromkeys([unit_of(case), known.indicator.lead_id, *known.indicator.co_unit_ids])),
        "background": f"{case.instance.title}：{row['item']}",
        "caller": case.instance.title,
    }


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """The report's status; for an accepted or a signed one, what the office does with it."""
    if case.instance.status == "completed":
        return report_of(case).status
    return next((STAGES[element] for element in sorted(open_elements) if element in STAGES), report_of(case).status)


def day_moved(case: Case, element_id: str, old: date, new_day: NewDay) -> None:
    """An extension moves the day of the report; the day of the draft lies before it as it did."""
    report, new = report_of(case), new_day.due_on
    if new is not None and element_id in ("fill_progress", "sign_progress"):
        is_signature = element_id == "sign_progress"
        report.due_on = new if is_signature else case.calendar.add(report.due_on, case.calendar.count(old, new))
        case.session.flush()


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    may_open=may_open,
    unheard=frozenset({ORDER, DROPPED}),
    told=told,
    facts=facts,
    prefill=prefill,
    locked=locked,
    receive=receive,
    actions={**SUBMISSION, **RECORDING},
    stage=stage,
    timers_with={"fill_progress": DRAWN, "sign_progress": DRAWN},
    day_moved=day_moved,
)
