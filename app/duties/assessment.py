"""The face of 年度考核 (P25): each unit's year in points, by a version of the rules, from the ledger; nobody is asked.

All rules take `facts`, plain rows that the services supply; a rule reads only the keys it needs.

    Dates of user tasks, and the drawn timers data_guard_at, appeals_guard_at, appeal_closes_at
        calendar        workdays.Calendar
        opened_on       date; the day on which the task was opened or the timer began to wait
        year            int; the year that is assessed
        moved_on        date as an extension moved a unit's limit, or None or absent
    confirm_rules
        weights         the three weights of the version in force, in the order of the form
    confirm_score
        numbers         the numbers of the items of the unit's score
    examine_appeal, decide_appeal
        timed           the numbers of those that have a due day
    review_ranking, approve_ranking
        unit_named      name -> id of an assessed unit, or None
        most_manual     Decimal; how many points one row may add or take
    approve_rules, approve_ranking, decide_appeal
        today           date
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.assessment_checks import GROUNDS, check
from app.duties.assessment_dates import DEADLINES, due_on, opening_day
from app.duties.assessment_ranking import Ranked, Standing, Tie, excellent_room, rank, tie_at_the_edge
from app.duties.assessment_rules import (
    EVENTS,
    GRADES,
    KINDS,
    LEVELS,
    PARTS,
    STATES,
    InvalidRules,
    Rules,
    read_rules,
)
from app.duties.assessment_score import LISTS, Line, Score, score, shown
from app.duties.duty import Duty

__all__ = [
    "DUTY",
    "EVENTS",
    "GRADES",
    "GROUNDS",
    "KINDS",
    "LEVELS",
    "LISTS",
    "OUTCOMES",
    "PARTS",
    "STATES",
    "USER_TASKS",
    "InvalidRules",
    "Line",
    "Ranked",
    "Rules",
    "Score",
    "Standing",
    "Tie",
    "excellent_room",
    "opening_day",
    "outcomes_offered",
    "rank",
    "read_rules",
    "score",
    "shown",
    "tie_at_the_edge",
]

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "approve_rules": ("yes", "no"),
    "sign_ranking": ("yes", "no"),
    "approve_ranking": ("yes", "no"),
    "issue_bulletin": ("yes", "no"),
    "confirm_score": ("confirmed", "appealed"),
    "sign_appeal": ("yes", "no"),
    "sign_appeal_answer": ("yes", "no"),
}

USER_TASKS = (
    "confirm_rules",
    "approve_rules",
    "review_ranking",
    "sign_ranking",
    "approve_ranking",
    "issue_bulletin",
    "confirm_score",
    "sign_appeal",
    "examine_appeal",
    "sign_appeal_answer",
    "decide_appeal",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice."""
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="assessment",
    name="年度考核",
    clause="P25",
    processes=("assessment", "assessment_unit"),
    forms={task: f"assessment.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
    is_yearly=True,
)
