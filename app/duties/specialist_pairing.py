"""The face of 服务专员结对 (P26): every little giant has a specialist, who visits it each quarter.

`DUTY` gathers what the other files of this duty hold: ranking, dates, service (coverage, visits, ratings), handover,
and the checks of the forms. All take `facts`, plain rows that the services supply.

    Dates of user tasks and drawn timers
        calendar        workdays.Calendar
        opened_on       date; the day on which the task was opened or the timer begins to wait
        accepted_on     date; the day on which the pairing became active (first visit)
        first_visit_on  date or None; the day to which the locality moved the first visit
        year, quarter   int; the quarter of a visit
    choose_specialist, widen_search, appoint_specialist
        today, calendar
        enterprise      code of the firm
        persons         every specialist of the kind, specialist_pairing_ranking.Person
        ranked          ids in the order of the ranking
        units           every unit {unit, name, short_name} (widen_search)
    first_visit, visit_enterprise
        today
        pairing_from    date; first day of the pairing
        visit_due_on    date; after it the form asks for the reason
        last_state_text what was written of the firm's state at the last visit, "" without one
        phone_visits    visits by telephone in this year (visit_enterprise)
    decide_first_visit, explain_missed_visit
        today
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.specialist_pairing_checks import check, person_named, unit_named
from app.duties.specialist_pairing_dates import (
    DEADLINES,
    due_on,
    first_visit_due,
    is_visit_handed_over,
    is_visit_opened,
    quarter_of,
    visit_due,
    visits_open_on,
)
from app.duties.specialist_pairing_handover import GONE, REASON_WORDS, Reason, Succession, successor
from app.duties.specialist_pairing_ranking import KIND_WORDS, MOST_CANDIDATES, Candidate, Firm, Person, exclusion, rank
from app.duties.specialist_pairing_service import (
    CountedVisit,
    Coverage,
    coverage,
    is_dissatisfied,
    is_order_due,
    rating_score,
    satisfaction,
    visit_counts,
)

__all__ = [
    "DUTY",
    "GONE",
    "KIND_WORDS",
    "MOST_CANDIDATES",
    "MOST_REFUSALS",
    "OUTCOMES",
    "REASON_WORDS",
    "USER_TASKS",
    "Candidate",
    "CountedVisit",
    "Coverage",
    "Firm",
    "Person",
    "Reason",
    "Succession",
    "coverage",
    "exclusion",
    "first_visit_due",
    "is_dissatisfied",
    "is_order_due",
    "is_visit_handed_over",
    "is_visit_opened",
    "person_named",
    "quarter_of",
    "rank",
    "rating_score",
    "satisfaction",
    "successor",
    "unit_named",
    "visit_counts",
    "visit_due",
    "visits_open_on",
]

MOST_REFUSALS = 3  # after so many the office appoints somebody

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "approve_sending": ("yes", "no"),
    "accept_pairing": ("yes", "no"),
    "decide_first_visit": ("new_date", "change"),
    "explain_missed_visit": ("new_date", "waived"),
    "decide_change": ("keep", "change"),
}

USER_TASKS = (
    "widen_search",
    "choose_specialist",
    "approve_sending",
    "accept_pairing",
    "appoint_specialist",
    "first_visit",
    "decide_first_visit",
    "ask_enterprise",
    "visit_enterprise",
    "rate_visit",
    "decide_change",
    "explain_missed_visit",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes a form may offer, in its order; empty for a form without a choice."""
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="specialist_pairing",
    name="服务专员结对",
    clause="P26",
    processes=("specialist_pairing", "specialist_pairing_visit"),
    forms={task: f"specialist_pairing.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
