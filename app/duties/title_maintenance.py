"""The face of 称号动态管理 (P1): titles stay true by yearly updates, reports of changes, re-verification, revocation.

`DUTY` gathers what the other files of this duty hold: dates, the life of titles, the checks of the forms. All take
`facts`, plain rows that the services supply; a rule reads only the keys it needs.

    Dates
        calendar, today, opened_on      opened_on: the day on which the task was opened or the timer began to wait
        year, version       int, id of a rule set; the year in which the update is made and the rules of its date
        is_returned         bool; the update came back for correction
        event_on            date of the major change
        valid_to            date; the last day of the title that is to be re-verified
        window_closes_on    date or None; the end of the window of the batch for re-verification
        rectify_by          date set by the decision
    update_profile
        figures             rows {no, key, name, last}: what the form asks, with last year's value or None
    check_update
        round               int; 1 at the first check
    decide_change_effect
        kind                kind of the reported change, as in its form
        enterprise_id, known_codes, localities      a code; what the library holds; {unit, name, short_name}
    apply_renewal
        figures             rows {no, key, name, year, is_needed, is_number}
    arrange_renewal
        is_joined           bool; a batch has the application in its list
        is_live             bool; the title is in force or waits for its re-verification
        next_look_on        date that the last look named; asked by the timer behind the task
    propose_measure, decide_measure
        titles              titles the form lists {no, level, is_doubted}; is_doubted: the case is about it
        version             rule set in force on the day of the case
        is_rectified        bool; time for rectification was given before
        proposal            {outcome, …}: what was proposed last (decide_measure only)
"""

from collections.abc import Mapping
from typing import Any

from app.duties.duty import Duty
from app.duties.title_maintenance_case_checks import may_rectify
from app.duties.title_maintenance_checks import LAST_RETURN_ROUND, NEEDLESS, check, looks_offered
from app.duties.title_maintenance_dates import (
    DEADLINES,
    change_due,
    due_on,
    is_in_time,
    look_suggested,
    prolonged_to,
    renewal_closes,
    renewal_opens,
    update_due,
    update_version,
)
from app.duties.title_maintenance_titles import (
    GROUNDS,
    Revocation,
    ban_until,
    decided_at,
    has_jump,
    jumps,
    revocation,
    right_to_renewal,
)

__all__ = [
    "DUTY",
    "GROUNDS",
    "NEEDLESS",
    "OUTCOMES",
    "USER_TASKS",
    "Revocation",
    "ban_until",
    "change_due",
    "decided_at",
    "has_jump",
    "is_in_time",
    "jumps",
    "look_suggested",
    "outcomes_offered",
    "prolonged_to",
    "renewal_closes",
    "renewal_opens",
    "revocation",
    "right_to_renewal",
    "update_due",
    "update_version",
]

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "check_update": ("accepted", "returned"),
    "check_change": ("accepted", "returned"),
    "decide_change_effect": ("carry_over", "doubt", "move_out"),
    "accept_case": ("yes", "given_up", "no"),
    "propose_measure": ("keep", "rectify", "revoke"),
    "decide_measure": ("keep", "rectify", "revoke", "returned"),
    "record_upper_decision": ("yes", "no"),
    "arrange_renewal": ("joined", "preparing", "not_organised", NEEDLESS),
}

USER_TASKS = (
    "update_profile",
    "check_update",
    "report_change",
    "check_change",
    "decide_change_effect",
    "apply_renewal",
    "arrange_renewal",
    "accept_case",
    "investigate_case",
    "hear_enterprise",
    "propose_measure",
    "decide_measure",
    "report_rectification",
    "report_upwards",
    "record_upper_decision",
)


def outcomes_offered(element_id: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes the form may offer, in its order; empty for a form without a choice.

    A yearly update is accepted after two returns; time for rectification is given once, and for city titles only. That
    a title stands in the list of a batch, or has ended for another reason, is known and not asserted.
    """
    offered = OUTCOMES.get(element_id, ())
    if element_id == "arrange_renewal":
        return looks_offered(facts)
    if element_id == "check_update" and facts["round"] > LAST_RETURN_ROUND:
        return ("accepted",)
    if "rectify" in offered and not may_rectify(facts):
        return tuple(outcome for outcome in offered if outcome != "rectify")
    return offered


DUTY = Duty(
    key="title_maintenance",
    name="称号动态管理",
    clause="P1",
    processes=(
        "title_maintenance",
        "title_maintenance_update",
        "title_maintenance_change",
        "title_maintenance_renewal",
    ),
    forms={task: f"title_maintenance.{task}" for task in USER_TASKS},
    check=check,
    due_on=due_on,
    due_at=DEADLINES,
    offered=outcomes_offered,
)
