"""The face of 高成长企业遴选 (P2): once a year about a hundred enterprises are nominated, scored, chosen and supported.

`DUTY` gathers the dates and the checks of the forms; the score stands in `growth_selection_score`, quotas and the cut
in `growth_selection_list`. All take `facts`, plain rows of the services; a rule reads only the keys it needs.

    Dates of user tasks, and the drawn timers countersign_close_at, nominations_close_at, panel_closes_at,
    plans_close_at, plan_confirm_closes_at
        calendar        workdays.Calendar
        opened_on       date; the day on which the task was opened or the timer began to wait
        year            int; the year of the selection (plans_close_at, review_plan_year)
    set_selection
        bounds          growth_selection_list.Bounds; what 左右 of the plan's number allows
        panel_size      (least, most) experts
    nominate_growth
        today, quota
        rows            enterprises of the locality {credit_code, name, is_updated}; is_updated: has last year's
    panel_review
        rows            enterprises of the band {credit_code, name}
    choose_growth_list
        bounds
        proposed        credit codes that the order of points puts on the list
    approve_growth_list
        today
    draft_plan
        today, year
        unit_named      (text) -> id of the department that is so named, or None
"""

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.growth_selection_checks import check
from app.duties.growth_selection_dates import DEADLINES, due_on
from app.duties.growth_selection_list import (
    Bounds,
    Place,
    band,
    bounds,
    cut,
    given_points,
    most_nominated,
    next_in_rank,
    quota,
    ranked,
    with_sheets,
)
from app.duties.growth_selection_score import PARTS, WEIGHTS, Part, Profile, Score, growth_score, profile_of, shown

__all__ = [
    "DUTY",
    "OUTCOMES",
    "PANEL_SIZE",
    "PARTS",
    "USER_TASKS",
    "WEIGHTS",
    "Bounds",
    "Part",
    "Place",
    "Profile",
    "Score",
    "band",
    "bounds",
    "cut",
    "given_points",
    "growth_score",
    "most_nominated",
    "next_in_rank",
    "outcomes_offered",
    "profile_of",
    "quota",
    "ranked",
    "shown",
    "with_sheets",
]

PANEL_SIZE = (3, 7)

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "countersign_selection": ("yes", "remark"),
    "sign_selection": ("yes", "no"),
    "sign_growth_list": ("yes", "no"),
    "approve_growth_list": ("yes", "no"),
    "sign_growth_nomination": ("yes", "no"),
    "confirm_plan": ("yes", "no"),
}

USER_TASKS = (
    "set_selection",
    "countersign_selection",
    "sign_selection",
    "panel_review",
    "choose_growth_list",
    "sign_growth_list",
    "approve_growth_list",
    "nominate_growth",
    "sign_growth_nomination",
    "draft_plan",
    "confirm_plan",
    "review_plan_year",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice."""
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="growth_selection",
    name="高成长企业遴选",
    clause="P2",
    processes=("growth_selection", "growth_selection_nomination", "growth_selection_plan"),
    forms={task: f"growth_selection.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
    is_yearly=True,
)
