"""The face of 办实事清单 (P26, annex 2): each year's list of practical matters, from its collection to its ratings.

All rules take `facts`, plain rows that the services supply; a rule reads only the keys it needs.

    Dates of user tasks, and the drawn timers proposals_close_at, countersign_close_at, items_close_at, ratings_close_at
        calendar            workdays.Calendar
        opened_on           date; the day on which the task was opened or the timer began to wait
        year                int; the year of the list
        is_returned         bool; the acceptance was returned (request_acceptance only)
        planned_on          date that the list names for the matter, or None (request_acceptance only)
    propose_matter, choose_matters
        year
        unit_named          text -> id of the unit that a person names so, or None
    approve_matters
        today
    set_milestones
        year
    request_acceptance
        milestones          {no, goal, is_closed}: goal may be None; is_closed: accepted already
        without_file        credit codes -> those of them that no enterprise of the register has
    accept_matter
        milestones          {no, goal, is_done, value}: as they were asked to be accepted
        round               int; 1 at the first acceptance
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.practical_matter_checks import LAST_RETURN_ROUND, check, codes_in, counted, milestones_of, names_in
from app.duties.practical_matter_dates import ACCEPTANCE_DAY, DEADLINES, due_on
from app.duties.practical_matter_rules import (
    FEWEST_RATINGS,
    GRADES,
    Milestone,
    acceptance_proposal,
    delivery_ratio,
    sample,
    satisfaction,
)

__all__ = [
    "ACCEPTANCE_DAY",
    "DUTY",
    "FEWEST_RATINGS",
    "GRADES",
    "OUTCOMES",
    "OUTCOME_WORDS",
    "USER_TASKS",
    "Milestone",
    "acceptance_proposal",
    "codes_in",
    "counted",
    "delivery_ratio",
    "milestones_of",
    "names_in",
    "outcomes_offered",
    "sample",
    "satisfaction",
]

OUTCOME_WORDS: Mapping[str, str] = {"accepted": "通过", "partly": "部分完成", "returned": "退回"}

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "countersign_matters": ("yes", "remark"),
    "sign_matters": ("yes", "no"),
    "approve_matters": ("yes", "no"),
    "sign_milestones": ("yes", "no"),
    "sign_acceptance": ("yes", "no"),
    "accept_matter": ("accepted", "partly", "returned"),
}

USER_TASKS = (
    "propose_matter",
    "choose_matters",
    "countersign_matters",
    "sign_matters",
    "approve_matters",
    "set_milestones",
    "sign_milestones",
    "request_acceptance",
    "sign_acceptance",
    "accept_matter",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice."""
    if element_id == "accept_matter" and facts["round"] > LAST_RETURN_ROUND:
        return ("accepted", "partly")
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="practical_matter",
    name="办实事清单",
    clause="P26",
    processes=("practical_matter", "practical_matter_item"),
    forms={task: f"practical_matter.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
    is_yearly=True,
)
