"""The face of 属地工作方案 (P25): each county and zone writes how it will carry the city's plan out, and files it.

All rules take `facts`, plain rows that the services supply; a rule reads only the keys it needs.

    Dates of user tasks, and the drawn timers escalate_at, opinions_close_at
        calendar            workdays.Calendar
        opened_on           date; the day on which the task was opened or the timer began to wait
        started_on          date; the day of the plan, or on which the year's targets were issued
        is_first            bool; the first edition of the plan period
        returned_on         date of the last return, or None or absent
        moved_on            date as an extension moved this round, or None or absent
    write_plan
        year                int; the edition's year, for the plan period its first year
        is_first, first_year, last_year
        figures             {no, target}: what the city gave
        measures            the numbers of the city's measures
    review_plan
        round               int; 1 at the first review
    ask_departments_opinion
        line_numbers        the numbers of the plan's lines
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.locality_plan_checks import (
    KEPT_IF_UNCHANGED,
    LAST_RETURN_ROUND,
    PARTS,
    Cover,
    check,
    cover,
    fields_of,
    figure_ok,
    is_kept,
    is_within,
    unlocked_parts,
)
from app.duties.locality_plan_dates import DEADLINES, due_on, plan_due, round_due_on

__all__ = [
    "DUTY",
    "KEPT_IF_UNCHANGED",
    "OUTCOMES",
    "PARTS",
    "USER_TASKS",
    "Cover",
    "cover",
    "fields_of",
    "figure_ok",
    "is_kept",
    "is_within",
    "outcomes_offered",
    "plan_due",
    "round_due_on",
    "unlocked_parts",
]

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_plan": ("yes", "no"),
    "review_plan": ("accepted", "returned"),
    "decide_plan_delay": ("wait", "order"),
}

USER_TASKS = (
    "write_plan",
    "sign_plan",
    "decide_plan_delay",
    "review_plan",
    "ask_departments_opinion",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice."""
    if element_id == "review_plan" and facts["round"] > LAST_RETURN_ROUND:
        return ("accepted",)
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="locality_plan",
    name="属地工作方案",
    clause="P25",
    processes=("locality_plan",),
    forms={task: f"locality_plan.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
