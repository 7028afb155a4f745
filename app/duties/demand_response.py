"""The face of 诉求响应 (P16, P26): a demand reaches who can answer it in time, and the firm says whether that helped.

`DUTY` gathers what the other files of this duty hold: routes (the table of categories), likeness (duplicates), dates,
rates, and the checks of the forms. All take `facts`, plain rows that the services supply.

    Dates of user tasks and drawn timers
        calendar        workdays.Calendar
        opened_on       date; the day on which the task was opened or the timer begins to wait
        kind            "consult" | "handle" | "coordinate" | "urgent"
        limit_days      int; working days for the answer, by the kind
        accepted_on     date; acceptance, or the day on which the office or a consultation named the unit
        stopped_days    int; working days of consultations after the acceptance
        is_delay_judged bool; the office was asked about the delay in this round
    route_demand
        units           every unit {unit, name, short_name}
        proposed_unit   id of the unit that the table names, or None
    accept_demand
        units, kind
        unit            id of the unit that is asked
    answer_demand
        today, calendar
        last_answer     what the firm was answered last to this demand, or to one of its kind; "" without one
    judge_demand
        units
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.demand_response_checks import LAST_ROUND, check, unit_of
from app.duties.demand_response_dates import DEADLINES, answer_due, due_on, is_on_time
from app.duties.demand_response_likeness import Raised, alike, is_duplicate
from app.duties.demand_response_rates import RATING_WORDS, Answered, response_rate, satisfaction
from app.duties.demand_response_routes import KIND_WORDS, Route, Routes, is_hint, read_routes, route
from app.duties.duty import Duty

__all__ = [
    "DUTY",
    "KIND_WORDS",
    "LAST_ROUND",
    "MOST_REROUTES",
    "OUTCOMES",
    "RATING_WORDS",
    "USER_TASKS",
    "Answered",
    "Raised",
    "Route",
    "Routes",
    "alike",
    "answer_due",
    "is_duplicate",
    "is_hint",
    "is_on_time",
    "read_routes",
    "response_rate",
    "route",
    "satisfaction",
    "unit_of",
]

MOST_REROUTES = 3  # refused so often, a consultation names the unit

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "route_demand": ("assign", "joint", "answer_now"),
    "accept_demand": ("yes", "no"),
    "sign_answer": ("yes", "no"),
    "judge_delay": ("urge", "order", "take_over"),
    "rate_answer": ("yes", "fair", "no"),
    "judge_demand": ("explain", "again", "consult"),
}

START_FORM = "raise_demand"  # of no user task: a demand is raised with it

USER_TASKS = (
    "route_demand",
    "accept_demand",
    "joint_answer",
    "answer_demand",
    "sign_answer",
    "judge_delay",
    "rate_answer",
    "judge_demand",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes a form may offer, in its order; empty for a form without a choice."""
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="demand_response",
    name="诉求响应",
    clause="P26",
    processes=("demand_response",),
    forms={task: f"demand_response.{task}" for task in (*USER_TASKS, START_FORM)},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
