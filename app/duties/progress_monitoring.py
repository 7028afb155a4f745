"""The face of 运行监测 (P25, P1): after each quarter a unit reports its figures, tasks and lines in one form.

`DUTY` gathers what the other files of this duty hold: the periods and dates, the pace, the checks of the forms. All
take `facts`, plain rows that the services supply; a rule reads only the keys it needs.

    Dates of user tasks, and the drawn timers escalate_at, consultation_guard_at
        period          progress_monitoring_periods.Period
        calendar        workdays.Calendar
        opened_on       date; the day on which the task was opened or the timer began to wait
        report_due_on   date, or None or absent for the period's own day; as an extension moved it
        is_returned     bool; rows were returned (not: the head the draft)
        is_correction   bool; one recorded figure is corrected (更正)
        entries         int; versions submitted before, so 0 the first time (escalate_at only)
    fill_progress
        period, is_correction
        figures         {no, name, unit, kind, comparator, precision, target, quarters, base, last, counted, basis}:
                        last is the unit's value of the period before, counted the library's count on the period's last
                        day; any of them and target may be None, quarters may be empty
        measures        {no}: the measures that the unit leads, in a period that asks for them
        matters, plan_lines, actions        {no, percent}: percent as it was told last, or None
        A row with is_closed stands fast: it was recorded already.
    verify_progress
        round           int; versions submitted and not taken back, so 1 at the first review
    handle_lag
        lagging         {key}: the rows that are behind
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.progress_monitoring_checks import LAST_RETURN_ROUND, check, value_or_none
from app.duties.progress_monitoring_pace import (
    REASONS,
    Figure,
    attainment,
    deficit,
    exceptions,
    expected_share,
    figure_of,
    is_behind,
    light,
    needs_check,
    projection,
    standing,
    value_of,
)
from app.duties.progress_monitoring_periods import DEADLINES, Period, due_on, periods_of

__all__ = [
    "DUTY",
    "OUTCOMES",
    "REASONS",
    "STATES",
    "USER_TASKS",
    "Figure",
    "Period",
    "attainment",
    "deficit",
    "exceptions",
    "expected_share",
    "figure_of",
    "is_behind",
    "light",
    "needs_check",
    "outcomes_offered",
    "periods_of",
    "projection",
    "standing",
    "value_of",
    "value_or_none",
]

STATES: Mapping[str, str] = {
    "done": "已完成",
    "on_schedule": "按序推进",
    "behind": "滞后",
    "not_started": "未启动",
}

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_progress": ("yes", "no"),
    "verify_progress": ("accepted", "returned", "basis_unclear"),
    "decide_missing": ("urge", "order", "record"),
}

USER_TASKS = (
    "fill_progress",
    "sign_progress",
    "decide_missing",
    "verify_progress",
    "handle_lag",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice."""
    if element_id == "verify_progress" and facts["round"] > LAST_RETURN_ROUND:
        return ("accepted", "basis_unclear")
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="progress_monitoring",
    name="运行监测",
    clause="P25",
    processes=("progress_monitoring",),
    forms={task: f"progress_monitoring.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
