"""The face of 千企升级入库培育 (P1): localities nominate, the bureau enters, once a year all is checked.

`DUTY` gathers the dates and the checks of the forms; what the library counts stands in `library_entry_stays`, what the
machine finds of a row in `library_entry_rows`. All take `facts`, plain rows that the services supply; a rule reads only
the keys it needs.

    Dates of user tasks, and the drawn timer consent_closes_at
        calendar            workdays.Calendar
        opened_on           date; the day on which the task was opened or the timer began to wait
        round_opened_on     date; the day on which the list was opened (nominate_enterprises only)
        is_returned         bool; the reviewer returned the list, or the check
    nominate_enterprises
        today
        files_of            (codes) -> {code: {name, state, locality, locality_name, industry, library_since, …}} of the
                            enterprises that have a file
        locality            id of the unit whose list it is
        chains              names of the chains; empty where the place lists none
        confirmed           credit codes of enterprises that have agreed on the platform
        unlocked            None, or in a correction the credit codes whose rows are open
        submitted           rows submitted last {credit_code, …}; read in a correction only
    collect_consent
        today
    review_nomination
        round               int; 1 at the first review
        rows                rows of the list {no, name}
    check_library
        today, locality
        localities          {unit, name, short_name}
"""

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.library_entry_checks import LAST_RETURN_ROUND, check, locality_named
from app.duties.library_entry_dates import DEADLINES, due_on, proxy_from
from app.duties.library_entry_rows import TIERS, Finding, duplicates, entering, findings, propose_tier
from app.duties.library_entry_stays import EXIT_REASONS, Pace, Stay, entries, entries_light, exit_reason, pace, stock
from app.duties.size_rule import is_sme

__all__ = [
    "DUTY",
    "EXIT_REASONS",
    "OUTCOMES",
    "TIERS",
    "USER_TASKS",
    "Finding",
    "Pace",
    "Stay",
    "duplicates",
    "entering",
    "entries",
    "entries_light",
    "exit_reason",
    "findings",
    "is_sme",
    "locality_named",
    "outcomes_offered",
    "pace",
    "propose_tier",
    "proxy_from",
    "stock",
]

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "sign_nomination": ("yes", "no"),
    "review_nomination": ("accepted", "returned"),
    "sign_entry": ("yes", "no"),
    "sign_check": ("yes", "no"),
    "review_check": ("accepted", "returned"),
}

USER_TASKS = (
    "nominate_enterprises",
    "sign_nomination",
    "collect_consent",
    "review_nomination",
    "sign_entry",
    "check_library",
    "sign_check",
    "review_check",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice."""
    if element_id == "review_nomination" and facts["round"] > LAST_RETURN_ROUND:
        return ("accepted",)
    return OUTCOMES.get(element_id, ())


DUTY = Duty(
    key="library_entry",
    name="千企升级入库培育",
    clause="P1",
    processes=("library_entry", "library_entry_check"),
    forms={task: f"library_entry.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
